// The link matrix and its lookups, forward and backward through one to three steps.
#include "check.h"

// L' from L, without the diagonal.
static void step(double *l, const float *w, const float *p, sizes s) {
  for (size_t i = 0; i < s.n; i++)
    for (size_t j = 0; j < s.np; j++)
      l[i * s.np + j] =
          i == j ? 0 : (1 - (double)w[i] - w[j]) * l[i * s.np + j] + (double)w[i] * p[j];
}

// Rows with sums below 1, and no diagonal.
static float *matrix(sizes s) {
  float *l = weight_rows(s.n, s);
  for (size_t i = 0; i < s.n; i++) l[i * s.np + i] = 0;
  return l;
}

static void check_forward(const vk_table *k, sizes s) {
  KERNEL(link, "N %zu, heads %zu", s.n, s.heads);
  const size_t count = s.n * s.np, across = s.heads * s.np;
  float *l = matrix(s), *w = weight_rows(1, s), *p = weight_rows(1, s),
        *r = weight_rows(s.heads, s);
  float *new = unset(count), *forward = unset(across), *backward = unset(across);
  double *expected = exact(count), *f = exact(across), *b = exact(across);
  for (size_t i = 0; i < count; i++) expected[i] = l[i];
  step(expected, w, p, s);
  for (size_t h = 0; h < s.heads; h++)
    for (size_t i = 0; i < s.n; i++)
      for (size_t j = 0; j < s.np; j++) {
        f[h * s.np + i] += expected[i * s.np + j] * r[h * s.np + j];
        b[h * s.np + j] += expected[i * s.np + j] * r[h * s.np + i];
      }
  k->link(new, l, w, p, r, forward, backward, s.heads, s.n, s.np);
  expect_cells("L'", new, expected, s.n, s, 1e-6, 0);
  expect_cells("forward", forward, f, s.heads, s, 2e-6, 0);
  expect_cells("backward", backward, b, s.heads, s, 2e-6, 0);

  float *place = copy(l, count), *forward2 = unset(across), *backward2 = unset(across);
  k->link(place, place, w, p, r, forward2, backward2, s.heads, s.n, s.np);
  expect_bits("L', in place", place, new, count);
  expect_bits("forward, in place", forward2, forward, across);
  expect_bits("backward, in place", backward2, backward, across);
  end_case();
}

static void check_steps_back(const vk_table *k, sizes s, size_t steps) {
  KERNEL(link_backward, "N %zu, heads %zu, %zu steps", s.n, s.heads, steps);
  const size_t count = s.n * s.np, across = s.heads * s.np;
  vk_link_step step_of[3];
  for (size_t i = 0; i < steps; i++)
    step_of[i] = (vk_link_step){weight_rows(1, s), weight_rows(1, s)};
  const float *w = step_of[steps - 1].w, *p = step_of[steps - 1].p;
  float *l = matrix(s), *dlink = rows(s.n, s, -1, 1), *r = weight_rows(s.heads, s),
        *df = rows(s.heads, s, -1, 1), *db = rows(s.heads, s, -1, 1);
  float *dr = rows(s.heads, s, -1, 1), *dw = rows(1, s, -1, 1), *dp = rows(1, s, -1, 1);

  double *old = exact(count), *new = exact(count), *of_l = exact(count), *of_r = exact(across),
         *of_w = exact(s.np), *of_p = exact(s.np);
  for (size_t i = 0; i < count; i++) old[i] = l[i];
  for (size_t i = 0; i + 1 < steps; i++) step(old, step_of[i].w, step_of[i].p, s);
  for (size_t i = 0; i < count; i++) new[i] = old[i];
  step(new, w, p, s);
  for (size_t i = 0; i < across; i++) of_r[i] = dr[i];
  for (size_t j = 0; j < s.np; j++) {
    of_w[j] = dw[j];
    of_p[j] = dp[j];
  }
  for (size_t i = 0; i < s.n; i++)
    for (size_t j = 0; j < s.n; j++) {
      const size_t at = i * s.np + j;
      double d = dlink[at];
      for (size_t h = 0; h < s.heads; h++) {
        const size_t hi = h * s.np + i, hj = h * s.np + j;
        d += (double)df[hi] * r[hj] + (double)db[hj] * r[hi];
        of_r[hj] += df[hi] * new[at];
        of_r[hi] += db[hj] * new[at];
      }
      if (i == j) continue; // the diagonal stays zero, whatever the step
      of_w[i] += d * (p[j] - old[at]);
      of_w[j] -= d * old[at];
      of_p[j] += d * w[i];
      of_l[at] = d * (1 - (double)w[i] - w[j]);
    }
  k->link_backward(dlink, l, step_of, steps, r, df, db, dr, dw, dp, s.heads, s.n, s.np);
  expect_cells("dlink", dlink, of_l, s.n, s, 2e-6, 1);
  // a float that up to 300 rows are added to, one after another
  expect_cells("dr", dr, of_r, s.heads, s, 4e-6, 1);
  expect_cells("dw", dw, of_w, 1, s, 4e-6, 1);
  expect_cells("dp", dp, of_p, 1, s, 4e-6, 1);
  end_case();
}

static void check(const vk_table *k, sizes s) {
  // the cell size is nothing to a link matrix; the small ones are repeated with other numbers
  if (s.n >= 100 && s.w > 1) return;
  check_forward(k, s);
  for (size_t steps = 1; steps <= 3; steps++) check_steps_back(k, s, steps);
}

void check_linkage(const vk_table *k) { for_all_sizes(check, k); }
