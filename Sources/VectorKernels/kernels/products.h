// Matrix products. Every element is one chain of multiply-adds in the order of the inner index, so
// its bits depend on nothing else.
#pragma once

// Rows of a tile that fit the registers: 8 x 2 of 16 lanes with AVX-512's 32 registers, less
// elsewhere.
#if VK_LEVEL == 2
#define TILE_ROWS 8
#define TILE_VECTORS 2
#elif VK_LEVEL == 1
#define TILE_ROWS 6
#define TILE_VECTORS 1
#elif defined(__aarch64__)
#define TILE_ROWS 6
#define TILE_VECTORS 1
#else
#define TILE_ROWS 3
#define TILE_VECTORS 1
#endif

INL void tile(const size_t rows, const size_t vectors, size_t k, const float *a, size_t ars,
              size_t acs, const float *b, size_t ldb, float *c, size_t ldc, bool accumulate) {
  vf s[8][4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++)
      s[i][v] = accumulate ? load(c + i * ldc + v * VK_LANES) : (vf)0;
  for (size_t l = 0; l < k; l++, a += acs, b += ldb) {
    vf y[4];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) y[v] = load(b + v * VK_LANES);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
      const vf x = splat(a[i * ars]);
#pragma clang loop unroll(full)
      for (size_t v = 0; v < vectors; v++) s[i][v] = fma_(x, y[v], s[i][v]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) store(c + i * ldc + v * VK_LANES, s[i][v]);
}

// All rows against one strip of `vectors` x 16 columns.
INL void strip(const size_t vectors, size_t m, size_t k, const float *a, size_t ars, size_t acs,
               const float *b, size_t ldb, float *c, size_t ldc, bool accumulate) {
  size_t i = 0;
  for (; i + TILE_ROWS <= m; i += TILE_ROWS)
    tile(TILE_ROWS, vectors, k, a + i * ars, ars, acs, b, ldb, c + i * ldc, ldc, accumulate);
#define REST(rows)                                                                                 \
  if (m - i >= rows) {                                                                             \
    tile(rows, vectors, k, a + i * ars, ars, acs, b, ldb, c + i * ldc, ldc, accumulate);           \
    i += rows;                                                                                     \
  }
#if TILE_ROWS > 4
  REST(4)
#endif
#if TILE_ROWS > 2
  REST(2)
#endif
  REST(1)
#undef REST
}

// Few rows leave registers free: wider strips hide the latency of the chains.
INL void strips(size_t m, size_t n, size_t k, const float *a, size_t ars, size_t acs,
                const float *b, size_t ldb, float *c, size_t ldc, bool accumulate) {
  size_t j = 0;
#if TILE_VECTORS > 1
  for (; j + TILE_VECTORS * VK_LANES <= n; j += TILE_VECTORS * VK_LANES)
    strip(TILE_VECTORS, m, k, a, ars, acs, b + j, ldb, c + j, ldc, accumulate);
#endif
  for (; j < n; j += VK_LANES) strip(1, m, k, a, ars, acs, b + j, ldb, c + j, ldc, accumulate);
}

static void k_gemm(size_t m, size_t n, size_t k, const float *a, size_t ars, size_t acs,
                   const float *b, size_t ldb, float *c, size_t ldc, bool accumulate) {
  strips(m, n, k, a, ars, acs, b, ldb, c, ldc, accumulate);
}

static void k_gemm_panels(size_t m, size_t n, size_t k, const float *a, size_t lda,
                          const float *panels, size_t panel_rows, size_t first, float *c,
                          size_t ldc, bool accumulate) {
  for (size_t j = 0; j < n; j += VK_PANEL, panels += panel_rows * VK_PANEL) {
    const size_t columns = n - j < VK_PANEL ? n - j : VK_PANEL;
    strips(m, columns, k, a, lda, 1, panels + first * VK_PANEL, VK_PANEL, c + j, ldc, accumulate);
  }
}

// Dot products of up to four rows with up to four rows; absent ones count as zero vectors, which
// leaves the sums' trees alike.
INL void dot_tile(const size_t rows_a, const size_t rows_b, size_t np, const float *a, size_t lda,
                  const float *b, size_t ldb, float *c, size_t ldc, bool accumulate) {
  vf s[4][4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 4; i++)
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) s[i][j] = (vf)0;
  for (size_t x = 0; x < np; x += VK_LANES) {
    vf y[4];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < rows_b; j++) y[j] = load(b + j * ldb + x);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows_a; i++) {
      const vf v = load(a + i * lda + x);
#pragma clang loop unroll(full)
      for (size_t j = 0; j < rows_b; j++) s[i][j] = fma_(v, y[j], s[i][j]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows_a; i++) {
    const vf4 t = sum4(s[i][0], s[i][1], s[i][2], s[i][3]);
#pragma clang loop unroll(full)
    for (size_t j = 0; j < rows_b; j++) c[i * ldc + j] = (accumulate ? c[i * ldc + j] : 0) + t[j];
  }
}

#if VK_LEVEL == 2 // sixteen sums fit its registers; NEON's would go to the stack at every step
#define DOT_ROWS 4
#else
#define DOT_ROWS 1
#endif

static void k_dots(size_t rows_a, size_t rows_b, size_t np, const float *a, size_t lda,
                   const float *b, size_t ldb, float *c, size_t ldc, bool accumulate) {
#define ACROSS(ra)                                                                                 \
  {                                                                                                \
    size_t j = 0;                                                                                  \
    for (; j + 4 <= rows_b; j += 4)                                                                \
      dot_tile(ra, 4, np, a + i * lda, lda, b + j * ldb, ldb, c + i * ldc + j, ldc, accumulate);   \
    for (; j < rows_b; j++)                                                                        \
      dot_tile(ra, 1, np, a + i * lda, lda, b + j * ldb, ldb, c + i * ldc + j, ldc, accumulate);   \
    i += ra;                                                                                       \
  }
  size_t i = 0;
#if DOT_ROWS == 4
  while (i + 4 <= rows_a) ACROSS(4)
#endif
  while (i < rows_a) ACROSS(1)
#undef ACROSS
}
