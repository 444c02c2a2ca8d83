// Matrix products, with and without packing, and the sums over columns.
#include "check.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void product(double *c, const float *start, const float *a, size_t ars, size_t acs,
                    const float *b, size_t ldb, size_t m, size_t n, size_t k) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = start ? start[i * n + j] : 0;
      for (size_t l = 0; l < k; l++) sum += (double)a[i * ars + l * acs] * b[l * ldb + j];
      c[i * n + j] = sum;
    }
}

static void check_gemm(const vk_table *t, size_t m, size_t n, size_t k, bool transposed,
                       bool accumulate) {
  KERNEL(gemm, "m %zu, n %zu, k %zu%s%s", m, n, k, transposed ? ", a transposed" : "",
         accumulate ? ", added to c" : "");
  const size_t ars = transposed ? 1 : k + 3, acs = transposed ? m + 2 : 1, ldb = n + 5;
  float *a = uniforms((m + 2) * (k + 3), -1, 1), *b = uniforms(k * ldb, -1, 1);
  float *start = uniforms(m * n, -1, 1), *c = accumulate ? copy(start, m * n) : unset(m * n);
  double *expected = exact(m * n);
  product(expected, accumulate ? start : NULL, a, ars, acs, b, ldb, m, n, k);
  t->gemm(m, n, k, a, ars, acs, b, ldb, c, n, accumulate);
  expect("c", c, expected, m, n, 2e-6, 1);

  // the same bits for a row that stands alone
  for (size_t i = 0; i < m; i++) {
    float *row = copy(start + i * n, n);
    t->gemm(1, n, k, a + i * ars, ars, acs, b, ldb, row, n, accumulate);
    expect_bits("row alone", row, c + i * n, n);
  }
  end_case();
}

static void check_gemm_panels(const vk_table *t, size_t m, size_t n, size_t k, size_t first,
                              bool accumulate) {
  KERNEL(gemm_panels, "m %zu, n %zu, k %zu, first %zu%s", m, n, k, first,
         accumulate ? ", added to c" : "");
  const size_t panel_rows = first + k + 2, panels_across = (n + VK_PANEL - 1) / VK_PANEL,
               lda = k + 1;
  float *a = uniforms(m * lda, -1, 1), *b = uniforms(k * n, -1, 1);
  float *start = uniforms(m * n, -1, 1), *c = accumulate ? copy(start, m * n) : unset(m * n),
        *plain = copy(start, m * n);
  float *panels = unset(panels_across * panel_rows * VK_PANEL);
  for (size_t l = 0; l < k; l++)
    for (size_t j = 0; j < n; j++)
      panels[(j / VK_PANEL * panel_rows + first + l) * VK_PANEL + j % VK_PANEL] = b[l * n + j];
  double *expected = exact(m * n);
  product(expected, accumulate ? start : NULL, a, lda, 1, b, n, m, n, k);
  t->gemm_panels(m, n, k, a, lda, panels, panel_rows, first, c, n, accumulate);
  expect("c", c, expected, m, n, 2e-6, 1);
  t->gemm(m, n, k, a, lda, 1, b, n, plain, n, accumulate);
  expect_bits("c against gemm", c, plain, m * n);
  end_case();
}

static void check_dots(const vk_table *t, size_t rows_a, size_t rows_b, size_t np,
                       bool accumulate) {
  KERNEL(dots, "%zu rows, %zu rows, np %zu%s", rows_a, rows_b, np,
         accumulate ? ", added to c" : "");
  const size_t lda = np + 3, ldb = np + 1;
  float *a = uniforms(rows_a * lda, -1, 1), *b = uniforms(rows_b * ldb, -1, 1);
  float *start = uniforms(rows_a * rows_b, -1, 1),
        *c = accumulate ? copy(start, rows_a * rows_b) : unset(rows_a * rows_b);
  double *expected = exact(rows_a * rows_b);
  for (size_t i = 0; i < rows_a; i++)
    for (size_t j = 0; j < rows_b; j++) {
      double sum = accumulate ? start[i * rows_b + j] : 0;
      for (size_t x = 0; x < np; x++) sum += (double)a[i * lda + x] * b[j * ldb + x];
      expected[i * rows_b + j] = sum;
    }
  t->dots(rows_a, rows_b, np, a, lda, b, ldb, c, rows_b, accumulate);
  expect("c", c, expected, rows_a, rows_b, 2e-6, 1);
  float *alone = copy(start, rows_a * rows_b);
  for (size_t i = 0; i < rows_a; i++)
    for (size_t j = 0; j < rows_b; j++)
      t->dots(1, 1, np, a + i * lda, lda, b + j * ldb, ldb, alone + i * rows_b + j, 1, accumulate);
  expect_bits("c against one row each", c, alone, rows_a * rows_b);
  end_case();
}

// Without a BLAS: by our own gemm, and plain loops for the columns behind the last whole vector.
static void check_product_tn(size_t m, size_t n, size_t k, bool accumulate) {
  begin_case("vk_product_tn", NOT_IN_TABLE, "m %zu, n %zu, k %zu%s", m, n, k,
             accumulate ? ", added to c" : "");
  const size_t lda = m + 1, ldb = n + 2;
  float *a = uniforms(k * lda, -1, 1), *b = uniforms(k * ldb, -1, 1);
  float *start = uniforms(m * n, -1, 1), *c = accumulate ? copy(start, m * n) : unset(m * n);
  double *expected = exact(m * n);
  product(expected, accumulate ? start : NULL, a, 1, lda, b, ldb, m, n, k);
  vk_product_tn(m, n, k, a, lda, b, ldb, c, n, accumulate);
  expect("c", c, expected, m, n, 4e-6, 1);
  end_case();
}

void check_products(const vk_table *t) {
  static const size_t rows_[] = {1, 2, 3, 5, 6, 7, 8, 11, 12, 15}, columns[] = {16, 32, 48, 112},
                      inner[] = {0, 1, 5, 16, 33, 100};
  for (size_t i = 0; i < COUNT(rows_); i++)
    for (size_t j = 0; j < COUNT(columns); j++)
      for (size_t l = 0; l < COUNT(inner); l++)
        for (int accumulate = 0; accumulate < 2; accumulate++) {
          check_gemm(t, rows_[i], columns[j], inner[l], false, accumulate);
          check_gemm(t, rows_[i], columns[j], inner[l], true, accumulate);
          check_gemm_panels(t, rows_[i], columns[j], inner[l], (i + l) % 3, accumulate);
        }
  static const size_t few[] = {1, 2, 3, 4, 5, 8, 9}, lengths[] = {16, 48, 112, 304};
  for (size_t i = 0; i < COUNT(few); i++)
    for (size_t j = 0; j < COUNT(few); j++)
      for (size_t l = 0; l < COUNT(lengths); l++)
        for (int accumulate = 0; accumulate < 2; accumulate++)
          check_dots(t, few[i], few[j], lengths[l], accumulate);
  static const size_t ms[] = {1, 5, 16, 33}, ns[] = {1, 7, 16, 20, 64},
                      ks[] = {0, 1, 33, 256, 257, 600};
  for (size_t i = 0; i < COUNT(ms); i++)
    for (size_t j = 0; j < COUNT(ns); j++)
      for (size_t l = 0; l < COUNT(ks); l++)
        for (int accumulate = 0; accumulate < 2; accumulate++)
          check_product_tn(ms[i], ns[j], ks[l], accumulate);
}

// Where element (k, n) of a packed matrix stands, as pack.c says.
static void check_pack(size_t outputs, size_t inputs, size_t k0, size_t n0, bool transposed) {
  begin_case(transposed ? "vk_pack_transposed" : "vk_pack", NOT_IN_TABLE,
             "%zu outputs, %zu inputs, at row %zu, column %zu", outputs, inputs, k0, n0);
  const size_t down = transposed ? inputs : outputs, across = transposed ? outputs : inputs;
  const size_t ld = inputs + 3, panel_rows = k0 + down + 1,
               count = (n0 + across + VK_PANEL - 1) / VK_PANEL * panel_rows * VK_PANEL;
  float *weights = uniforms(outputs * ld, -1, 1), *panels = zeros(count), *expected = zeros(count);
  for (size_t o = 0; o < outputs; o++)
    for (size_t i = 0; i < inputs; i++) {
      const size_t row = k0 + (transposed ? i : o), column = n0 + (transposed ? o : i);
      expected[(column / VK_PANEL * panel_rows + row) * VK_PANEL + column % VK_PANEL] =
          weights[o * ld + i];
    }
  (transposed ? vk_pack_transposed : vk_pack)(panels, panel_rows, k0, n0, weights, ld, outputs,
                                              inputs);
  expect_bits("panels", panels, expected, count);
  end_case();
}

void check_packing(void) {
  static const size_t lengths[] = {1, 5, 16, 33, 100}, places[] = {0, 3, 40};
  for (size_t i = 0; i < COUNT(lengths); i++)
    for (size_t j = 0; j < COUNT(lengths); j++)
      for (size_t p = 0; p < COUNT(places); p++)
        for (int transposed = 0; transposed < 2; transposed++)
          check_pack(lengths[i], lengths[j], p, places[p], transposed);
}
