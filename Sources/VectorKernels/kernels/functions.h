// exp, sigmoid, tanh, log1p on sixteen lanes. The same operations in the same order on every
// instruction set; only fused multiply-adds differ. Largest errors over every seventh float where
// the result is a normal number, in ulp: exp 1.01, sigmoid 2.49, tanh 1.32, softplus 2.75.
#pragma once

// exp(x): two-part reduction by ln 2 and a polynomial of degree 7 (Cephes' expf coefficients).
// Below -87.3 the result is 1.2e-38 (the smallest normal number), above 88.7 infinity.
INL vf exp_(vf x) {
#pragma clang fp reassociate(off) contract(fast) // reassociation would undo the two-part reduction
  x = min_(max_(x, (vf)-87.336544f), (vf)88.722839f);
#if VK_LEVEL >= 1 || defined(__aarch64__)
  vf n = __builtin_elementwise_rint(x * 1.44269504088896341f);
  vi e = __builtin_convertvector(n, vi);
#else // SSE2 has no rounding: rint would call libm per lane
  vf z = x * 1.44269504088896341f;
  vi e = __builtin_convertvector(z + select_(z < 0, (vf)-0.5f, (vf)0.5f), vi);
  vf n = __builtin_convertvector(e, vf);
#endif
  vf r = x - n * 0.693359375f, p = (vf)1.9875691500e-4f;
  r = r - n * -2.12194440e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  vi half = e >> 1, rest = e - half; // two factors: no overflow at e = 128
  return p * (vf)((half + 127) << 23) * (vf)((rest + 127) << 23);
}

INL vf sigmoid_(vf x) { return 1.0f / (1.0f + exp_(-x)); }

// tanh(x): a polynomial near zero, where 1 - 2/(e^2x + 1) would cancel.
INL vf tanh_(vf x) {
#pragma clang fp reassociate(off) contract(fast)
  vf a = abs_(x), z = x * x, p = (vf)-5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z + -5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z + -3.33332819422e-1f;
  vf near = x + x * (z * p);
  vf far = 1.0f - 2.0f / (exp_(a + a) + 1.0f);
  far = (vf)((vi)far | ((vi)x & (int32_t)0x80000000));
  return select_(a < 0.625f, near, far);
}

// log(1 + y) for y in [0, 1], as 2 atanh(y / (2 + y)).
INL vf log1p_unit(vf y) {
#pragma clang fp reassociate(off) contract(fast)
  vf s = y / (2.0f + y), z = s * s, p = (vf)(1.0f / 15);
  p = p * z + 1.0f / 13;
  p = p * z + 1.0f / 11;
  p = p * z + 1.0f / 9;
  p = p * z + 1.0f / 7;
  p = p * z + 1.0f / 5;
  p = p * z + 1.0f / 3;
  return 2.0f * (s + s * (z * p));
}

INL vf softplus_(vf x) { return max_(x, (vf)0) + log1p_unit(exp_(-abs_(x))); }
