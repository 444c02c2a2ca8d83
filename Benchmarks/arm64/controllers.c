// The cells of LSTM and GRU, forward and backward.
#include "check.h"

static double sigmoid_(double x) { return 1 / (1 + exp(-x)); }

static void check_lstm(const vk_table *k, size_t hp, float range) {
  KERNEL(lstm, "hp %zu, gates up to %g", hp, range);
  float *gates = uniforms(4 * hp, -range, range), *old = uniforms(hp, -2, 2), *new = unset(hp),
        *h = unset(hp);
  double *squashed = exact(4 * hp), *c = exact(hp), *out = exact(hp);
  for (size_t j = 0; j < 4 * hp; j++)
    squashed[j] = j / hp == 2 ? tanh(gates[j]) : sigmoid_(gates[j]);
  for (size_t j = 0; j < hp; j++) {
    c[j] = squashed[hp + j] * old[j] + squashed[j] * squashed[2 * hp + j];
    out[j] = squashed[3 * hp + j] * tanh(c[j]);
  }
  k->lstm(gates, old, new, h, hp);
  expect("gates", gates, squashed, 4, hp, 5e-7, 1);
  expect("c", new, c, 1, hp, 1e-6, 1);
  expect("h", h, out, 1, hp, 1e-6, 1);
  end_case();
}

static void check_lstm_backward(const vk_table *k, size_t hp) {
  KERNEL(lstm_backward, "hp %zu", hp);
  float *gates = uniforms(4 * hp, 0, 1), *old = uniforms(hp, -2, 2), *new = uniforms(hp, -2, 2),
        *dh = uniforms(hp, -1, 1);
  float *dc = uniforms(hp, -1, 1), *dgates = unset(4 * hp);
  for (size_t j = 0; j < hp; j++) gates[2 * hp + j] = 2 * gates[2 * hp + j] - 1;
  double *expected = exact(4 * hp), *of_old = exact(hp);
  for (size_t j = 0; j < hp; j++) {
    const double i = gates[j], f = gates[hp + j], g = gates[2 * hp + j], o = gates[3 * hp + j],
                 y = tanh(new[j]);
    const double d = dc[j] + dh[j] * o * (1 - y * y);
    expected[j] = d * g * i * (1 - i);
    expected[hp + j] = d * old[j] * f * (1 - f);
    expected[2 * hp + j] = d * i * (1 - g * g);
    expected[3 * hp + j] = dh[j] * y * o * (1 - o);
    of_old[j] = d * f;
  }
  k->lstm_backward(gates, old, new, dh, dc, dgates, hp);
  expect("dgates", dgates, expected, 4, hp, 1e-6, 1);
  expect("dc", dc, of_old, 1, hp, 1e-6, 1);
  end_case();
}

static void check_gru(const vk_table *k, size_t hp, float range) {
  KERNEL(gru, "hp %zu, gates up to %g", hp, range);
  float *gates = uniforms(4 * hp, -range, range), *old = uniforms(hp, -1, 1), *h = unset(hp);
  double *squashed = exact(4 * hp), *out = exact(hp);
  for (size_t j = 0; j < hp; j++) {
    const double r = sigmoid_(gates[j]), z = sigmoid_(gates[hp + j]), nh = gates[3 * hp + j],
                 n = tanh(gates[2 * hp + j] + r * nh);
    squashed[j] = r;
    squashed[hp + j] = z;
    squashed[2 * hp + j] = n;
    squashed[3 * hp + j] = nh;
    out[j] = (1 - z) * n + z * old[j];
  }
  k->gru(gates, old, h, hp);
  expect("gates", gates, squashed, 3, hp, 2e-6, 1);
  expect_each("n's share of h", gates + 3 * hp, squashed + 3 * hp, hp, 0, 0);
  expect("h", h, out, 1, hp, 2e-6, 1);
  end_case();
}

static void check_gru_backward(const vk_table *k, size_t hp) {
  KERNEL(gru_backward, "hp %zu", hp);
  float *gates = uniforms(4 * hp, 0, 1), *old = uniforms(hp, -1, 1), *dh = uniforms(hp, -1, 1),
        *dold = unset(hp), *dgates = unset(4 * hp);
  double *expected = exact(4 * hp), *of_old = exact(hp);
  for (size_t j = 0; j < hp; j++) {
    const double r = gates[j], z = gates[hp + j], n = gates[2 * hp + j], nh = gates[3 * hp + j],
                 d = dh[j];
    const double inner = d * (1 - z) * (1 - n * n); // before the tanh
    expected[j] = inner * nh * r * (1 - r);
    expected[hp + j] = d * (old[j] - n) * z * (1 - z);
    expected[2 * hp + j] = inner;
    expected[3 * hp + j] = inner * r;
    of_old[j] = d * z;
  }
  k->gru_backward(gates, old, dh, dold, dgates, hp);
  expect("dgates", dgates, expected, 4, hp, 1e-6, 1);
  expect("dh_old", dold, of_old, 1, hp, 1e-6, 1);
  end_case();
}

void check_controllers(const vk_table *k) {
  static const size_t units[] = {16, 32, 48, 112, 304};
  static const float ranges[] = {0, 1e-41f, 3, 12, 1e30f};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
      check_lstm(k, units[i], ranges[r]);
      check_gru(k, units[i], ranges[r]);
    }
    check_lstm_backward(k, units[i]);
    check_gru_backward(k, units[i]);
  }
}
