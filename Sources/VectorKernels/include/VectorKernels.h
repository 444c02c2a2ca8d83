// Inner loops over contiguous floats, compiled once per instruction set.
//
// Conventions. Lengths called `np` (and every `n` of a matrix product's columns) are multiples of
// VK_LANES; arrays of that length are padded with zeros, and stay so. A dense memory is stored
// cell-minor: row `w` of `m` holds component w of all cells, so that everything a step does runs
// along the cells. Symbols and numbered steps are those of `docs/equations/dnc.md`: N cells, W cell
// size, R read heads, u usage, p precedence, L link, w write weights, r read weights.
#ifndef VECTOR_KERNELS_H
#define VECTOR_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

#define VK_LANES 16
/// Columns of one panel of a packed matrix.
#define VK_PANEL 32

/// What the kernels keep of one memory lookup by `content_weights`, besides its arrays.
typedef struct {
  float beta;        // strength
  float key_norm;    // norm of the scaled key
  float key_epsilon; // the denominator's epsilon, scaled like the key
} vk_lookup;

typedef struct {
  float step, root, mix1, keep2, mix2, epsilon, decay;
} vk_adam;

/// What one update of a link matrix depends on.
typedef struct {
  const float *w; // np: write weights of the step
  const float *p; // np: precedence before it
} vk_link_step;

/// The state of one dense memory, before or after a step.
typedef struct {
  float *m;       // W x np
  float *norm;    // np: norms of the scaled cells
  float *inverse; // np: scale of the cells, a power of two; 1 unless a cell is huge
  float *link;    // N x np
  float *usage;   // np
  float *precedence;
  float *write;   // np
  float *read;    // R x np
} vk_dense_state;

typedef struct {
  int level; // 0: baseline (SSE2, NEON), 1: AVX2 with FMA, 2: AVX-512

  // -- Matrix products ----------------------------------------------------------------------------
  /// c[m x n] = (accumulate ? c : 0) + a[m x k] b[k x n]; a(i, l) = a[i ars + l acs]. Each element
  /// is summed over l in order, whatever m, n and the blocking: rows give the same bits wherever
  /// they stand.
  void (*gemm)(size_t m, size_t n, size_t k, const float *a, size_t ars, size_t acs, const float *b,
               size_t ldb, float *c, size_t ldc, bool accumulate);
  /// The same with b packed in panels of VK_PANEL columns, `panel_rows` rows each, of which rows
  /// first ..< first + k are used.
  void (*gemm_panels)(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *panels,
                      size_t panel_rows, size_t first, float *c, size_t ldc, bool accumulate);
  /// c[i, j] = (accumulate ? c : 0) + sum over np of a[i, .] b[j, .], with rows of length np.
  void (*dots)(size_t rows_a, size_t rows_b, size_t np, const float *a, size_t lda, const float *b,
               size_t ldb, float *c, size_t ldc, bool accumulate);

  // -- Elementwise; n is any length ---------------------------------------------------------------
  void (*exp)(float *y, const float *x, size_t n);
  void (*sigmoid)(float *y, const float *x, size_t n);
  void (*tanh)(float *y, const float *x, size_t n);
  /// y = softplus(x), slope = sigmoid(x).
  void (*softplus)(float *y, float *slope, const float *x, size_t n);
  /// y clipped to [-limit, limit]; NaN stays.
  void (*clip)(float *y, const float *x, float limit, size_t n);
  /// d = 0 where |x| > limit.
  void (*clip_backward)(float *d, const float *x, float limit, size_t n);
  /// y += a x
  void (*axpy)(float *y, float a, const float *x, size_t n);
  /// d(y) -> d(x) in place, from the squashed value y.
  void (*sigmoid_backward)(float *d, const float *y, size_t n);
  void (*tanh_backward)(float *d, const float *y, size_t n);
  float (*sum_of_squares)(const float *x, size_t n);
  /// One step of Adam: m += mix1 (s - m), v = keep2 v + mix2 s^2, p -= step m / (sqrt(v) / root +
  /// epsilon), with s = g + decay p.
  void (*adam)(float *p, const float *g, float *m, float *v, vk_adam settings, size_t n);

  // -- Controllers; one row (batch element) of hp units -------------------------------------------
  /// gates: i, f, g, o (hp each), before their squashing in, after it out.
  void (*lstm)(float *gates, const float *c_old, float *c_new, float *h, size_t hp);
  /// dc: of c_new in, of c_old out. dgates: of the gates before their squashing.
  void (*lstm_backward)(const float *gates, const float *c_old, const float *c_new, const float *dh,
                        float *dc, float *dgates, size_t hp);
  /// gates: r, z, n's share of the input, n's share of the old h; in: before squashing; out: r, z,
  /// n, n's share of h.
  void (*gru)(float *gates, const float *h_old, float *h, size_t hp);
  /// dh_old is overwritten with the direct share z dh. dgates: as gates before the squashing.
  void (*gru_backward)(const float *gates, const float *h_old, const float *dh, float *dh_old,
                       float *dgates, size_t hp);
  void (*relu)(float *y, const float *x, size_t n);
  void (*relu_backward)(float *d, const float *y, size_t n);

  // -- Dense memory -------------------------------------------------------------------------------
  /// Step 1: u' = (u + w - u w) prod_h (1 - f_h r_h).
  void (*usage)(float *u_new, const float *u, const float *w, const float *r, const float *f,
                size_t heads, size_t np);
  /// du: of u' in, of u out; dw is overwritten, dr added to, df overwritten.
  void (*usage_backward)(float *du, float *dw, float *dr, float *df, const float *u, const float *w,
                         const float *r, const float *f, size_t heads, size_t np);
  /// The cells in ascending order of u, equal ones by index, by counting for each how many come
  /// before it. O(n^2 / 16): for n up to a few hundred. -0 comes before 0 (`usage` never gives it);
  /// NaN comes last, or first if its sign is set.
  void (*order)(int32_t *order, const float *u, size_t n);
  /// Step 2: a from the usages and the order in which they ascend.
  void (*allocation)(float *a, const float *u, const int32_t *order, float epsilon, size_t n,
                     size_t np);
  /// du is added to. scratch: n.
  void (*allocation_backward)(float *du, const float *da, const float *u, const int32_t *order,
                              float epsilon, float *scratch, size_t n);
  /// Step 3: dots -> cosines in place; c = softmax(beta cosine) over the first n cells.
  void (*content_weights)(float *c, float *dots, const float *norm, const float *inverse,
                          vk_lookup lookup, size_t n, size_t np);
  /// dots -> cosines in place, for any n; each depends on its own cell alone.
  void (*cosines)(float *dots, const float *norm, const float *inverse, vk_lookup lookup, size_t n);
  /// The first index from `from` on at which x is above the limit, or n. NaN is not.
  size_t (*first_above)(const float *x, float limit, size_t from, size_t n);
  /// dc -> d(dots) in place; adds to `shrink` the factor by which each cell goes into its own
  /// gradient; returns d(beta), d(key_norm) through the pointers.
  void (*content_backward)(float *dc, float *shrink, float *dbeta, float *dkey_norm, const float *c,
                           const float *cosine, const float *norm, const float *inverse,
                           vk_lookup lookup, size_t np);
  /// Step 4: w = gw (ga a + (1 - ga) c).
  void (*write_weights)(float *w, const float *a, const float *c, float allocation_gate,
                        float write_gate, size_t np);
  /// dgates[0] = d(ga), dgates[1] = d(gw); da and dc are overwritten.
  void (*write_weights_backward)(float *da, float *dc, float *dgates, const float *dw,
                                 const float *a, const float *c, float allocation_gate,
                                 float write_gate, size_t np);
  /// Step 5: M' = M (1 - w e) + w v, with the new norms. `inside` is the epsilon under the root.
  /// m_new may be m.
  void (*memory_write)(float *m_new, float *norm, float *inverse, const float *m, const float *w,
                       const float *erase, const float *v, float inside, size_t cell_size,
                       size_t np);
  /// Norms of a given memory.
  void (*memory_norms)(float *norm, float *inverse, const float *m, float inside, size_t cell_size,
                       size_t np);
  /// Norm and scale of one cell that lies in a row of np floats.
  void (*memory_norms_of_row)(float *norm, float *inverse, const float *row, float inside,
                              size_t np);
  /// Steps 10, 9 and 5, backward: reading, lookup by the read keys and writing, in one pass over
  /// the memory. dm: of the new memory in, of the old one out. dreads, keys, dkeys: R x W; r,
  /// ddots: R x np. dw is added to, dkeys, derase and dv are overwritten.
  void (*memory_backward)(float *dm, const float *m_new, const float *m, const float *dreads,
                          const float *r, const float *keys, const float *ddots,
                          const float *shrink, const float *w, const float *erase, const float *v,
                          float *dkeys, float *dw, float *derase, float *dv, size_t heads,
                          size_t cell_size, size_t np);
  /// Backward of one lookup: dm += key ddots + shrink m, dkey = ddots . m
  void (*lookup_backward)(float *dm, const float *m, const float *key, const float *ddots,
                          const float *shrink, float *dkey, size_t cell_size, size_t np);
  /// Steps 6 and 8: L' from L (may be the same array), and with it forward = L' r, backward =
  /// L'^T r. forward has np, of which n are set.
  void (*link)(float *link_new, const float *link, const float *w, const float *p, const float *r,
               float *forward, float *backward, size_t heads, size_t n, size_t np);
  /// Backward of the last of `count` steps, at least one. `link` is the matrix before the first of
  /// them. dlink: of the matrix after the last step in, of the one before it out. dr, dw, dp are
  /// added to.
  void (*link_backward)(float *dlink, const float *link, const vk_link_step *steps, size_t count,
                        const float *r, const float *dforward, const float *dbackward, float *dr,
                        float *dw, float *dp, size_t heads, size_t n, size_t np);
  /// Step 7: p' = (1 - sum w) p + w.
  void (*precedence)(float *p_new, const float *p, const float *w, size_t np);
  /// dp: of p' in, of p out; dw is added to.
  void (*precedence_backward)(float *dp, float *dw, const float *p, const float *w, size_t np);
  /// Step 9: r = modes[0] backward + modes[1] forward + modes[2] content, for one head.
  void (*read_weights)(float *r, const float *backward, const float *forward, const float *content,
                       const float *modes, size_t np);
  void (*read_weights_backward)(float *dbackward, float *dforward, float *dcontent, float *dmodes,
                                const float *dr, const float *backward, const float *forward,
                                const float *content, const float *modes, size_t np);
} vk_table;

/// The table of a level, or null where this processor cannot run it.
const vk_table *_Nullable vk_table_for_level(int level);
/// The best table of this processor; the environment variable DNC_SIMD (baseline, avx2, avx512) can
/// only lower it. It is read once, before main.
const vk_table *vk_active(void);
/// The value of DNC_SIMD, cut to 31 characters, if it is none of these and therefore ignored; or
/// null.
const char *_Nullable vk_unknown_setting(void);
/// "AVX-512", "AVX2", "SSE2", "NEON", "baseline".
const char *vk_level_name(int level);

/// Weights (outputs x inputs, rows `ld` apart) into the panels of a matrix with `panel_rows` rows,
/// at row k0, column n0: with inputs as rows, for y = x W^T ...
void vk_pack_transposed(float *panels, size_t panel_rows, size_t k0, size_t n0,
                        const float *weights, size_t ld, size_t outputs, size_t inputs);
/// ... or with outputs as rows, for dx = dy W.
void vk_pack(float *panels, size_t panel_rows, size_t k0, size_t n0, const float *weights,
             size_t ld, size_t outputs, size_t inputs);

/// c[m x n] = (accumulate ? c : 0) + a^T b with a[k x m], b[k x n], by OpenBLAS or Accelerate where
/// there is one. n is any length.
void vk_product_tn(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                   size_t ldb, float *c, size_t ldc, bool accumulate);
/// The same without a library: what the above does where there is none.
void vk_product_tn_plain(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                         size_t ldb, float *c, size_t ldc, bool accumulate);
/// Keeps BLAS on one thread: ours do the work. Process-wide.
void vk_blas_single_thread(void);
/// "OpenBLAS 0.3.21 Haswell", "Accelerate", "none".
const char *vk_blas_name(void);

/// Values too small for a normal float count as zero between these two calls, on this thread; they
/// would slow every kernel down.
uint64_t vk_flush_denormals_begin(void);
/// For a while between these two calls they count again.
uint64_t vk_flush_denormals_pause(void);
void vk_flush_denormals_end(uint64_t saved);

#pragma clang assume_nonnull end
#endif
