// The fork-join pool: every shard exactly once, its work visible to the caller, with more threads
// than processors.
#if defined(__linux__)
#define _GNU_SOURCE // nanosleep
#endif

#include "ForkJoin.h"
#include "check.h"

#include <pthread.h>
#include <time.h>

enum { MOST_SHARDS = 97 };

typedef struct {
  fj_pool *pool;
  uint32_t run;
  int32_t shards;
  // late: the pool's threads take more time than the caller, who then sleeps until they are done
  bool nested, late;
  pthread_t caller;
  // Written by shards without any atomic operation: what the pool promises is all the order there
  // is.
  struct {
    uint32_t run, times, inner_times;
    int32_t inner_last;
    uint64_t sum;
  } of[MOST_SHARDS];
} work;

// Long enough for waiting threads to fall asleep: threads for the next run, or a caller for the end
// of this one.
static void rest(int milliseconds) {
  nanosleep(&(struct timespec){.tv_nsec = milliseconds * 1000000}, NULL);
}

static void inner(void *context, int32_t shard) {
  work *w = context;
  // a run inside a run is done on the spot, by this very thread and in order
  w->of[0].inner_times++;
  w->of[0].inner_last = shard;
}

static void shard_body(void *context, int32_t shard) {
  work *w = context;
  if (w->late) rest(pthread_equal(pthread_self(), w->caller) ? 1 : 4);
  w->of[shard].run = w->run;
  w->of[shard].times++;
  uint64_t sum = 0;
  for (uint32_t i = 0; i <= w->run % 64; i++) sum += (uint64_t)(shard + 1) * i;
  w->of[shard].sum = sum;
  if (!w->nested) return;
  work own = {.shards = 0};
  fj_run(w->pool, 5, inner, &own);
  w->of[shard].inner_times = own.of[0].inner_times;
  w->of[shard].inner_last = own.of[0].inner_last;
}

static void run_once(fj_pool *pool, work *w, uint32_t run, int32_t shards) {
  w->pool = pool;
  w->run = run;
  w->shards = shards;
  w->nested = run % 3 == 0;
  w->late = run % 50 == 0 && shards <= 4;
  w->caller = pthread_self();
  for (int32_t s = 0; s < shards; s++) w->of[s].times = 0;
  fj_run(pool, shards, shard_body, w);
}

// What is wrong with a finished run: the first such shard, or -1.
static int32_t wrong_shard(const work *w) {
  const uint64_t last = w->run % 64;
  for (int32_t s = 0; s < w->shards; s++) {
    const bool right = w->of[s].run == w->run && w->of[s].times == 1 &&
                       w->of[s].sum == (uint64_t)(s + 1) * (last * (last + 1) / 2);
    if (!right || (w->nested && (w->of[s].inner_times != 5 || w->of[s].inner_last != 4))) return s;
  }
  return -1;
}

static void expect_run(const work *w) {
  const int32_t s = wrong_shard(w);
  expect_true(s < 0, "run %u of %d shards: shard %d was done %u times, last in run %u, sum %llu",
              w->run, w->shards, s, w->of[s < 0 ? 0 : s].times, w->of[s < 0 ? 0 : s].run,
              (unsigned long long)w->of[s < 0 ? 0 : s].sum);
}

static void check_runs(int32_t workers, uint32_t runs) {
  begin_case("fj_run", NOT_IN_TABLE, "%d workers, %u runs", workers, runs);
  fj_pool *pool = fj_create(workers);
  expect_true(pool && fj_thread_count(pool) == workers - 1, "not the threads asked for");
  static work w;
  for (uint32_t run = 1; run <= runs; run++) {
    run_once(pool, &w, run, (int32_t)(run % 50 == 0 ? 2 + run / 50 % 3 : run * 7 % MOST_SHARDS));
    expect_run(&w);
    if (run % 100 == 1) rest(3);
  }
  fj_destroy(pool);
}

typedef struct {
  fj_pool *pool;
  uint32_t runs, wrong;
} caller;

static void *call(void *argument) {
  caller *c = argument;
  work w = {.pool = NULL};
  for (uint32_t run = 1; run <= c->runs; run++) {
    run_once(c->pool, &w, run, (int32_t)(1 + run % 9));
    c->wrong += wrong_shard(&w) >= 0;
  }
  return NULL;
}

static void check_callers(uint32_t runs) {
  enum { CALLERS = 4 };
  begin_case("fj_run", NOT_IN_TABLE, "%d callers of one pool, %u runs each", CALLERS, runs);
  fj_pool *pool = fj_create(3);
  caller callers[CALLERS];
  pthread_t threads[CALLERS];
  for (int i = 0; i < CALLERS; i++) {
    callers[i] = (caller){.pool = pool, .runs = runs};
    pthread_create(&threads[i], NULL, call, &callers[i]);
  }
  for (int i = 0; i < CALLERS; i++) {
    pthread_join(threads[i], NULL);
    expect_true(callers[i].wrong == 0, "%u runs of caller %d were wrong", callers[i].wrong, i);
  }
  fj_destroy(pool);
}

static void check_short_lives(int count) {
  begin_case("fj_create, fj_destroy", NOT_IN_TABLE, "%d pools", count);
  static work w;
  for (int i = 0; i < count; i++) {
    fj_pool *pool = fj_create(1 + i % 5);
    if (i % 3 != 0) { // the others end before their threads have begun
      run_once(pool, &w, (uint32_t)i, 1 + i % 20);
      expect_run(&w);
    }
    if (i % 50 == 1) rest(3);
    fj_destroy(pool);
  }
}

static void check_cores(void) {
  begin_case("fj_available_cores", NOT_IN_TABLE, "and the control group's quota");
  static const struct {
    const char *text;
    int32_t cores;
  } quotas[] = {{"200000 100000", 2},
                {"150000 100000\n", 2},
                {"1 100000", 1},
                {"max 100000", 0},
                {"", 0},
                {"-1 100000", 0},
                {"1 0", 0},
                {"9223372036854775807 1", 0}};
  expect_true(fj_available_cores() >= 1, "%d cores", fj_available_cores());
  for (size_t i = 0; i < sizeof quotas / sizeof *quotas; i++)
    expect_true(fj_quota_cores(quotas[i].text) == quotas[i].cores, "'%s' is %d cores",
                quotas[i].text, fj_quota_cores(quotas[i].text));
}

void check_forkjoin(void) {
  check_cores();
  check_runs(1, 200);
  check_runs(2, 4000);
  check_runs(4, 4000);
  check_runs(16, 1000);
  check_callers(1000);
  check_short_lives(200);
}
