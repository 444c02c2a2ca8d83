#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // sched_getaffinity, CPU_COUNT
#endif

#include "ForkJoin.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int32_t fj_quota_cores(const char *cpu_max) {
  long long quota, period;
  if (sscanf(cpu_max, "%lld %lld", &quota, &period) != 2 || quota <= 0 || period <= 0) return 0;
  const long long cores = quota / period + (quota % period != 0);
  return cores < 1 << 20 ? (int32_t)cores : 0;
}

// The path in the line "0::/path" of a file like /proc/self/cgroup; "" where there is none, or
// where it leads out of what is mounted here.
static void read_group(const char *membership, char *group, size_t size) {
  bool found = false;
  FILE *file = fopen(membership, "re");
  if (file) {
    while (!found && fgets(group, (int)size, file)) found = strncmp(group, "0::/", 4) == 0;
    fclose(file);
  }
  if (!found || strstr(group, "/..")) {
    group[0] = 0;
    return;
  }
  group[strcspn(group, "\n")] = 0;
  memmove(group, group + 3, strlen(group + 3) + 1);
}

int32_t fj_group_cores(const char *mount, const char *membership) {
  char group[4096], path[8192], text[128];
  read_group(membership, group, sizeof group);
  int32_t least = -1;
  for (bool at_mount = false; !at_mount;) {
    at_mount = strlen(group) < 2;
    snprintf(path, sizeof path, "%s%s/cpu.max", mount, at_mount ? "" : group);
    FILE *file = fopen(path, "re");
    if (file) {
      if (!fgets(text, sizeof text, file)) text[0] = 0;
      fclose(file);
      const int32_t cores = fj_quota_cores(text);
      if (least < 1 || (cores > 0 && cores < least)) least = cores > 0 ? cores : 0;
    }
    if (!at_mount) *strrchr(group, '/') = 0;
  }
  return least;
}

#if defined(__linux__)

// The limit of this process's control groups, version 2, or that of version 1's at the root of what
// it sees (in a container: its own); 0 when there is none.
static int32_t control_group_cores(void) {
  static const char *const v1[2] = {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
                                    "/sys/fs/cgroup/cpu/cpu.cfs_period_us"};
  const int32_t cores = fj_group_cores("/sys/fs/cgroup", "/proc/self/cgroup");
  if (cores >= 0) return cores;
  char text[128] = "";
  for (int i = 0; i < 2; i++) {
    char line[48] = "";
    FILE *file;
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
