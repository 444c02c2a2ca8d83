// The temporal link matrix (`docs/equations/dnc.md, steps 6 and 8`): the largest array of a DNC.
// One pass a step, forward and backward; a row is updated, and all that depends on it is taken
// while it is in registers. Rows go in blocks, so that what runs along the columns is loaded and
// stored once a block.
#pragma once

#if VK_LEVEL == 2 || defined(__aarch64__)
#define LINK_ROWS 4
#define LINK_BACK_ROWS 2
#else
#define LINK_ROWS 1
#define LINK_BACK_ROWS 1
#endif

// Matrices of up to this many columns come from a near cache anyway; for larger ones the rows after
// the next ones are asked for in time.
#define LINK_NEAR 48

INL vf off_diagonal(vf v, size_t i, size_t j) {
  return select_(iota() + (int32_t)j == (int32_t)i, (vf)0, v);
}

// L'(i, .) = (1 - w(i) - w) L(i, .) + w(i) p, without the diagonal
INL vf linked(vf old, float wi, vf w, vf p, size_t i, size_t j) {
  return off_diagonal(fma_((vf)wi, p, (1.0f - wi - w) * old), i, j);
}

INL void link_rows(const size_t rows, const size_t heads, const bool update, const bool ahead,
                   size_t i, float *link_new, const float *link, const float *w, const float *p,
                   const float *r, float *forward, float *backward, size_t np) {
  vf s[LINK_ROWS][4];
#pragma clang loop unroll(full)
  for (size_t a = 0; a < rows; a++)
#pragma clang loop unroll(full)
    for (size_t h = 0; h < 4; h++) s[a][h] = (vf)0;
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf wj = load(w + j), pj = load(p + j), b[4], rj[4];
#pragma clang loop unroll(full)
    for (size_t h = 0; h < heads; h++) {
      b[h] = load(backward + h * np + j);
      rj[h] = load(r + h * np + j);
    }
#pragma clang loop unroll(full)
    for (size_t a = 0; a < rows; a++) {
      if (ahead) {
        __builtin_prefetch((update ? link : link_new) + (i + a + rows) * np + j);
        if (update && link != link_new) __builtin_prefetch(link_new + (i + a + rows) * np + j, 1);
      }
      vf x = load((update ? link : link_new) + (i + a) * np + j);
      if (update) {
        x = linked(x, w[i + a], wj, pj, i + a, j);
        store(link_new + (i + a) * np + j, x);
      }
#pragma clang loop unroll(full)
      for (size_t h = 0; h < heads; h++) {
        s[a][h] = fma_(x, rj[h], s[a][h]);
        b[h] = fma_((vf)r[h * np + i + a], x, b[h]);
      }
    }
#pragma clang loop unroll(full)
    for (size_t h = 0; h < heads; h++) store(backward + h * np + j, b[h]);
  }
#pragma clang loop unroll(full)
  for (size_t a = 0; a < rows; a++) {
    const vf4 t = sum4(s[a][0], s[a][1], s[a][2], s[a][3]);
#pragma clang loop unroll(full)
    for (size_t h = 0; h < heads; h++) forward[h * np + i + a] = t[h];
  }
}

INL void link_heads(const size_t heads, const bool update, const bool ahead, float *link_new,
                    const float *link, const float *w, const float *p, const float *r,
                    float *forward, float *backward, size_t n, size_t np) {
  memset(backward, 0, heads * np * sizeof(float));
  for (size_t h = 0; h < heads; h++)
    for (size_t j = n; j < np; j++) forward[h * np + j] = 0;
  size_t i = 0;
#if LINK_ROWS > 1
  for (; i + LINK_ROWS <= n; i += LINK_ROWS)
    link_rows(LINK_ROWS, heads, update, ahead, i, link_new, link, w, p, r, forward, backward, np);
#endif
  for (; i < n; i++)
    link_rows(1, heads, update, ahead, i, link_new, link, w, p, r, forward, backward, np);
}

static void k_link(float *link_new, const float *link, const float *w, const float *p,
                   const float *r, float *forward, float *backward, size_t heads, size_t n,
                   size_t np) {
  const size_t first = heads < 4 ? heads : 4;
  const bool ahead = np > LINK_NEAR;
#define FIRST(count, ahead)                                                                        \
  link_heads(count, true, ahead, link_new, link, w, p, r, forward, backward, n, np)
  switch (first) {
  case 1: FIRST(1, true); break;
  case 2: FIRST(2, true); break;
  case 3: FIRST(3, true); break;
  default:
    if (ahead) FIRST(4, true);
    else FIRST(4, false);
    break;
  }
#undef FIRST
  for (size_t h = first; h < heads;) {
    const size_t here = heads - h >= 4 ? 4 : 1;
    if (here == 4)
      link_heads(4, false, true, link_new, link_new, w, p, r + h * np, forward + h * np,
                 backward + h * np, n, np);
    else
      link_heads(1, false, true, link_new, link_new, w, p, r + h * np, forward + h * np,
                 backward + h * np, n, np);
    h += here;
  }
}

// What the rows of a block of VK_LANES give to dr (by head) and dw. Kept apart and added as whole
// vectors: single floats written into dr would hold up the loads of the vectors around them.
typedef struct {
  float of_r[4][VK_LANES], of_w[VK_LANES];
} link_sums;

// Some rows, for some heads; the `last` heads' pass also steps back through the update. The matrix
// before the step is computed again from the one before `steps[0]`: the same operations on the same
// values as in the forward pass, so the same bits (but for the diagonal, which counts nowhere).
INL void link_back_rows(const size_t rows, const size_t heads, const bool last, const bool ahead,
                        size_t i, link_sums *sums, float *dlink, const float *link,
                        const vk_link_step *steps, size_t count, const float *r,
                        const float *dforward, const float *dbackward, float *dr, float *dw,
                        float *dp, size_t np) {
  const float *w = steps[count - 1].w, *p = steps[count - 1].p;
  vf s[LINK_BACK_ROWS][4], of_w[LINK_BACK_ROWS];
#pragma clang loop unroll(full)
  for (size_t a = 0; a < rows; a++) {
    of_w[a] = (vf)0;
#pragma clang loop unroll(full)
    for (size_t h = 0; h < 4; h++) s[a][h] = (vf)0;
  }
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf wj = load(w + j), pj = load(p + j), drj[4], rj[4], dbj[4], dwj = (vf)0, dpj = (vf)0;
#pragma clang loop unroll(full)
    for (size_t h = 0; h < heads; h++) {
      drj[h] = load(dr + h * np + j);
      rj[h] = load(r + h * np + j);
      dbj[h] = load(dbackward + h * np + j);
    }
    if (last) {
      dwj = load(dw + j);
      dpj = load(dp + j);
    }
#pragma clang loop unroll(full)
    for (size_t a = 0; a < rows; a++) {
      const float wi = w[i + a];
      if (ahead) {
        __builtin_prefetch(link + (i + a + rows) * np + j);
        __builtin_prefetch(dlink + (i + a + rows) * np + j, 1);
      }
      vf old = load(link + (i + a) * np + j);
      for (size_t k = 0; k + 1 < count; k++) {
        const float wk = steps[k].w[i + a];
        old = fma_((vf)wk, load(steps[k].p + j), (1.0f - wk - load(steps[k].w + j)) * old);
      }
      vf x = linked(old, wi, wj, pj, i + a, j), d = load(dlink + (i + a) * np + j);
#pragma clang loop unroll(full)
      for (size_t h = 0; h < heads; h++) {
        const vf df = splat(dforward[h * np + i + a]);
        d = fma_(df, rj[h], fma_((vf)r[h * np + i + a], dbj[h], d));
        drj[h] = fma_(df, x, drj[h]);
        s[a][h] = fma_(dbj[h], x, s[a][h]);
      }
      if (last) {
        d = off_diagonal(d, i + a, j);
        of_w[a] = fma_(d, pj - old, of_w[a]);
        dwj -= d * old;
        dpj = fma_((vf)wi, d, dpj);
        d *= 1.0f - wi - wj;
      }
      store(dlink + (i + a) * np + j, d);
    }
#pragma clang loop unroll(full)
    for (size_t h = 0; h < heads; h++) store(dr + h * np + j, drj[h]);
    if (last) {
      store(dw + j, dwj);
      store(dp + j, dpj);
    }
  }
#pragma clang loop unroll(full)
  for (size_t a = 0; a < rows; a++) {
    const vf4 t = sum4(s[a][0], s[a][1], s[a][2], s[a][3]);
#pragma clang loop unroll(full)
    for (size_t h = 0; h < heads; h++) sums->of_r[h][(i + a) % VK_LANES] = t[h];
  }
  if (last) {
    const vf4 t = sum4(of_w[0], rows > 1 ? of_w[rows - 1] : (vf)0, (vf)0, (vf)0);
#pragma clang loop unroll(full)
    for (size_t a = 0; a < rows; a++) sums->of_w[(i + a) % VK_LANES] = t[a];
  }
}

INL void link_back_heads(const size_t heads, const bool last, const bool ahead, float *dlink,
                         const float *link, const vk_link_step *steps, size_t count, const float *r,
                         const float *dforward, const float *dbackward, float *dr, float *dw,
                         float *dp, size_t n, size_t np) {
#define ROWS(rows)                                                                                 \
  link_back_rows(rows, heads, last, ahead, i, &sums, dlink, link, steps, count, r, dforward,       \
                 dbackward, dr, dw, dp, np)
  for (size_t block = 0; block < n; block += VK_LANES) {
    const size_t end = n - block < VK_LANES ? n : block + VK_LANES;
    link_sums sums;
    if (end < block + VK_LANES) memset(&sums, 0, sizeof sums);
    size_t i = block;
#if LINK_BACK_ROWS > 1
    for (; i + LINK_BACK_ROWS <= end; i += LINK_BACK_ROWS) ROWS(LINK_BACK_ROWS);
#endif
    for (; i < end; i++) ROWS(1);
    for (size_t h = 0; h < heads; h++)
      store(dr + h * np + block, load(dr + h * np + block) + load(sums.of_r[h]));
    if (last) store(dw + block, load(dw + block) + load(sums.of_w));
  }
#undef ROWS
}

static void k_link_backward(float *dlink, const float *link, const vk_link_step *steps,
                            size_t count, const float *r, const float *dforward,
                            const float *dbackward, float *dr, float *dw, float *dp, size_t heads,
                            size_t n, size_t np) {
  const bool ahead = np > LINK_NEAR;
  for (; heads > 4; heads -= 4) {
    link_back_heads(4, false, true, dlink, link, steps, count, r, dforward, dbackward, dr, dw, dp,
                    n, np);
    r += 4 * np;
    dr += 4 * np;
    dforward += 4 * np;
    dbackward += 4 * np;
  }
#define LAST(h, ahead)                                                                             \
  link_back_heads(h, true, ahead, dlink, link, steps, count, r, dforward, dbackward, dr, dw, dp,   \
                  n, np)
  switch (heads) {
  case 1: LAST(1, true); break;
  case 2: LAST(2, true); break;
  case 3: LAST(3, true); break;
  default:
    if (ahead) LAST(4, true);
    else LAST(4, false);
    break;
  }
#undef LAST
}
