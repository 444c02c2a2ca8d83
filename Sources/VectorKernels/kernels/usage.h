// Usage, allocation, write weights, precedence, read weights: vectors over the cells
// (`docs/equations/dnc.md, steps 1, 2, 4, 7 and 9`).
#pragma once

static void k_usage(float *u_new, const float *u, const float *w, const float *r, const float *f,
                    size_t heads, size_t np) {
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf a = load(u + j), b = load(w + j), s = a + b - a * b;
    for (size_t h = 0; h < heads; h++) s *= 1.0f - f[h] * load(r + h * np + j);
    // never -0, which would sort before 0: cells of equal usage go by index
    store(u_new + j, s + 0.0f);
  }
}

static void k_usage_backward(float *du, float *dw, float *dr, float *df, const float *u,
                             const float *w, const float *r, const float *f, size_t heads,
                             size_t np) {
  for (size_t h = 0; h < heads; h++) {
    vf s = (vf)0;
    for (size_t j = 0; j < np; j += VK_LANES) {
      vf a = load(u + j), b = load(w + j), others = a + b - a * b, rh = load(r + h * np + j);
      for (size_t k = 0; k < heads; k++)
        if (k != h) others *= 1.0f - f[k] * load(r + k * np + j);
      vf d = -load(du + j) * others; // of f_h r_h
      s = fma_(d, rh, s);
      store(dr + h * np + j, fma_(d, splat(f[h]), load(dr + h * np + j)));
    }
    df[h] = sum(s);
  }
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf kept = (vf)1, d = load(du + j);
    for (size_t h = 0; h < heads; h++) kept *= 1.0f - f[h] * load(r + h * np + j);
    d *= kept;
    store(dw + j, d * (1.0f - load(u + j)));
    store(du + j, d * (1.0f - load(w + j)));
  }
}

// Floats as integers of the same order, NaN included: every cell gets a rank of its own,
// whatever the usages.
INL vi ordered(vf x) {
  vi bits = (vi)x;
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

static void k_order(int32_t *order, const float *u, size_t n) {
  for (size_t i = 0; i < n; i += VK_LANES) {
    const size_t count = n - i < VK_LANES ? n - i : VK_LANES;
    const vi mine = ordered(load_part(u + i, count));
    vi rank = (vi)0;
    size_t j = 0;
    for (; j < i; j++) rank -= ordered(splat(u[j])) <= mine; // true is -1
    for (; j < i + count; j++) {
      const vi other = ordered(splat(u[j]));
      rank -= (other < mine) | ((other == mine) & (iota() > (int32_t)(j - i)));
    }
    for (; j < n; j++) rank -= ordered(splat(u[j])) < mine;
    for (size_t l = 0; l < count; l++) order[rank[l]] = (int32_t)(i + l);
  }
}

// a(s_j) = (1 - û(s_j)) prod_{k<j} û(s_k), û = ε + (1 - ε) u
static void k_allocation(float *a, const float *u, const int32_t *order, float epsilon, size_t n,
                         size_t np) {
  float free = 1;
  for (size_t j = 0; j < n; j++) {
    const int32_t cell = order[j];
    const float used = epsilon + (1 - epsilon) * u[cell];
    a[cell] = (1 - used) * free;
    free *= used;
  }
  for (size_t j = n; j < np; j++) a[j] = 0;
}

// With G_j = da_{j+1} (1 - û_{j+1}) + û_{j+1} G_{j+1}: dû_j = P_j (G_j - da_j), P_j the product
// before j. No division, so a usage of zero is no special case.
static void k_allocation_backward(float *du, const float *da, const float *u, const int32_t *order,
                                  float epsilon, float *scratch, size_t n) {
  float free = 1;
  for (size_t j = 0; j < n; j++) {
    scratch[j] = free;
    free *= epsilon + (1 - epsilon) * u[order[j]];
  }
  float later = 0;
  for (size_t j = n; j-- > 0;) {
    const int32_t cell = order[j];
    const float used = epsilon + (1 - epsilon) * u[cell];
    du[cell] += (1 - epsilon) * (scratch[j] * (later - da[cell]));
    later = da[cell] * (1 - used) + used * later;
  }
}

static void k_write_weights(float *w, const float *a, const float *c, float allocation_gate,
                            float write_gate, size_t np) {
  for (size_t j = 0; j < np; j += VK_LANES)
    store(w + j, write_gate * fma_((vf)allocation_gate, load(a + j),
                                   (1.0f - allocation_gate) * load(c + j)));
}

static void k_write_weights_backward(float *da, float *dc, float *dgates, const float *dw,
                                     const float *a, const float *c, float allocation_gate,
                                     float write_gate, size_t np) {
  vf of_allocation = (vf)0, of_write = (vf)0;
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf d = load(dw + j), x = load(a + j), y = load(c + j);
    of_write = fma_(d, fma_((vf)allocation_gate, x, (1.0f - allocation_gate) * y), of_write);
    d *= write_gate;
    of_allocation = fma_(d, x - y, of_allocation);
    store(da + j, allocation_gate * d);
    store(dc + j, (1.0f - allocation_gate) * d);
  }
  dgates[0] = sum(of_allocation);
  dgates[1] = sum(of_write);
}

INL float sum_of(const float *x, size_t np) {
  vf s = (vf)0;
  for (size_t j = 0; j < np; j += VK_LANES) s += load(x + j);
  return sum(s);
}

static void k_precedence(float *p_new, const float *p, const float *w, size_t np) {
  const float kept = 1 - sum_of(w, np);
  for (size_t j = 0; j < np; j += VK_LANES)
    store(p_new + j, fma_((vf)kept, load(p + j), load(w + j)));
}

static void k_precedence_backward(float *dp, float *dw, const float *p, const float *w, size_t np) {
  const float kept = 1 - sum_of(w, np);
  vf s = (vf)0;
  for (size_t j = 0; j < np; j += VK_LANES) s = fma_(load(dp + j), load(p + j), s);
  const float of_sum = -sum(s);
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf d = load(dp + j);
    store(dw + j, load(dw + j) + (d + of_sum));
    store(dp + j, d * kept);
  }
}

static void k_read_weights(float *r, const float *backward, const float *forward,
                           const float *content, const float *modes, size_t np) {
  for (size_t j = 0; j < np; j += VK_LANES)
    store(r + j, fma_((vf)modes[0], load(backward + j),
                      fma_((vf)modes[1], load(forward + j), modes[2] * load(content + j))));
}

static void k_read_weights_backward(float *dbackward, float *dforward, float *dcontent,
                                    float *dmodes, const float *dr, const float *backward,
                                    const float *forward, const float *content, const float *modes,
                                    size_t np) {
  vf s0 = (vf)0, s1 = (vf)0, s2 = (vf)0;
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf d = load(dr + j);
    s0 = fma_(d, load(backward + j), s0);
    s1 = fma_(d, load(forward + j), s1);
    s2 = fma_(d, load(content + j), s2);
    store(dbackward + j, modes[0] * d);
    store(dforward + j, modes[1] * d);
    store(dcontent + j, modes[2] * d);
  }
  const vf4 t = sum4(s0, s1, s2, (vf)0);
  dmodes[0] = t.x;
  dmodes[1] = t.y;
  dmodes[2] = t.z;
}
