#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // pthread_setname_np
#endif

#include "ForkJoin.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

// How long a thread without work looks for it before it sleeps. Waking a sleeping thread costs
// 25 to 50 microseconds, which is what this many pauses take.
enum { SPIN_PAUSES = 2000, PAUSES_PER_YIELD = 64 };

enum { CACHE_LINE = 64 };

struct fj_pool {
  // Run number << 32 | shards not yet taken. Taking a shard is one compare-and-swap, so a thread
  // that comes late, with the ticket of a run that is over, takes nothing.
  _Alignas(CACHE_LINE) _Atomic uint64_t ticket;
  // Shards not yet done. The run ends when it reaches 0.
  _Alignas(CACHE_LINE) _Atomic uint32_t left;
  // Set while the caller sleeps until `left` is 0.
  _Atomic bool caller_sleeps;
  // Threads that sleep, or are about to: they read the ticket once more after counting themselves.
  _Alignas(CACHE_LINE) _Atomic int32_t sleepers;
  _Atomic bool stopping;

  // The run: written only between runs, published by the ticket.
  _Alignas(CACHE_LINE) fj_body body;
  void *context;
  uint32_t shards;
  uint32_t run_number;

  pthread_mutex_t turn;   // held by the caller for the length of a run; recursive, for fj_take_turn
  pthread_mutex_t mutex;  // guards the two conditions
  pthread_cond_t work;    // a ticket with shards was published, or the pool is stopping
  pthread_cond_t done;    // `left` reached 0
  int32_t thread_count;
  pthread_t threads[];
};

// True on a thread that is running a body: a run started there must not wait for a turn that the
// run around it may hold.
static _Thread_local bool inside_run;

static inline void pause_briefly(int count) {
  // Without a yield now and then, a thread woken on this core would wait for its time slice.
  if (count % PAUSES_PER_YIELD == PAUSES_PER_YIELD - 1) {
    sched_yield();
    return;
  }
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");  // `yield` is a no-op on most cores
#endif
}

static inline bool has_shards(uint64_t ticket) { return (uint32_t)ticket != 0; }

// Takes and does shards until none is left to take.
static void drain(fj_pool *pool) {
  uint64_t ticket = atomic_load(&pool->ticket);
  while (has_shards(ticket)) {
    if (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket - 1)) continue;
    // The run cannot end before this shard is done, so its fields stay as they are.
    pool->body(pool->context, (int32_t)(pool->shards - (uint32_t)ticket));
    if (atomic_fetch_sub(&pool->left, 1) == 1 && atomic_load(&pool->caller_sleeps)) {
      pthread_mutex_lock(&pool->mutex);
      pthread_cond_signal(&pool->done);
      pthread_mutex_unlock(&pool->mutex);
    }
    ticket = atomic_load(&pool->ticket);
  }
}

static bool nothing_to_do(fj_pool *pool) {
  return !has_shards(atomic_load(&pool->ticket)) && !atomic_load(&pool->stopping);
}

static void *work(void *argument) {
  fj_pool *pool = argument;
  inside_run = true;
#if defined(__linux__)
  pthread_setname_np(pthread_self(), "dnc-worker");
#elif defined(__APPLE__)
  pthread_setname_np("dnc-worker");
#endif
  while (!atomic_load(&pool->stopping)) {
    drain(pool);
    for (int i = 0; i < SPIN_PAUSES && nothing_to_do(pool); i++) pause_briefly(i);
    if (!nothing_to_do(pool)) continue;

    // Either this thread sees the new ticket below, or the caller sees this sleeper and wakes it.
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (nothing_to_do(pool)) pthread_cond_wait(&pool->work, &pool->mutex);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
  }
  return NULL;
}

fj_pool *fj_create(int32_t workers) {
  const size_t threads = workers > 1 ? (size_t)workers - 1 : 0;
  size_t size = sizeof(fj_pool) + threads * sizeof(pthread_t);
  size = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  fj_pool *pool = aligned_alloc(CACHE_LINE, size);
  if (!pool) return NULL;
  atomic_init(&pool->ticket, 0);
  atomic_init(&pool->left, 0);
  atomic_init(&pool->caller_sleeps, false);
  atomic_init(&pool->sleepers, 0);
  atomic_init(&pool->stopping, false);
  pool->run_number = 0;
  pool->thread_count = 0;
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&pool->turn, &recursive);
  pthread_mutexattr_destroy(&recursive);
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->work, NULL);
  pthread_cond_init(&pool->done, NULL);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  // The default is 512 KB on Apple's systems: too little for a body that calls BLAS.
  pthread_attr_setstacksize(&attributes, 8 << 20);
  for (size_t i = 0; i < threads; i++) {
    if (pthread_create(&pool->threads[pool->thread_count], &attributes, work, pool) != 0) break;
    pool->thread_count++;
  }
  pthread_attr_destroy(&attributes);
  return pool;
}

void fj_destroy(fj_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->stopping, true);
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->mutex);
  for (int32_t i = 0; i < pool->thread_count; i++) pthread_join(pool->threads[i], NULL);
  pthread_cond_destroy(&pool->done);
  pthread_cond_destroy(&pool->work);
  pthread_mutex_destroy(&pool->mutex);
  pthread_mutex_destroy(&pool->turn);
  free(pool);
}

int32_t fj_thread_count(const fj_pool *pool) { return pool->thread_count; }

static void wake_threads(fj_pool *pool, uint32_t wanted) {
  if (atomic_load(&pool->sleepers) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  if (wanted >= (uint32_t)pool->thread_count) {
    pthread_cond_broadcast(&pool->work);
  } else {
    for (uint32_t i = 0; i < wanted; i++) pthread_cond_signal(&pool->work);
  }
  pthread_mutex_unlock(&pool->mutex);
}

static void wait_until_done(fj_pool *pool) {
  for (int i = 0; i < SPIN_PAUSES; i++) {
    if (atomic_load(&pool->left) == 0) return;
    pause_briefly(i);
  }
  // Either the thread that does the last shard sees this flag, or the count below is 0 already.
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->caller_sleeps, true);
  while (atomic_load(&pool->left) != 0) pthread_cond_wait(&pool->done, &pool->mutex);
  atomic_store(&pool->caller_sleeps, false);
  pthread_mutex_unlock(&pool->mutex);
}

bool fj_take_turn(fj_pool *pool) {
  if (inside_run) return false;
  pthread_mutex_lock(&pool->turn);
  return true;
}

void fj_give_turn(fj_pool *pool) { pthread_mutex_unlock(&pool->turn); }

void fj_run(fj_pool *pool, int32_t shards, fj_body body, void *context) {
  if (shards <= 0) return;
  if (inside_run) {
    for (int32_t shard = 0; shard < shards; shard++) body(context, shard);
    return;
  }
  pthread_mutex_lock(&pool->turn);
  inside_run = true;
  if (shards == 1 || pool->thread_count == 0) {
    for (int32_t shard = 0; shard < shards; shard++) body(context, shard);
  } else {
    pool->body = body;
    pool->context = context;
    pool->shards = (uint32_t)shards;
    atomic_store(&pool->left, (uint32_t)shards);
    atomic_store(&pool->ticket, (uint64_t)++pool->run_number << 32 | (uint32_t)shards);
    wake_threads(pool, (uint32_t)shards - 1);
    drain(pool);
    wait_until_done(pool);
  }
  inside_run = false;
  pthread_mutex_unlock(&pool->turn);
}
