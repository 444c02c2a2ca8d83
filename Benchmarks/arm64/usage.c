// Usage, allocation, write weights, precedence and read weights.
#include "check.h"

#include <stdlib.h>
#include <string.h>

static void check_usage_step(const vk_table *k, sizes s) {
  KERNEL(usage, "N %zu, heads %zu", s.n, s.heads);
  float *u = rows(1, s, 0, 1), *w = weight_rows(1, s), *r = weight_rows(s.heads, s),
        *f = uniforms(s.heads, 0, 1), *new = unset(s.np);
  float *du = rows(1, s, -1, 1), *dw = unset(s.np), *dr = rows(s.heads, s, -1, 1),
        *df = unset(s.heads);
  double *expected = exact(s.np), *of_u = exact(s.np), *of_w = exact(s.np),
         *of_r = exact(s.heads * s.np), *of_f = exact(s.heads);
  for (size_t j = 0; j < s.np; j++) {
    const double written = (double)u[j] + w[j] - (double)u[j] * w[j];
    double kept = 1;
    for (size_t h = 0; h < s.heads; h++) kept *= 1 - (double)f[h] * r[h * s.np + j];
    expected[j] = written * kept;
    of_u[j] = du[j] * kept * (1 - (double)w[j]);
    of_w[j] = du[j] * kept * (1 - (double)u[j]);
    for (size_t h = 0; h < s.heads; h++) {
      double others = 1;
      for (size_t o = 0; o < s.heads; o++)
        others *= o == h ? 1 : 1 - (double)f[o] * r[o * s.np + j];
      const double d = -du[j] * written * others; // of f_h r_h
      of_r[h * s.np + j] = dr[h * s.np + j] + d * f[h];
      of_f[h] += d * r[h * s.np + j];
    }
  }
  k->usage(new, u, w, r, f, s.heads, s.np);
  expect_cells("u'", new, expected, 1, s, 2e-6, 0);
  KERNEL(usage_backward, "N %zu, heads %zu", s.n, s.heads);
  k->usage_backward(du, dw, dr, df, u, w, r, f, s.heads, s.np);
  expect_cells("du", du, of_u, 1, s, 2e-6, 0);
  expect_cells("dw", dw, of_w, 1, s, 2e-6, 0);
  expect_cells("dr", dr, of_r, s.heads, s, 2e-6, 0);
  expect("df", df, of_f, 1, s.heads, 2e-6, 1);
  end_case();
}

// Ascending, minus zero before zero, NaN at the end its sign says.
static int64_t key(float x) {
  int32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits < 0 ? -1 - (int64_t)(bits & 0x7fffffff) : bits;
}

static void check_order(const vk_table *k, const float *u, size_t n, const char *what) {
  KERNEL(order, "N %zu, %s", n, what);
  int32_t *order = malloc((n + 1) * sizeof *order);
  memset(order, 0xff, (n + 1) * sizeof *order);
  k->order(order, u, n);
  for (size_t i = 0; i < n; i++) {
    size_t before = 0;
    for (size_t j = 0; j < n; j++)
      before += key(u[j]) < key(u[i]) || (key(u[j]) == key(u[i]) && j < i);
    expect_true(order[before] == (int32_t)i, "order[%zu] is %d instead of %zu", before,
                order[before], i);
  }
  expect_true(order[n] == -1, "written behind the end");
  free(order);
}

static void check_orders(const vk_table *k, size_t n) {
  check_order(k, uniforms(n, 0, 1), n, "any");
  check_order(k, zeros(n), n, "all equal");
  float *few = uniforms(n, -2, 3), *edges = uniforms(n, -1, 1);
  static const float special[] = {NAN, 0, INFINITY, -0.0f, 1e-42f, -NAN, -1e-42f, -INFINITY};
  for (size_t i = 0; i < n; i++) few[i] = truncf(few[i]) + 0.0f;
  for (size_t i = 0; i < n; i += 2) edges[i] = special[i / 2 % 8];
  check_order(k, few, n, "few values");
  check_order(k, edges, n, "with edges");
  end_case();
}

static void check_allocation(const vk_table *k, sizes s, float epsilon, float low) {
  KERNEL(allocation, "N %zu, epsilon %g, usages from %g", s.n, epsilon, low);
  float *u = rows(1, s, low, 1), *a = unset(s.np), *da = rows(1, s, -1, 1), *du = rows(1, s, -1, 1),
        *scratch = unset(s.n);
  if (s.n > 3) u[2] = u[3] = 0;
  int32_t *order = malloc(s.n * sizeof *order);
  k->order(order, u, s.n);
  double *expected = exact(s.np), *of_u = exact(s.np);
  for (size_t j = 0; j < s.np; j++) of_u[j] = du[j];
  // every derivative by itself: of cell j's usage in its own allocation and as a factor in all
  // later ones
  for (size_t i = 0; i < s.n; i++) {
    double free_ = 1;
    for (size_t l = 0; l < i; l++) free_ *= epsilon + (1 - (double)epsilon) * u[order[l]];
    const double used = epsilon + (1 - (double)epsilon) * u[order[i]];
    expected[order[i]] = (1 - used) * free_;
    double d = -free_ * da[order[i]], later = free_;
    for (size_t l = i + 1; l < s.n; l++) {
      const double next = epsilon + (1 - (double)epsilon) * u[order[l]];
      d += da[order[l]] * (1 - next) * later;
      later *= next;
    }
    of_u[order[i]] += (1 - (double)epsilon) * d;
  }
  k->allocation(a, u, order, epsilon, s.n, s.np);
  expect_cells("a", a, expected, 1, s, 2e-6, 1);
  KERNEL(allocation_backward, "N %zu, epsilon %g, usages from %g", s.n, epsilon, low);
  k->allocation_backward(du, da, u, order, epsilon, scratch, s.n);
  expect_cells("du", du, of_u, 1, s, 2e-6, 1);
  free(order);
  end_case();
}

static void check_write_weights(const vk_table *k, sizes s) {
  KERNEL(write_weights, "N %zu", s.n);
  float *a = weight_rows(1, s), *c = weight_rows(1, s), *w = unset(s.np), *dw = rows(1, s, -1, 1);
  float *da = unset(s.np), *dc = unset(s.np), *dgates = unset(2);
  const float ga = uniform(0, 1), gw = uniform(0, 1);
  double *expected = exact(s.np), *of_a = exact(s.np), *of_c = exact(s.np), *of_gates = exact(2);
  for (size_t j = 0; j < s.np; j++) {
    const double mix = (double)ga * a[j] + (1 - (double)ga) * c[j];
    expected[j] = gw * mix;
    of_a[j] = (double)dw[j] * gw * ga;
    of_c[j] = (double)dw[j] * gw * (1 - (double)ga);
    of_gates[0] += (double)dw[j] * gw * ((double)a[j] - c[j]);
    of_gates[1] += dw[j] * mix;
  }
  k->write_weights(w, a, c, ga, gw, s.np);
  expect_cells("w", w, expected, 1, s, 2e-6, 0);
  KERNEL(write_weights_backward, "N %zu", s.n);
  k->write_weights_backward(da, dc, dgates, dw, a, c, ga, gw, s.np);
  expect_cells("da", da, of_a, 1, s, 2e-6, 0);
  expect_cells("dc", dc, of_c, 1, s, 2e-6, 0);
  expect("dgates", dgates, of_gates, 1, 2, 2e-6, 0.3);
  end_case();
}

static void check_precedence(const vk_table *k, sizes s) {
  KERNEL(precedence, "N %zu", s.n);
  float *p = weight_rows(1, s), *w = weight_rows(1, s), *new = unset(s.np), *dp = rows(1, s, -1, 1),
        *dw = rows(1, s, -1, 1);
  double *expected = exact(s.np), *of_p = exact(s.np), *of_w = exact(s.np), kept = 1, of_kept = 0;
  for (size_t j = 0; j < s.np; j++) {
    kept -= w[j];
    of_kept += (double)dp[j] * p[j];
  }
  for (size_t j = 0; j < s.np; j++) {
    expected[j] = kept * p[j] + w[j];
    of_p[j] = dp[j] * kept;
    of_w[j] = dw[j] + dp[j] - of_kept;
  }
  k->precedence(new, p, w, s.np);
  expect_cells("p'", new, expected, 1, s, 2e-6, 0);
  KERNEL(precedence_backward, "N %zu", s.n);
  k->precedence_backward(dp, dw, p, w, s.np);
  expect_cells("dp", dp, of_p, 1, s, 1e-6, 1); // 1 - sum w cancels
  expect("dw", dw, of_w, 1, s.n, 2e-6, 1); // not the padding: the share of the sum goes there too
  end_case();
}

static void check_read_weights(const vk_table *k, sizes s) {
  KERNEL(read_weights, "N %zu", s.n);
  float *from[3], *d[3], *r = unset(s.np), *modes = uniforms(3, 0, 1), *dmodes = unset(3),
                         *dr = rows(1, s, -1, 1);
  double *expected = exact(s.np), *of_modes = exact(3);
  for (int m = 0; m < 3; m++) {
    from[m] = weight_rows(1, s);
    d[m] = unset(s.np);
    for (size_t j = 0; j < s.np; j++) {
      expected[j] += (double)modes[m] * from[m][j];
      of_modes[m] += (double)dr[j] * from[m][j];
    }
  }
  k->read_weights(r, from[0], from[1], from[2], modes, s.np);
  expect_cells("r", r, expected, 1, s, 2e-6, 0);
  KERNEL(read_weights_backward, "N %zu", s.n);
  k->read_weights_backward(d[0], d[1], d[2], dmodes, dr, from[0], from[1], from[2], modes, s.np);
  for (int m = 0; m < 3; m++) {
    double *of = exact(s.np);
    for (size_t j = 0; j < s.np; j++) of[j] = (double)modes[m] * dr[j];
    expect_cells(m == 0 ? "dbackward" : m == 1 ? "dforward" : "dcontent", d[m], of, 1, s, 2e-6, 0);
  }
  expect("dmodes", dmodes, of_modes, 1, 3, 2e-6, 0.3);
  end_case();
}

void check_usage(const vk_table *k) {
  static const size_t cells[] = {1, 5, 16, 33, 100, 300};
  for_all_sizes(check_usage_step, k);
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    const sizes s = sizes_of(cells[i], 1, 1);
    check_orders(k, s.n);
    check_allocation(k, s, 0, 0);
    check_allocation(k, s, 1e-6f, 0);
    check_allocation(k, s, 5e-6f, 0.97f);
    check_write_weights(k, s);
    check_precedence(k, s);
    check_read_weights(k, s);
  }
}
