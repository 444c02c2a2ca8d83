// Flushing numbers below 1.2e-38 to zero: usages multiplied along the free list pass through that
// range, where arithmetic is a hundred times slower.
#include "VectorKernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

uint64_t vk_flush_denormals_begin(void) {
  unsigned saved = _mm_getcsr();
  _mm_setcsr(saved | 0x8040); // results and operands
  return saved;
}

uint64_t vk_flush_denormals_pause(void) {
  unsigned saved = _mm_getcsr();
  _mm_setcsr(saved & ~0x8040u);
  return saved;
}

void vk_flush_denormals_end(uint64_t saved) { _mm_setcsr((unsigned)saved); }

#elif defined(__aarch64__)
uint64_t vk_flush_denormals_begin(void) {
  uint64_t saved;
  __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
  __asm__ volatile("msr fpcr, %0" : : "r"(saved | (UINT64_C(1) << 24)));
  return saved;
}

uint64_t vk_flush_denormals_pause(void) {
  uint64_t saved;
  __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
  __asm__ volatile("msr fpcr, %0" : : "r"(saved & ~(UINT64_C(1) << 24)));
  return saved;
}

void vk_flush_denormals_end(uint64_t saved) { __asm__ volatile("msr fpcr, %0" : : "r"(saved)); }

#else
uint64_t vk_flush_denormals_begin(void) { return 0; }
uint64_t vk_flush_denormals_pause(void) { return 0; }
void vk_flush_denormals_end(uint64_t saved) { (void)saved; }
#endif
