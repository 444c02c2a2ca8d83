// Fork and join in about a microsecond: a fixed set of threads that share out the shards of one
// run after another. The Swift face is the module WorkerPool; nothing else should import this.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#define FJ_NULLABLE _Nullable
#else
#define FJ_NULLABLE
#endif

typedef struct fj_pool fj_pool;

// Does shard `shard` (from 0) of a run.
typedef void (*fj_body)(void *FJ_NULLABLE context, int32_t shard);

// A pool of `workers` >= 1 threads, the calling thread of each run being one of them: with one
// worker no thread is started. Where the system refuses a thread the pool works with those it got.
// NULL when memory is out.
fj_pool *FJ_NULLABLE fj_create(int32_t workers);

// Ends the threads and frees the pool. No run may be going on.
void fj_destroy(fj_pool *pool);

// Threads the pool started, not counting callers.
int32_t fj_thread_count(const fj_pool *pool);

// Calls `body` exactly once for each shard in 0..<shards and returns when all are done; what the
// shards wrote is then visible to the caller. Callers from several threads take turns. A run that
// starts inside a body, of this pool or another, does its shards there and then, in order.
void fj_run(fj_pool *pool, int32_t shards, fj_body body, void *FJ_NULLABLE context);

// Waits for the caller's turn and keeps it over the runs it then starts, until fj_give_turn on the
// same thread. False, and nothing to give back, inside a body: that may be part of somebody's turn.
bool fj_take_turn(fj_pool *pool);
void fj_give_turn(fj_pool *pool);

// Processors this process may use: the online ones, or fewer where an affinity mask or a control
// group's quota says so. At least 1.
int32_t fj_available_cores(void);

// The smallest limit in whole processors, rounded up, that the version 2 control group of a process
// and those around it set: from the group that `membership` (/proc/self/cgroup) names up to the one
// at `mount` (/sys/fs/cgroup). Groups that are not to be seen from here are passed over. 0 when
// none sets a limit, -1 when there is no cpu.max at all.
int32_t fj_group_cores(const char *mount, const char *membership);

// Whole processors that a control group's `cpu.max` ("200000 100000", "max 100000") allows,
// rounded up; 0 when it sets no limit or is not such a text.
int32_t fj_quota_cores(const char *cpu_max);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
