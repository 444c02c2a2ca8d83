// exp, sigmoid, tanh and softplus: accuracy over the floats, edges, and NaN at every place
// of a vector.
#include "check.h"

#include <string.h>

typedef void (*unary)(float *y, const float *x, size_t n);

static float from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static uint32_t to_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

// Below -87.3 the smallest normal number, above 88.7 infinity.
static double exact_exp(double x) { return exp(x < -87.336544f ? -87.336544f : x); }
static double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double exact_softplus(double x) { return x > 0 ? x + log1p(exp(-x)) : log1p(exact_exp(x)); }

enum { SWEEP = 2048 }; // floats at a time

// The largest errors that functions.h states, with a little room: in units of the last place, which
// is between 2^-24 and 2^-23 of the number.
static void expect_ulps(const char *name, const float *found, const float *x, double (*of)(double),
                        double ulps) {
  double *expected = exact(SWEEP);
  float *in_ulps = zeros(SWEEP);
  for (size_t i = 0; i < SWEEP; i++) {
    const double y = of(x[i]);
    if (!(fabs(y) >= FLT_MIN && fabs(y) <= FLT_MAX)) continue;
    const float rounded = fabsf((float)y);
    in_ulps[i] = (float)((found[i] - y) / (nextafterf(rounded, INFINITY) - rounded));
  }
  expect(name, in_ulps, expected, 1, SWEEP, ulps, 1);
}

static void sweep(const vk_table *k) {
  const uint32_t first = to_bits(1e-12f), last = to_bits(87.3f), step = 1999;
  for (uint32_t start = first; start < last; start += SWEEP / 2 * step) {
    float *x = zeros(SWEEP), *y = unset(SWEEP), *slope = unset(SWEEP), *sigmoids = unset(SWEEP);
    for (uint32_t i = 0; i < SWEEP / 2; i++) {
      const uint32_t bits = start + i * step;
      x[2 * i] = from_bits(bits < last ? bits : last);
      x[2 * i + 1] = -x[2 * i];
    }
    KERNEL(exp, "sweep from %g", x[0]);
    k->exp(y, x, SWEEP);
    expect_ulps("ulp of y", y, x, exp, 1.125);
    KERNEL(sigmoid, "sweep from %g", x[0]);
    k->sigmoid(sigmoids, x, SWEEP);
    expect_ulps("ulp of y", sigmoids, x, exact_sigmoid, 2.5);
    KERNEL(tanh, "sweep from %g", x[0]);
    k->tanh(y, x, SWEEP);
    expect_ulps("ulp of y", y, x, tanh, 1.5);
    KERNEL(softplus, "sweep from %g", x[0]);
    k->softplus(y, slope, x, SWEEP);
    expect_ulps("ulp of y", y, x, exact_softplus, 3);
    expect_bits("slope", slope, sigmoids, SWEEP);
    end_case();
  }
}

static void check_unary(const char *name, size_t offset, unary kernel, double (*of)(double),
                        size_t n, const float *x) {
  begin_case(name, offset, "n %zu", n);
  float *y = unset(n);
  double *expected = exact(n);
  for (size_t i = 0; i < n; i++) expected[i] = of(x[i]);
  kernel(y, x, n);
  // what would be a denormal result may be zero or the smallest normal number
  expect_each("y", y, expected, n, 4e-7, 1.2e-38);
}

static double relu_(double x) { return x < 0 ? 0 : x; }

static void check_all(const vk_table *k, size_t n, const float *x) {
  check_unary("exp", offsetof(vk_table, exp), k->exp, exact_exp, n, x);
  check_unary("sigmoid", offsetof(vk_table, sigmoid), k->sigmoid, exact_sigmoid, n, x);
  check_unary("tanh", offsetof(vk_table, tanh), k->tanh, tanh, n, x);
  check_unary("relu", offsetof(vk_table, relu), k->relu, relu_, n, x);
  KERNEL(softplus, "n %zu", n);
  float *y = unset(n), *slope = unset(n);
  double *expected = exact(n), *expected_slope = exact(n);
  for (size_t i = 0; i < n; i++) {
    expected[i] = exact_softplus(x[i]);
    expected_slope[i] = exact_sigmoid(x[i]);
  }
  k->softplus(y, slope, x, n);
  expect_each("y", y, expected, n, 4e-7, 1.2e-38);
  expect_each("slope", slope, expected_slope, n, 4e-7, 1.2e-38);
  end_case();
}

void check_functions(const vk_table *k) {
  sweep(k);
  static const size_t lengths[] = {0, 1, 5, 15, 16, 17, 33, 100, 300};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
    check_all(k, lengths[i], uniforms(lengths[i], -12, 12));
  static const float edges[] = {0,      -0.0f,   1e-42f,   -1e-42f,  FLT_MIN,   89,
                                -89,    100,     -100,     0.625f,   -0.625f,   1e30f,
                                -1e30f, FLT_MAX, -FLT_MAX, INFINITY, -INFINITY, NAN};
  const size_t count = sizeof edges / sizeof *edges;
  check_all(k, count, edges);
  for (size_t place = 0; place < 21; place++) {
    float *x = uniforms(21, -1, 1);
    x[place] = place % 2 ? NAN : -NAN;
    check_all(k, 21, x);
  }
}
