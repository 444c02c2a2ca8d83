#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "MachinePeak.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHAINS = 12, ROUNDS = 8000000 };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#pragma clang fp contract(fast)

// Independent chains of multiply-adds, all in registers: more than latency times units of any
// processor.
#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define BEGIN(i) sum##i = (vector){} + (float)i;
#define STEP(i) sum##i = sum##i * factor + addend;
#define SINK(i) sink += sum##i[0];
#define CHAINED(name, lanes, attributes)                                                           \
  attributes static double name(void) {                                                            \
    typedef float vector __attribute__((ext_vector_type(lanes)));                                  \
    vector factor = (vector){} + 0.999f;                                                           \
    vector addend = (vector){} + 0.001f, sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7, sum8,     \
           sum9, sum10, sum11;                                                                     \
    EACH(BEGIN)                                                                                    \
    const double start = seconds();                                                                \
    for (int round = 0; round < ROUNDS; round++) {                                                 \
      EACH(STEP)                                                                                   \
    }                                                                                              \
    const double time = seconds() - start;                                                         \
    volatile float sink = 0;                                                                       \
    EACH(SINK)                                                                                     \
    return (double)CHAINS * ROUNDS * lanes / time;                                                 \
  }

#if defined(__x86_64__)
CHAINED(widest, 16, __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))))
CHAINED(wide, 8, __attribute__((target("arch=x86-64-v3"))))
#endif
CHAINED(narrow, 4, )

double machine_multiply_adds_per_second(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return widest();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return wide();
#endif
  return narrow();
}

double machine_bytes_per_second(void) {
  const size_t size = (size_t)256 << 20;
  char *bytes = malloc(size);
  if (!bytes) return 0;
  memset(bytes, 1, size);  // the pages exist from here on
  const double start = seconds();
  memset(bytes, 2, size);
  uint64_t sum = 0;
  for (size_t i = 0; i < size; i += sizeof(uint64_t)) sum += *(const uint64_t *)(bytes + i);
  volatile uint64_t sink = sum;
  (void)sink;
  const double time = seconds() - start;
  free(bytes);
  return 2.0 * (double)size / time;
}
