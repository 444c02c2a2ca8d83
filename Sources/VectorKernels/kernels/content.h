// Content lookup after the dot products: cosines and softmax, forward and backward
// (`docs/equations/dnc.md, step 3`).
//
// Keys and cells may be huge (write vectors are not squashed), and their squares may overflow long
// before their cosine means anything. So a key comes scaled by a power of two to components below
// 1, a cell's norm is kept as that of the cell times `inverse`, and the cosine's epsilons are
// scaled with them: exactly the formula of the papers, whatever the magnitudes.
#pragma once

// The denominator of the cosine, scaled like the dot product times inverse.
INL vf denominator(vf norm, vf inverse, vk_lookup lookup) {
  return fma_((vf)lookup.key_norm, norm, lookup.key_epsilon * inverse);
}

static void k_content_weights(float *c, float *dots, const float *norm, const float *inverse,
                              vk_lookup lookup, size_t n, size_t np) {
  vf top = (vf)-INFINITY;
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf i = load(inverse + j), cosine = load(dots + j) * i / denominator(load(norm + j), i, lookup);
    vi inside = iota() + (int32_t)j < (int32_t)n;
    store(dots + j, select_(inside, cosine, (vf)0));
    top = max_(top, select_(inside, cosine, (vf)-INFINITY));
  }
  const float best = max_lane(top);
  vf s = (vf)0;
  for (size_t j = 0; j < np; j += VK_LANES) {
    // the difference first: a strength of 1e38 times it is at worst minus infinity, never infinity
    // minus infinity
    vf e = exp_(lookup.beta * (load(dots + j) - best));
    e = select_(iota() + (int32_t)j < (int32_t)n, e, (vf)0);
    store(c + j, e);
    s += e;
  }
  const float scale = 1 / sum(s);
  for (size_t j = 0; j < np; j += VK_LANES) store(c + j, load(c + j) * scale);
}

static void k_cosines(float *dots, const float *norm, const float *inverse, vk_lookup lookup,
                      size_t n) {
  MAP(n, vf x = load(inverse + i);
      store(dots + i, load(dots + i) * x / denominator(load(norm + i), x, lookup)),
      vf x = load_part(inverse + i, rest);
      store_part(dots + i,
                 load_part(dots + i, rest) * x / denominator(load_part(norm + i, rest), x, lookup),
                 rest))
}

static void k_content_backward(float *dc, float *shrink, float *dbeta, float *dkey_norm,
                               const float *c, const float *cosine, const float *norm,
                               const float *inverse, vk_lookup lookup, size_t np) {
  vf s = (vf)0;
  for (size_t j = 0; j < np; j += VK_LANES) s = fma_(load(dc + j), load(c + j), s);
  const float mean = sum(s);
  vf of_beta = (vf)0, of_key_norm = (vf)0;
  for (size_t j = 0; j < np; j += VK_LANES) {
    vf i = load(inverse + j), cells = load(norm + j), x = load(cosine + j);
    vf d = load(c + j) * (load(dc + j) - mean);
    of_beta = fma_(d, x, of_beta);
    d = d * lookup.beta / denominator(cells, i, lookup); // of the scaled dot product
    vf of_denominator = -d * x;
    of_key_norm = fma_(of_denominator, cells, of_key_norm);
    // a norm of zero has, by convention, no derivative
    vf through_norm =
        select_(cells > 0, of_denominator * lookup.key_norm / max_(cells, (vf)1e-37f), (vf)0);
    store(shrink + j, fma_(through_norm * i, i, load(shrink + j)));
    store(dc + j, d * i);
  }
  const vf4 t = sum4(of_beta, of_key_norm, (vf)0, (vf)0);
  *dbeta = t.x;
  *dkey_norm = t.y;
}

static size_t k_first_above(const float *x, float limit, size_t from, size_t n) {
  for (; from + VK_LANES <= n; from += VK_LANES)
    if (any_(load(x + from) > limit)) break;
  while (from < n && !(x[from] > limit)) from++;
  return from;
}
