#pragma once

// One vector expression over any length: whole vectors, then a part of one.
#define MAP(n, whole, part)                     \
  size_t i = 0;                                 \
  for (; i + VK_LANES <= n; i += VK_LANES) {    \
    whole;                                      \
  }                                             \
  if (i < n) {                                  \
    const size_t rest = n - i;                  \
    part;                                       \
  }

#define UNARY(name, expression)                                      \
  static void name(float *y, const float *x, size_t n) {             \
    MAP(n, vf v = load(x + i); store(y + i, expression),             \
        vf v = load_part(x + i, rest); store_part(y + i, expression, rest)) \
  }

UNARY(k_exp, exp_(v))
UNARY(k_sigmoid, sigmoid_(v))
UNARY(k_tanh, tanh_(v))
UNARY(k_relu, select_(v < 0, (vf)0, v)) // not max: NaN must stay

#define BACKWARD(name, expression)                                                                 \
  static void name(float *d, const float *y, size_t n) {                                           \
    MAP(n, vf v = load(y + i); vf g = load(d + i);                                                 \
        store(d + i, expression), vf v = load_part(y + i, rest); vf g = load_part(d + i, rest);    \
        store_part(d + i, expression, rest))                                                       \
  }

BACKWARD(k_sigmoid_backward, g *(v *(1.0f - v)))
BACKWARD(k_tanh_backward, g *(1.0f - v * v))
BACKWARD(k_relu_backward, select_(v > 0, g, (vf)0))

static void k_softplus(float *y, float *slope, const float *x, size_t n) {
  MAP(n, vf v = load(x + i); store(y + i, softplus_(v));
      store(slope + i, sigmoid_(v)), vf v = load_part(x + i, rest);
      store_part(y + i, softplus_(v), rest); store_part(slope + i, sigmoid_(v), rest))
}

INL vf clip_(vf v, float limit) {
  return select_(v > limit, (vf)limit, select_(v < -limit, (vf)-limit, v));
}

static void k_clip(float *y, const float *x, float limit, size_t n) {
  MAP(n, store(y + i, clip_(load(x + i), limit)),
      store_part(y + i, clip_(load_part(x + i, rest), limit), rest))
}

static void k_clip_backward(float *d, const float *x, float limit, size_t n) {
  MAP(n, store(d + i, select_(abs_(load(x + i)) > limit, (vf)0, load(d + i))),
      store_part(d + i,
                 select_(abs_(load_part(x + i, rest)) > limit, (vf)0, load_part(d + i, rest)),
                 rest))
}

static void k_axpy(float *y, float a, const float *x, size_t n) {
  MAP(n, store(y + i, fma_((vf)a, load(x + i), load(y + i))),
      store_part(y + i, fma_((vf)a, load_part(x + i, rest), load_part(y + i, rest)), rest))
}

static float k_sum_of_squares(const float *x, size_t n) {
  vf s = (vf)0;
  MAP(n, vf v = load(x + i); s = fma_(v, v, s), vf v = load_part(x + i, rest); s = fma_(v, v, s))
  return sum(s);
}

INL void adam_lanes(vf *p, vf g, vf *m, vf *v, vk_adam a) {
  g = fma_((vf)a.decay, *p, g);
  *m = fma_((vf)a.mix1, g - *m, *m);
  *v = fma_(a.mix2 * g, g, a.keep2 * *v);
  *p -= a.step * (*m / (sqrt_(*v) / a.root + a.epsilon));
}

static void k_adam(float *p, const float *g, float *m, float *v, vk_adam settings, size_t n) {
  MAP(n, vf x = load(p + i); vf y = load(m + i); vf z = load(v + i);
      adam_lanes(&x, load(g + i), &y, &z, settings); store(p + i, x); store(m + i, y);
      store(v + i, z), vf x = load_part(p + i, rest); vf y = load_part(m + i, rest);
      vf z = load_part(v + i, rest); adam_lanes(&x, load_part(g + i, rest), &y, &z, settings);
      store_part(p + i, x, rest); store_part(m + i, y, rest); store_part(v + i, z, rest))
}

#undef UNARY
#undef BACKWARD
