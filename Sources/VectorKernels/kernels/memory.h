// The dense memory itself: writing with the new norms (`docs/equations/dnc.md, step 5`), and one
// backward pass over the array.
#pragma once

// Norms of one vector of cells whose squares overflow: scaled by a power of two.
static __attribute__((noinline)) void scaled_norms(float *norm, float *inverse, const float *m,
                                                   float inside, size_t cell_size, size_t np) {
  vf top = (vf)0;
  for (size_t w = 0; w < cell_size; w++) top = max_(top, abs_(load(m + w * np)));
  vi scale = (vi)top & 0x7f800000; // 2^floor(log2), at least 1 and at most 2^126
  scale = (scale < 0x3f800000) ? (vi)0x3f800000 : scale;
  scale = (scale > 0x7e800000) ? (vi)0x7e800000 : scale;
  vf i = (vf)(0x7f000000 - scale), s = (vf)0;
  for (size_t w = 0; w < cell_size; w++) {
    vf x = load(m + w * np) * i;
    s = fma_(x, x, s);
  }
  store(inverse, i);
  store(norm, sqrt_(fma_(i * inside, i, s)));
}

#define SQUARE_LIMIT 1e36f // sums of squares up to here need no scaling

INL void finish_norms(float *norm, float *inverse, vf squares, const float *m, float inside,
                      size_t cell_size, size_t np) {
  store(norm, sqrt_(squares + inside));
  store(inverse, (vf)1);
  if (!(max_lane(squares) < SQUARE_LIMIT)) scaled_norms(norm, inverse, m, inside, cell_size, np);
}

static void k_memory_norms(float *norm, float *inverse, const float *m, float inside,
                           size_t cell_size, size_t np) {
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf s = (vf)0;
    for (size_t w = 0; w < cell_size; w++) {
      vf x = load(m + w * np + j);
      s = fma_(x, x, s);
    }
    finish_norms(norm + j, inverse + j, s, m + j, inside, cell_size, np);
  }
}

static void k_memory_write(float *m_new, float *norm, float *inverse, const float *m,
                           const float *w, const float *erase, const float *v, float inside,
                           size_t cell_size, size_t np) {
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf weight = load(w + j), s = (vf)0;
    for (size_t i = 0; i < cell_size; i++) {
      vf x = load(m + i * np + j);
      x = fma_(weight, (vf)v[i], x - x * (weight * erase[i]));
      store(m_new + i * np + j, x);
      s = fma_(x, x, s);
    }
    finish_norms(norm + j, inverse + j, s, m_new + j, inside, cell_size, np);
  }
}

static void k_memory_norms_of_row(float *norm, float *inverse, const float *row, float inside,
                                  size_t np) {
  float squares = k_sum_of_squares(row, np), scale = 1;
  if (!(squares < SQUARE_LIMIT)) { // as scaled_norms
    float top = 0;
    for (size_t i = 0; i < np; i++) top = fabsf(row[i]) > top ? fabsf(row[i]) : top;
    int exponent = top >= 1 ? ilogbf(top) : 0;
    scale = ldexpf(1, -(exponent > 126 ? 126 : exponent));
    squares = 0;
    for (size_t i = 0; i < np; i++) squares += row[i] * scale * (row[i] * scale);
  }
  *inverse = scale;
  *norm = sqrtf(squares + inside * scale * scale);
}

// Some heads' share: dm += dreads^T r + keys^T ddots, dkeys = ddots m_new^T.
INL void heads_backward(const size_t heads, float *dm, const float *m_new, const float *dreads,
                        const float *r, const float *keys, const float *ddots, float *dkeys,
                        size_t cell_size, size_t np) {
  for (size_t i = 0; i < cell_size; i++) {
    vf s[4] = {(vf)0, (vf)0, (vf)0, (vf)0};
    for (size_t j = 0; j < np; j += VK_LANES) {
      vf d = load(dm + i * np + j), x = load(m_new + i * np + j);
#pragma clang loop unroll(full)
      for (size_t h = 0; h < heads; h++) {
        vf t = load(ddots + h * np + j);
        d = fma_((vf)dreads[h * cell_size + i], load(r + h * np + j), d);
        d = fma_((vf)keys[h * cell_size + i], t, d);
        s[h] = fma_(t, x, s[h]);
      }
      store(dm + i * np + j, d);
    }
    const vf4 t = sum4(s[0], s[1], s[2], s[3]);
#pragma clang loop unroll(full)
    for (size_t h = 0; h < heads; h++) dkeys[h * cell_size + i] = t[h];
  }
}

// The same for the last heads, and with it the norms' share and the step back through the write.
INL void write_backward(const size_t heads, float *dm, const float *m_new, const float *m,
                        const float *dreads, const float *r, const float *keys, const float *ddots,
                        const float *shrink, const float *w, const float *erase, const float *v,
                        float *dkeys, float *dw, float *derase, float *dv, size_t cell_size,
                        size_t np) {
  for (size_t i = 0; i < cell_size; i++) {
    const vf e = splat(erase[i]), a = splat(v[i]);
    vf s[4] = {(vf)0, (vf)0, (vf)0, (vf)0}, of_erase = (vf)0, of_v = (vf)0;
    for (size_t j = 0; j < np; j += VK_LANES) {
      vf x = load(m_new + i * np + j), d = fma_(load(shrink + j), x, load(dm + i * np + j));
#pragma clang loop unroll(full)
      for (size_t h = 0; h < heads; h++) {
        vf t = load(ddots + h * np + j);
        d = fma_((vf)dreads[h * cell_size + i], load(r + h * np + j), d);
        d = fma_((vf)keys[h * cell_size + i], t, d);
        s[h] = fma_(t, x, s[h]);
      }
      vf old = load(m + i * np + j), weight = load(w + j);
      store(dw + j, fma_(d, a - e * old, load(dw + j)));
      vf dweighted = d * weight;
      of_v += dweighted;
      of_erase = fma_(dweighted, old, of_erase);
      store(dm + i * np + j, d - dweighted * e);
    }
    const vf4 t = sum4(s[0], s[1], s[2], s[3]), u = sum4(of_erase, of_v, (vf)0, (vf)0);
#pragma clang loop unroll(full)
    for (size_t h = 0; h < heads; h++) dkeys[h * cell_size + i] = t[h];
    derase[i] = -u.x;
    dv[i] = u.y;
  }
}

static void k_memory_backward(float *dm, const float *m_new, const float *m, const float *dreads,
                              const float *r, const float *keys, const float *ddots,
                              const float *shrink, const float *w, const float *erase,
                              const float *v, float *dkeys, float *dw, float *derase, float *dv,
                              size_t heads, size_t cell_size, size_t np) {
  for (; heads > 4; heads -= 4) {
    heads_backward(4, dm, m_new, dreads, r, keys, ddots, dkeys, cell_size, np);
    dreads += 4 * cell_size;
    keys += 4 * cell_size;
    dkeys += 4 * cell_size;
    r += 4 * np;
    ddots += 4 * np;
  }
#define LAST(count)                                                                                \
  write_backward(count, dm, m_new, m, dreads, r, keys, ddots, shrink, w, erase, v, dkeys, dw,      \
                 derase, dv, cell_size, np)
  switch (heads) {
  case 1: LAST(1); break;
  case 2: LAST(2); break;
  case 3: LAST(3); break;
  default: LAST(4); break;
  }
#undef LAST
}

static void k_lookup_backward(float *dm, const float *m, const float *key, const float *ddots,
                              const float *shrink, float *dkey, size_t cell_size, size_t np) {
  for (size_t i = 0; i < cell_size; i++) {
    vf s = (vf)0;
    for (size_t j = 0; j < np; j += VK_LANES) {
      vf x = load(m + i * np + j), t = load(ddots + j);
      s = fma_(t, x, s);
      store(dm + i * np + j, fma_((vf)key[i], t, fma_(load(shrink + j), x, load(dm + i * np + j))));
    }
    dkey[i] = sum(s);
  }
}
