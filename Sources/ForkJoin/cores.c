#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // sched_getaffinity, CPU_COUNT
#endif

#include "ForkJoin.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int32_t fj_quota_cores(const char *cpu_max) {
  long long quota, period;
  if (sscanf(cpu_max, "%lld %lld", &quota, &period) != 2 || quota <= 0 || period <= 0) return 0;
  const long long cores = quota / period + (quota % period != 0);
  return cores < 1 << 20 ? (int32_t)cores : 0;
}

#if defined(__linux__)

// The limit of the control group at the root of what this process sees (in a container: its own),
// version 2 or 1; 0 when there is none.
static int32_t control_group_cores(void) {
  static const char *const v2 = "/sys/fs/cgroup/cpu.max";
  static const char *const v1[2] = {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
                                    "/sys/fs/cgroup/cpu/cpu.cfs_period_us"};
  char text[128] = "";
  FILE *file = fopen(v2, "re");
  if (file) {
    if (!fgets(text, sizeof text, file)) text[0] = 0;
    fclose(file);
    return fj_quota_cores(text);
  }
  for (int i = 0; i < 2; i++) {
    char line[48] = "";
    if (!(file = fopen(v1[i], "re"))) return 0;
    if (!fgets(line, sizeof line, file)) line[0] = 0;
    fclose(file);
    line[strcspn(line, "\n")] = ' ';
    strncat(text, line, sizeof text - strlen(text) - 1);
  }
  return fj_quota_cores(text);
}

static int32_t affinity_cores(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

#else

static int32_t control_group_cores(void) { return 0; }
static int32_t affinity_cores(void) { return 0; }

#endif

int32_t fj_available_cores(void) {
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  int32_t cores = online > 0 ? (int32_t)online : 1;
  const int32_t limits[2] = {affinity_cores(), control_group_cores()};
  for (int i = 0; i < 2; i++) {
    if (limits[i] > 0 && limits[i] < cores) cores = limits[i];
  }
  return cores;
}
