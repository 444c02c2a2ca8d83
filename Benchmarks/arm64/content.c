// Content lookup after the dot products: cosines, softmax, and back.
#include "check.h"

// Cells with norms as the memory kernels give them: now and then a zero, or a huge one that is
// scaled.
static void make_cells(float *norm, float *inverse, float *dots, sizes s) {
  for (size_t j = 0; j < s.np; j++) inverse[j] = 1;
  for (size_t j = 0; j < s.n; j++) {
    if (j % 11 == 5) inverse[j] = 0x1p-40f;
    if (j % 11 == 6) inverse[j] = 0x1p-126f;
    if (j % 7 != 3) continue;
    norm[j] = dots[j] = 0;
    inverse[j] = 1;
  }
}

static double denominator(vk_lookup l, float norm, float inverse) {
  return (double)l.key_norm * norm + (double)l.key_epsilon * inverse;
}

static void check_lookup(const vk_table *k, sizes s, float beta) {
  const vk_lookup lookup = {.beta = beta, .key_norm = 0.7f, .key_epsilon = 1e-6f};
  float *norm = rows(1, s, 0.5f, 2), *inverse = zeros(s.np), *dots = rows(1, s, -0.3f, 0.3f);
  make_cells(norm, inverse, dots, s);
  // huge cells have huge dot products; their cosines are as all others
  for (size_t j = 0; j < s.n; j++) dots[j] /= inverse[j] < 0x1p-100f ? 0x1p-120f : inverse[j];
  double *cosines = exact(s.np), *weights = exact(s.np);
  for (size_t j = 0; j < s.n; j++)
    cosines[j] = (double)dots[j] * inverse[j] / denominator(lookup, norm[j], inverse[j]);

  KERNEL(cosines, "N %zu", s.n);
  float *cosine = copy(dots, s.n);
  k->cosines(cosine, norm, inverse, lookup, s.n);
  expect("cosines", cosine, cosines, 1, s.n, 5e-7, 1);

  KERNEL(content_weights, "N %zu, strength %g", s.n, beta);
  float *c = unset(s.np);
  cosine = copy(dots, s.np);
  k->content_weights(c, cosine, norm, inverse, lookup, s.n, s.np);
  expect_cells("cosines", cosine, cosines, 1, s, 5e-7, 1);
  // from the cosines found: a large strength would show their rounding
  double best = -INFINITY, total = 0;
  for (size_t j = 0; j < s.n; j++) best = fmax(best, cosine[j]);
  for (size_t j = 0; j < s.n; j++) total += weights[j] = exp(beta * (cosine[j] - best));
  for (size_t j = 0; j < s.n; j++) weights[j] /= total;
  expect_cells("c", c, weights, 1, s, 2e-6 + beta * 1e-7 * (beta < 1000), 0);
  end_case();
}

static void check_backward(const vk_table *k, sizes s, float beta) {
  KERNEL(content_backward, "N %zu, strength %g", s.n, beta);
  const vk_lookup lookup = {.beta = beta, .key_norm = 0.7f, .key_epsilon = 1e-6f};
  float *norm = rows(1, s, 0.5f, 2), *inverse = zeros(s.np), *cosine = rows(1, s, -1, 1),
        *c = weight_rows(1, s);
  make_cells(norm, inverse, cosine, s);
  float *dc = rows(1, s, -1, 1), *shrink = rows(1, s, -1, 1), *of_beta_and_norm = unset(2);
  double *of_dots = exact(s.np), *of_shrink = exact(s.np), *expected = exact(2), mean = 0;
  for (size_t j = 0; j < s.np; j++) mean += (double)dc[j] * c[j];
  for (size_t j = 0; j < s.np; j++) {
    const double of_power = c[j] * (dc[j] - mean), below = denominator(lookup, norm[j], inverse[j]);
    const double of_numerator = beta * of_power / below, of_below = -of_numerator * cosine[j];
    expected[0] += of_power * cosine[j];
    expected[1] += of_below * norm[j];
    of_dots[j] = of_numerator * inverse[j];
    // the norm of the scaled cell, by a component of the cell: component x inverse^2 / norm
    of_shrink[j] =
        shrink[j] +
        (norm[j] > 0 ? of_below * lookup.key_norm / norm[j] * inverse[j] * inverse[j] : 0);
  }
  k->content_backward(dc, shrink, of_beta_and_norm, of_beta_and_norm + 1, c, cosine, norm, inverse,
                      lookup, s.np);
  // a single cell's gradient is a difference of equal numbers
  expect_cells("ddots", dc, of_dots, 1, s, 3e-6, beta);
  expect_cells("shrink", shrink, of_shrink, 1, s, 3e-6, beta);
  expect("dbeta, dkey_norm", of_beta_and_norm, expected, 1, 2, 3e-6, 1 + beta);
  end_case();
}

static void check_first_above(const vk_table *k, size_t n) {
  KERNEL(first_above, "n %zu", n);
  float *x = uniforms(n, 0, 1);
  for (size_t i = 0; i < n; i += 5) x[i] = NAN;
  static const float limits[] = {-1, 0, 0.5f, 0.98f, 1, NAN};
  for (size_t l = 0; l < sizeof limits / sizeof *limits; l++)
    for (size_t from = 0; from <= n; from++) {
      size_t expected = from;
      while (expected < n && !(x[expected] > limits[l])) expected++;
      const size_t found = k->first_above(x, limits[l], from, n);
      expect_true(found == expected, "above %g from %zu on: %zu instead of %zu", limits[l], from,
                  found, expected);
    }
  end_case();
}

void check_content(const vk_table *k) {
  static const size_t counts[] = {1, 5, 16, 33, 100, 300};
  static const float strengths[] = {0, 1, 20, 1e38f};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    const sizes s = sizes_of(counts[i], 1, 1);
    for (size_t b = 0; b < sizeof strengths / sizeof *strengths; b++)
      check_lookup(k, s, strengths[b]);
    for (size_t b = 0; b < 3; b++) check_backward(k, s, strengths[b]);
    check_first_above(k, s.n);
  }
}
