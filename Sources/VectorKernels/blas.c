// Large products whose operands both come from the time loop (weight gradients): OpenBLAS,
// Accelerate, or our own kernel.
#include "VectorKernels.h"

#include <string.h>

#if defined(__APPLE__)
#include <Accelerate/Accelerate.h>
#define HAS_BLAS 1
#elif defined(VK_OPENBLAS)
#if __has_include(<cblas-openblas.h>) // Debian's name; plain cblas.h may be another BLAS
#include <cblas-openblas.h>
#elif __has_include(<openblas/cblas.h>) // Fedora
#include <openblas/cblas.h>
#elif __has_include(<cblas.h>)
#include <cblas.h>
#else
#error "OpenBLAS not found: install libopenblas-dev, or build without the trait OpenBLAS"
#endif
#define HAS_BLAS 1
#endif

#if defined(HAS_BLAS)
void vk_product_tn(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                   size_t ldb, float *c, size_t ldc, bool accumulate) {
  if (m == 0 || n == 0) return;
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)m, (int)n, (int)k, 1, a, (int)lda, b,
              (int)ldb, accumulate ? 1 : 0, c, (int)ldc);
}
#else
void vk_product_tn(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                   size_t ldb, float *c, size_t ldc, bool accumulate) {
  vk_product_tn_plain(m, n, k, a, lda, b, ldb, c, ldc, accumulate);
}
#endif

// Built with a library too, so that tests of any build reach it.
void vk_product_tn_plain(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                         size_t ldb, float *c, size_t ldc, bool accumulate) {
  const size_t whole = n / VK_LANES * VK_LANES;
  const size_t block = 256; // rows of a and b that stay in the cache while all of c is visited
  for (size_t first = 0; first < k || first == 0; first += block) {
    const size_t rows = k - first < block ? k - first : block;
    const bool add = accumulate || first > 0;
    vk_active()->gemm(m, whole, rows, a + first * lda, 1, lda, b + first * ldb, ldb, c, ldc, add);
    for (size_t i = 0; i < m; i++) {
      for (size_t j = whole; j < n; j++) {
        float sum = add ? c[i * ldc + j] : 0;
        for (size_t l = first; l < first + rows; l++) sum += a[l * lda + i] * b[l * ldb + j];
        c[i * ldc + j] = sum;
      }
    }
    if (k == 0) break;
  }
}

void vk_blas_single_thread(void) {
#if defined(VK_OPENBLAS) && !defined(__APPLE__)
  if (openblas_get_num_threads() != 1) openblas_set_num_threads(1);
#endif
}

const char *vk_blas_name(void) {
#if defined(__APPLE__)
  return "Accelerate";
#elif defined(VK_OPENBLAS)
  static char name[160]; // the same bytes, whichever thread writes them
  if (name[0] == 0) {
    char built[160];
    const char *config = openblas_get_config(), *core = openblas_get_corename();
    size_t words = 0, length = 0;
    for (const char *p = config; *p && length < 80 && !(*p == ' ' && ++words == 2); p++)
      built[length++] = *p;
    built[length++] = ' ';
    for (const char *p = core; *p && length < 158; p++) built[length++] = *p;
    built[length] = 0;
    memcpy(name, built, length + 1);
  }
  return name;
#else
  return "none";
#endif
}
