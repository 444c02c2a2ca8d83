// Between vk_flush_denormals_begin and _end numbers below the normal ones are zero, as results and
// as operands; after it they are not.
#include "check.h"

static float scaled(const vk_table *k, float factor, float x) {
  float y = 0;
  k->axpy(&y, factor, &x, 1);
  return y;
}

static void expect_flushed(const vk_table *k, bool flushed, const char *when) {
  // no kernel, but what the compiler makes of plain floats
  volatile float smallest = FLT_MIN, tiny = 1e-40f, half = 0.5f, huge = 1e20f;
  const float results[] = {scaled(k, 0.5f, FLT_MIN), smallest * half},
              operands[] = {scaled(k, 1e20f, 1e-40f), tiny * huge};
  for (int i = 0; i < 2; i++) {
    const float result = results[i], operand = operands[i];
    expect_true(flushed ? result == 0 : result == FLT_MIN / 2,
                "%s: half of the smallest normal number is %g", when, result);
    expect_true(flushed ? operand == 0 : fabsf(operand / 1e-20f - 1) < 1e-4f,
                "%s: 1e-40 times 1e20 is %g", when, operand);
  }
}

void check_denormals(const vk_table *k) {
  begin_case("vk_flush_denormals", NOT_IN_TABLE, "nested");
  expect_flushed(k, false, "before");
  const uint64_t outer = vk_flush_denormals_begin();
  expect_flushed(k, true, "between");
  const uint64_t inner = vk_flush_denormals_begin();
  expect_flushed(k, true, "inside twice");
  vk_flush_denormals_end(inner);
  expect_flushed(k, true, "after the inner end");
  vk_flush_denormals_end(outer);
  expect_flushed(k, false, "after");
}
