#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include "AllocationCount.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic uint64_t all_threads;
// In the executable's own thread storage, so that reading it allocates nothing.
static _Thread_local uint64_t this_thread;

uint64_t allocation_count_of_thread(void) { return this_thread; }
uint64_t allocation_count_of_process(void) { return atomic_load(&all_threads); }

#if defined(__GLIBC__)

// The C library's own, under the names it keeps for programs that replace the usual ones.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void count(void) {
  this_thread++;
  atomic_fetch_add_explicit(&all_threads, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t elements, size_t size) {
  count();
  return __libc_calloc(elements, size);
}

void *realloc(void *pointer, size_t size) {
  count();
  return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
  count();
  void *memory = __libc_memalign(alignment, size);
  if (!memory) return ENOMEM;
  *pointer = memory;
  return 0;
}

bool allocation_count_works(void) { return true; }

#else

bool allocation_count_works(void) { return false; }

#endif
