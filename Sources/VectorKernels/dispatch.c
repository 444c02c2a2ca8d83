// Which table of kernels this processor gets.
#include "kernels/tables.h"

#include <stdlib.h>
#include <string.h>

static int best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v4") ? 2 : __builtin_cpu_supports("x86-64-v3") ? 1 : 0;
#else
  return 0;
#endif
}

const vk_table *vk_table_for_level(int level) {
  if (level < 0 || level > best_level()) return NULL;
#if defined(__x86_64__)
  if (level == 2) return &vk_table_v4;
  if (level == 1) return &vk_table_v3;
#endif
  return &vk_table_base;
}

static const vk_table *active;
static char unknown[32]; // the value of DNC_SIMD if it is none of the names, cut to what fits

// Runs before main: no lock, no first-use check on the way to a kernel.
__attribute__((constructor)) static void choose(void) {
  int level = best_level();
  const char *wanted = getenv("DNC_SIMD");
  if (wanted && *wanted) {
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    int ceiling = 0;
    while (ceiling < 3 && strcmp(wanted, names[ceiling]) != 0) ceiling++;
    if (ceiling < level) level = ceiling;
    if (ceiling == 3) strncpy(unknown, wanted, sizeof unknown - 1);
  }
  active = vk_table_for_level(level);
}

const vk_table *vk_active(void) { return active; }

const char *vk_unknown_setting(void) { return *unknown ? unknown : NULL; }

const char *vk_level_name(int level) {
  (void)level; // all but x86-64 have one level
#if defined(__x86_64__)
  return level == 2 ? "AVX-512" : level == 1 ? "AVX2" : "SSE2";
#elif defined(__aarch64__)
  return "NEON";
#else
  return "baseline";
#endif
}
