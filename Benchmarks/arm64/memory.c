// Writing to the memory, its norms, and their backward pass.
#include "check.h"

// The norm is kept as that of the cell times a power of two.
static void expect_norms(const float *norm, const float *inverse, const float *m, float inside,
                         sizes s) {
  double *expected = exact(s.np), *found = exact(s.np);
  float *ratio = zeros(s.np);
  for (size_t j = 0; j < s.np; j++) {
    double squares = inside;
    for (size_t i = 0; i < s.w; i++) squares += (double)m[i * s.np + j] * m[i * s.np + j];
    int exponent;
    const bool power = frexpf(inverse[j], &exponent) == 0.5f && inverse[j] <= 1;
    expect_true(power, "inverse[%zu] is %g, not a power of two up to 1", j, inverse[j]);
    found[j] = (double)norm[j] / inverse[j];
    expected[j] = isnan(squares) ? NAN : 1;
    ratio[j] = isnan(squares) || squares > 0 ? (float)(found[j] / sqrt(squares)) : found[j] == 0;
  }
  expect_each("norm over the exact one", ratio, expected, s.np, 1e-6, 0);
}

static void check_write(const vk_table *k, sizes s, float scale, float inside) {
  KERNEL(memory_write, "N %zu, W %zu, numbers up to %g, epsilon %g", s.n, s.w, scale, inside);
  const size_t count = s.w * s.np;
  float *m = rows(s.w, s, -1, 1), *w = weight_rows(1, s), *erase = uniforms(s.w, 0, 1),
        *v = uniforms(s.w, -scale / 4, scale / 4);
  for (size_t j = 0; j < s.n; j += 5)
    for (size_t i = 0; i < s.w; i++) m[i * s.np + j] *= scale;
  float *new = unset(count), *norm = unset(s.np), *inverse = unset(s.np);
  double *expected = exact(count);
  for (size_t i = 0; i < s.w; i++)
    for (size_t j = 0; j < s.np; j++) {
      const size_t at = i * s.np + j;
      expected[at] = m[at] * (1 - (double)w[j] * erase[i]) + (double)w[j] * v[i];
    }
  k->memory_write(new, norm, inverse, m, w, erase, v, inside, s.w, s.np);
  expect_cells("m", new, expected, s.w, s, 5e-7, 0);
  expect_norms(norm, inverse, new, inside, s);

  float *again = copy(m, count), *norm2 = unset(s.np), *inverse2 = unset(s.np);
  k->memory_write(again, norm2, inverse2, again, w, erase, v, inside, s.w, s.np);
  expect_bits("m, in place", again, new, count);
  KERNEL(memory_norms, "N %zu, W %zu, numbers up to %g, epsilon %g", s.n, s.w, scale, inside);
  k->memory_norms(norm2, inverse2, new, inside, s.w, s.np);
  expect_norms(norm2, inverse2, new, inside, s);
  expect_bits("norm against memory_write", norm2, norm, s.np);
  expect_bits("inverse against memory_write", inverse2, inverse, s.np);
  end_case();
}

static void check_writes(const vk_table *k, sizes s) {
  check_write(k, s, 1, 1e-6f);
  check_write(k, s, 1, 0);
  if (s.heads != 1) return;
  static const float scales[] = {0, 1e18f, 1e25f, 3e38f};
  for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) check_write(k, s, scales[i], 1e-6f);
}

// NaN, huge and tiny cells side by side, at every place of a vector.
static void check_edges(const vk_table *k) {
  const sizes s = sizes_of(32, 2, 1);
  for (size_t place = 0; place < s.n; place++) {
    KERNEL(memory_norms, "edges from cell %zu on", place);
    float *m = zeros(s.w * s.np), *norm = unset(s.np), *inverse = unset(s.np);
    m[place] = NAN;
    m[(place + 3) % s.n] = m[s.np + (place + 3) % s.n] = FLT_MAX;
    m[(place + 5) % s.n] = 1e-18f;
    m[(place + 20) % s.n] = 2e18f;
    k->memory_norms(norm, inverse, m, 0, s.w, s.np);
    expect_norms(norm, inverse, m, 0, s);
    end_case();
  }
}

static void check_row(const vk_table *k, size_t np, float scale, float inside) {
  KERNEL(memory_norms_of_row, "np %zu, numbers up to %g, epsilon %g", np, scale, inside);
  const sizes s = sizes_of(1, np, 1);
  float *row = uniforms(np, -scale, scale), *column = zeros(np * s.np);
  float *norm = unset(1), *inverse = unset(1), *norms = unset(s.np), *inverses = unset(s.np);
  for (size_t i = 0; i < np; i++) column[i * s.np] = row[i];
  k->memory_norms_of_row(norm, inverse, row, inside, np);
  k->memory_norms(norms, inverses, column, inside, np, s.np);
  expect_bits("inverse against a column", inverse, inverses, 1);
  double squares = inside;
  for (size_t i = 0; i < np; i++) squares += (double)row[i] * row[i];
  const double expected = sqrt(squares) * *inverse;
  expect("norm", norm, &expected, 1, 1, 1e-6, 0);
  row[np / 2] = NAN;
  k->memory_norms_of_row(norm, inverse, row, inside, np);
  const double not_a_number = NAN;
  expect("norm", norm, &not_a_number, 1, 1, 0, 0);
  end_case();
}

static void check_backward(const vk_table *k, sizes s) {
  KERNEL(memory_backward, "N %zu, W %zu, heads %zu", s.n, s.w, s.heads);
  const size_t count = s.w * s.np, narrow = s.heads * s.w;
  float *dm = rows(s.w, s, -1, 1), *new = rows(s.w, s, -1, 1), *m = rows(s.w, s, -1, 1),
        *dreads = uniforms(narrow, -1, 1);
  float *r = weight_rows(s.heads, s), *keys = uniforms(narrow, -1, 1),
        *ddots = rows(s.heads, s, -1, 1), *shrink = rows(1, s, -1, 1);
  float *w = weight_rows(1, s), *erase = uniforms(s.w, 0, 1), *v = uniforms(s.w, -1, 1);
  float *dkeys = unset(narrow), *dw = rows(1, s, -1, 1), *derase = unset(s.w), *dv = unset(s.w);
  double *of_m = exact(count), *of_keys = exact(narrow), *of_w = exact(s.np),
         *of_erase = exact(s.w), *of_v = exact(s.w);
  for (size_t j = 0; j < s.np; j++) of_w[j] = dw[j];
  for (size_t i = 0; i < s.w; i++)
    for (size_t j = 0; j < s.np; j++) {
      const size_t at = i * s.np + j;
      double d = dm[at] + (double)shrink[j] * new[at];
      for (size_t h = 0; h < s.heads; h++) {
        d += (double)dreads[h * s.w + i] * r[h * s.np + j] +
             (double)keys[h * s.w + i] * ddots[h * s.np + j];
        of_keys[h * s.w + i] += (double)ddots[h * s.np + j] * new[at];
      }
      of_w[j] += d * (v[i] - (double)erase[i] * m[at]);
      of_erase[i] -= d * w[j] * m[at];
      of_v[i] += d * w[j];
      of_m[at] = d * (1 - (double)w[j] * erase[i]);
    }
  k->memory_backward(dm, new, m, dreads, r, keys, ddots, shrink, w, erase, v, dkeys, dw, derase, dv,
                     s.heads, s.w, s.np);
  expect_cells("dm", dm, of_m, s.w, s, 2e-6, 1);
  expect("dkeys", dkeys, of_keys, s.heads, s.w, 2e-6, 1);
  expect_cells("dw", dw, of_w, 1, s, 2e-6, 1);
  expect("derase", derase, of_erase, 1, s.w, 2e-6, 1);
  expect("dv", dv, of_v, 1, s.w, 2e-6, 1);
  end_case();
}

static void check_lookup_backward(const vk_table *k, sizes s) {
  KERNEL(lookup_backward, "N %zu, W %zu", s.n, s.w);
  const size_t count = s.w * s.np;
  float *dm = rows(s.w, s, -1, 1), *m = rows(s.w, s, -1, 1), *key = uniforms(s.w, -1, 1),
        *ddots = rows(1, s, -1, 1);
  float *shrink = rows(1, s, -1, 1), *dkey = unset(s.w);
  double *of_m = exact(count), *of_key = exact(s.w);
  for (size_t i = 0; i < s.w; i++)
    for (size_t j = 0; j < s.np; j++) {
      const size_t at = i * s.np + j;
      of_m[at] = dm[at] + (double)key[i] * ddots[j] + (double)shrink[j] * m[at];
      of_key[i] += (double)ddots[j] * m[at];
    }
  k->lookup_backward(dm, m, key, ddots, shrink, dkey, s.w, s.np);
  expect_cells("dm", dm, of_m, s.w, s, 1e-6, 1);
  expect("dkey", dkey, of_key, 1, s.w, 2e-6, 1);
  end_case();
}

void check_memory(const vk_table *k) {
  for_all_sizes(check_writes, k);
  check_edges(k);
  static const size_t widths[] = {16, 32, 80};
  static const float scales[] = {0, 1e-3f, 1, 1e18f, 1e25f, 3e38f};
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
    for (size_t j = 0; j < sizeof scales / sizeof *scales; j++) {
      check_row(k, widths[i], scales[j], 1e-6f);
      check_row(k, widths[i], scales[j], 0);
    }
  for_all_sizes(check_backward, k);
  for_all_sizes(check_lookup_backward, k);
}
