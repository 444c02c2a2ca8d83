// Cells of the controllers: squashing and state after the matrix products, one batch element's
// units at a time.
#pragma once

// c' = f c + i g; h = o tanh(c')
static void k_lstm(float *gates, const float *c_old, float *c_new, float *h, size_t hp) {
  float *gi = gates, *gf = gates + hp, *gg = gates + 2 * hp, *go = gates + 3 * hp;
  for (size_t j = 0; j < hp; j += VK_LANES) {
    vf i = sigmoid_(load(gi + j)), f = sigmoid_(load(gf + j)), g = tanh_(load(gg + j)),
       o = sigmoid_(load(go + j));
    vf c = fma_(f, load(c_old + j), i * g);
    store(gi + j, i);
    store(gf + j, f);
    store(gg + j, g);
    store(go + j, o);
    store(c_new + j, c);
    store(h + j, o * tanh_(c));
  }
}

static void k_lstm_backward(const float *gates, const float *c_old, const float *c_new,
                            const float *dh, float *dc, float *dgates, size_t hp) {
  for (size_t j = 0; j < hp; j += VK_LANES) {
    vf i = load(gates + j), f = load(gates + hp + j), g = load(gates + 2 * hp + j),
       o = load(gates + 3 * hp + j);
    vf y = tanh_(load(c_new + j)), d = load(dh + j);
    vf dcell = fma_(d * o, 1.0f - y * y, load(dc + j));
    store(dgates + j, dcell * g * (i * (1.0f - i)));
    store(dgates + hp + j, dcell * load(c_old + j) * (f * (1.0f - f)));
    store(dgates + 2 * hp + j, dcell * i * (1.0f - g * g));
    store(dgates + 3 * hp + j, d * y * (o * (1.0f - o)));
    store(dc + j, dcell * f);
  }
}

// r, z = sigmoid; n = tanh(nx + r nh); h = (1 - z) n + z h_old
static void k_gru(float *gates, const float *h_old, float *h, size_t hp) {
  for (size_t j = 0; j < hp; j += VK_LANES) {
    vf r = sigmoid_(load(gates + j)), z = sigmoid_(load(gates + hp + j));
    vf n = tanh_(fma_(r, load(gates + 3 * hp + j), load(gates + 2 * hp + j)));
    store(gates + j, r);
    store(gates + hp + j, z);
    store(gates + 2 * hp + j, n);
    store(h + j, fma_(z, load(h_old + j), (1.0f - z) * n));
  }
}

static void k_gru_backward(const float *gates, const float *h_old, const float *dh, float *dh_old,
                           float *dgates, size_t hp) {
  for (size_t j = 0; j < hp; j += VK_LANES) {
    vf r = load(gates + j), z = load(gates + hp + j), n = load(gates + 2 * hp + j),
       nh = load(gates + 3 * hp + j), d = load(dh + j);
    vf dn = d * (1.0f - z) * (1.0f - n * n); // before the tanh
    store(dgates + j, dn * nh * (r * (1.0f - r)));
    store(dgates + hp + j, d * (load(h_old + j) - n) * (z * (1.0f - z)));
    store(dgates + 2 * hp + j, dn);
    store(dgates + 3 * hp + j, dn * r);
    store(dh_old + j, d * z);
  }
}
