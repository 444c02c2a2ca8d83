// Sixteen lanes at a time on every instruction set: one AVX-512 register, two of AVX2, four of SSE2
// or NEON.
#pragma once

typedef float vf __attribute__((ext_vector_type(16), aligned(4)));
typedef float vf8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float vf4 __attribute__((ext_vector_type(4), aligned(4)));
typedef int32_t vi __attribute__((ext_vector_type(16), aligned(4)));

#define INL static inline __attribute__((always_inline))

INL vf load(const float *p) { return *(const vf *)p; }
INL void store(float *p, vf v) { *(vf *)p = v; }
INL vf splat(float x) { return (vf)x; }

// A multiply-add that is fused where the instruction set has it; elsewhere a call to libm per lane
// would be the alternative.
INL vf fma_(vf a, vf b, vf c) {
#pragma clang fp contract(fast)
  return a * b + c;
}

// The first `count` of sixteen, zeros behind.
#if VK_LEVEL == 2
INL vf load_part(const float *p, size_t count) {
  return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
INL void store_part(float *p, vf v, size_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}
#else
INL vf load_part(const float *p, size_t count) {
  float lanes[VK_LANES] = {0};
  for (size_t i = 0; i < count; i++) lanes[i] = p[i];
  return load(lanes);
}

INL void store_part(float *p, vf v, size_t count) {
  float lanes[VK_LANES];
  store(lanes, v);
  for (size_t i = 0; i < count; i++) p[i] = lanes[i];
}
#endif

INL vi iota(void) { return (vi){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}; }
INL vf select_(vi mask, vf yes, vf no) { return mask ? yes : no; }
INL bool any_(vi mask) { return __builtin_reduce_or(mask) != 0; }
INL vf abs_(vf x) { return (vf)((vi)x & 0x7fffffff); }
// Not elementwise_max and _min: where `a` is not a number, neither is the result.
INL vf max_(vf a, vf b) { return a < b ? b : a; }
INL vf min_(vf a, vf b) { return a > b ? b : a; }
INL vf sqrt_(vf x) { return __builtin_elementwise_sqrt(x); }

// Sums of four vectors at once. The tree is the same for each, so a sum's bits do not depend on its
// place.
INL vf4 sum4(vf a, vf b, vf c, vf d) {
#define LOWS 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define HIGHS 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
  vf ab = __builtin_shufflevector(a, b, LOWS) + __builtin_shufflevector(a, b, HIGHS);
  vf cd = __builtin_shufflevector(c, d, LOWS) + __builtin_shufflevector(c, d, HIGHS);
#undef LOWS
#undef HIGHS
  vf8 ab8 = ab.lo + ab.hi, cd8 = cd.lo + cd.hi; // a0..3 b0..3, c0..3 d0..3
  vf8 even = __builtin_shufflevector(ab8, cd8, 0, 8, 2, 10, 4, 12, 6, 14);
  vf8 odd = __builtin_shufflevector(ab8, cd8, 1, 9, 3, 11, 5, 13, 7, 15);
  vf8 s = even + odd; // a c a c | b d b d
  vf4 lo = s.lo, hi = s.hi;
  vf4 first = __builtin_shufflevector(lo, hi, 0, 4, 1, 5),
      second = __builtin_shufflevector(lo, hi, 2, 6, 3, 7);
  return first + second; // a b c d
}

INL float sum(vf v) { return sum4(v, (vf)0, (vf)0, (vf)0).x; }

INL float max_lane(vf v) {
  vf8 a = __builtin_elementwise_max(v.lo, v.hi);
  vf4 b = __builtin_elementwise_max(a.lo, a.hi);
  float x = b.x > b.y ? b.x : b.y, y = b.z > b.w ? b.z : b.w;
  return x > y ? x : y;
}
