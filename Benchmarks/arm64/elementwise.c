// The other loops over arrays of any length.
#include "check.h"

static void check_clip(const vk_table *k, size_t n) {
  KERNEL(clip, "n %zu", n);
  float *x = uniforms(n, -40, 40), *y = unset(n), *d = uniforms(n, -1, 1);
  static const float edges[] = {NAN, -NAN, INFINITY, -INFINITY, 20, -20, 1e-42f, FLT_MAX};
  for (size_t i = 0; i < 8 && 3 * i < n; i++) x[3 * i] = edges[i];
  double *expected = exact(n), *expected_d = exact(n);
  for (size_t i = 0; i < n; i++) {
    expected[i] = x[i] > 20 ? 20 : x[i] < -20 ? -20 : x[i];
    expected_d[i] = fabsf(x[i]) > 20 ? 0 : d[i];
  }
  k->clip(y, x, 20, n);
  expect_each("y", y, expected, n, 0, 0);
  KERNEL(clip_backward, "n %zu", n);
  k->clip_backward(d, x, 20, n);
  expect_each("d", d, expected_d, n, 0, 0);
  end_case();
}

static void check_axpy(const vk_table *k, size_t n, float scale) {
  KERNEL(axpy, "n %zu, numbers up to %g", n, scale);
  float *x = uniforms(n, -scale, scale), *y = uniforms(n, -scale, scale);
  double *expected = exact(n);
  for (size_t i = 0; i < n; i++) expected[i] = y[i] + (double)0.3f * x[i];
  k->axpy(y, 0.3f, x, n);
  expect("y", y, expected, 1, n, 2e-7, 1.5e-38); // denormals have few digits
  end_case();
}

static void check_backward(const vk_table *k, size_t n) {
  float *y = uniforms(n, 0, 1), *d = uniforms(n, -1, 1);
  double *of_sigmoid = exact(n), *of_tanh = exact(n), *of_relu = exact(n);
  for (size_t i = 0; i < n; i++) {
    if (i % 5 == 0) y[i] = -y[i] * (i % 2); // a few negative ones and zeros
    of_sigmoid[i] = (double)d[i] * y[i] * (1 - (double)y[i]);
    of_tanh[i] = d[i] * (1 - (double)y[i] * y[i]);
    of_relu[i] = y[i] > 0 ? d[i] : 0;
  }
  KERNEL(sigmoid_backward, "n %zu", n);
  float *to = copy(d, n);
  k->sigmoid_backward(to, y, n);
  expect("d", to, of_sigmoid, 1, n, 1e-6, 0.1);
  KERNEL(tanh_backward, "n %zu", n);
  to = copy(d, n);
  k->tanh_backward(to, y, n);
  expect("d", to, of_tanh, 1, n, 1e-6, 0.1);
  KERNEL(relu_backward, "n %zu", n);
  to = copy(d, n);
  k->relu_backward(to, y, n);
  expect_each("d", to, of_relu, n, 0, 0);
  end_case();
}

static void check_sum_of_squares(const vk_table *k, size_t n, float scale) {
  KERNEL(sum_of_squares, "n %zu, numbers up to %g", n, scale);
  float *x = uniforms(n, -scale, scale);
  double expected = 0;
  for (size_t i = 0; i < n; i++) expected += (double)x[i] * x[i];
  const float found = k->sum_of_squares(x, n);
  expect_each("sum", &found, &expected, 1, 2e-6, 0);
  end_case();
}

static void check_adam(const vk_table *k, size_t n, float decay) {
  KERNEL(adam, "n %zu, decay %g", n, decay);
  const vk_adam a = {.step = 1e-3f,
                     .root = 0.3f,
                     .mix1 = 0.1f,
                     .keep2 = 0.999f,
                     .mix2 = 0.001f,
                     .epsilon = 1e-8f,
                     .decay = decay};
  float *p = uniforms(n, -1, 1), *g = uniforms(n, -1, 1), *m = uniforms(n, -1, 1),
        *v = uniforms(n, 0, 1);
  for (size_t i = 0; i < n; i += 4) g[i] = m[i] = v[i] = 0; // a parameter that never had a gradient
  double *new_p = exact(n), *new_m = exact(n), *new_v = exact(n);
  for (size_t i = 0; i < n; i++) {
    const double s = g[i] + (double)a.decay * p[i];
    new_m[i] = m[i] + a.mix1 * (s - m[i]);
    new_v[i] = (double)a.keep2 * v[i] + a.mix2 * s * s;
    new_p[i] = p[i] - a.step * (new_m[i] / (sqrt(new_v[i]) / a.root + a.epsilon));
  }
  k->adam(p, g, m, v, a, n);
  expect("p", p, new_p, 1, n, 3e-7, 0.1);
  expect("m", m, new_m, 1, n, 3e-7, 0.1);
  expect("v", v, new_v, 1, n, 3e-7, 0.1);
  end_case();
}

void check_elementwise(const vk_table *k) {
  static const size_t lengths[] = {0, 1, 5, 15, 16, 17, 33, 100, 300};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    const size_t n = lengths[i];
    check_clip(k, n);
    check_axpy(k, n, 1);
    check_axpy(k, n, 3e38f);
    check_axpy(k, n, 1e-40f);
    check_axpy(k, n, 0);
    check_backward(k, n);
    check_sum_of_squares(k, n, 1);
    check_sum_of_squares(k, n, 1e20f);
    check_adam(k, n, 0);
    check_adam(k, n, 0.01f);
  }
}
