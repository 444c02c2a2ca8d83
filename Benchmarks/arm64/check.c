#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// -- Numbers --------------------------------------------------------------------------------------

static uint64_t state;

void seed_numbers(uint64_t seed) { state = seed; }
uint64_t numbers_state(void) { return state; }

// SplitMix64; 24 bits of it make a float, so that nothing is rounded but by the last line.
float uniform(float low, float high) {
  uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  const double unit = (double)((z ^ (z >> 31)) >> 40) / (1 << 24);
  return (float)(low + ((double)high - low) * unit);
}

// -- Arrays ---------------------------------------------------------------------------------------

enum { EDGE = 32, MOST_ARRAYS = 256 };
static const float edge_value = 12345;

static struct {
  void *block;
  float *floats; // null for doubles
  size_t count;
} arrays[MOST_ARRAYS];
static size_t array_count;

static void *claim(size_t bytes) {
  void *block = array_count < MOST_ARRAYS ? calloc(1, bytes) : NULL;
  if (!block) {
    fputs("check-arm64: no memory for an array\n", stderr);
    exit(2);
  }
  arrays[array_count].block = block;
  arrays[array_count].floats = NULL;
  return block;
}

float *zeros(size_t count) {
  float *floats = (float *)claim((count + EDGE + 1) * sizeof(float)) + 1;
  for (size_t i = 0; i < EDGE; i++) floats[count + i] = edge_value + (float)i;
  arrays[array_count].floats = floats;
  arrays[array_count++].count = count;
  return floats;
}

float *unset(size_t count) {
  float *floats = zeros(count);
  for (size_t i = 0; i < count; i++) floats[i] = NAN;
  return floats;
}

float *copy(const float *from, size_t count) {
  float *floats = zeros(count);
  memcpy(floats, from, count * sizeof(float));
  return floats;
}

float *uniforms(size_t count, float low, float high) {
  float *floats = zeros(count);
  for (size_t i = 0; i < count; i++) floats[i] = uniform(low, high);
  return floats;
}

double *exact(size_t count) {
  double *doubles = claim((count + 1) * sizeof(double));
  array_count++;
  return doubles;
}

// -- Arrays over the cells ------------------------------------------------------------------------

size_t padded(size_t n) { return (n + VK_LANES - 1) / VK_LANES * VK_LANES; }
sizes sizes_of(size_t n, size_t w, size_t heads) { return (sizes){n, padded(n), w, heads}; }

float *rows(size_t count, sizes s, float low, float high) {
  float *floats = zeros(count * s.np);
  for (size_t row = 0; row < count; row++)
    for (size_t j = 0; j < s.n; j++) floats[row * s.np + j] = uniform(low, high);
  return floats;
}

float *weight_rows(size_t count, sizes s) {
  float *floats = rows(count, s, 0, 1);
  for (size_t row = 0; row < count; row++) {
    double total = 1e-3 + uniform(0, 1);
    for (size_t j = 0; j < s.n; j++) total += floats[row * s.np + j];
    for (size_t j = 0; j < s.n; j++)
      floats[row * s.np + j] = (float)(floats[row * s.np + j] / total);
  }
  return floats;
}

void for_all_sizes(void (*check)(const vk_table *k, sizes s), const vk_table *k) {
  static const size_t cells[] = {1, 5, 16, 33, 100, 300}, widths[] = {1, 7, 20, 64},
                      heads[] = {1, 3, 4};
  for (size_t a = 0; a < sizeof cells / sizeof *cells; a++)
    for (size_t b = 0; b < sizeof widths / sizeof *widths; b++)
      for (size_t c = 0; c < sizeof heads / sizeof *heads; c++)
        check(k, sizes_of(cells[a], widths[b], heads[c]));
  // heads go in blocks of four: what the other remainders and a second block do
  check(k, sizes_of(33, 7, 2));
  check(k, sizes_of(33, 7, 5));
  check(k, sizes_of(48, 7, 8));
  check(k, sizes_of(64, 5, 9));
  check(k, sizes_of(47, 5, 10));
  check(k, sizes_of(31, 3, 7));
}

// -- What is checked ------------------------------------------------------------------------------

enum { LEVELS = 3, MOST_KERNELS = 96, MOST_MESSAGES = 40 };

typedef struct {
  const char *name;
  size_t offset; // in the table
  size_t cases[LEVELS], numbers[LEVELS];
  double worst[LEVELS]; // error over the allowed one
} entry;

static entry entries[MOST_KERNELS];
static size_t entry_count;
static entry *current;
static char current_shape[200];
static int level, failure_count;

void begin_level(int number) { level = number; }
int failures(void) { return failure_count; }

static void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void fail(const char *format, ...) {
  if (++failure_count > MOST_MESSAGES) return;
  printf("WRONG: %s (%s), %s: ", current->name, vk_level_name(level), current_shape);
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  puts(failure_count == MOST_MESSAGES ? "\nand more, which are not shown" : "");
}

void begin_case(const char *name, size_t offset, const char *shape, ...) {
  current = entries;
  while (current < entries + entry_count && strcmp(current->name, name) != 0) current++;
  if (current == entries + entry_count) {
    if (entry_count++ == MOST_KERNELS) abort();
    current->name = name;
    current->offset = offset;
  }
  current->cases[level]++;
  va_list arguments;
  va_start(arguments, shape);
  vsnprintf(current_shape, sizeof current_shape, shape, arguments);
  va_end(arguments);
}

void end_case(void) {
  for (size_t a = 0; a < array_count; a++) {
    const float *behind = arrays[a].floats ? arrays[a].floats + arrays[a].count : NULL;
    for (size_t i = 0; behind && i < EDGE; i++) {
      if (behind[i] == edge_value + (float)i) continue;
      fail("array %zu of %zu numbers was written %zu behind its end: %g", a, arrays[a].count, i,
           behind[i]);
      break;
    }
    free(arrays[a].block);
  }
  array_count = 0;
}

// The error over the allowed one; infinite where they cannot be compared.
static double share(double found, double expected, double allowed) {
  if (isnan(expected)) return isnan(found) ? 0 : INFINITY;
  if (fabs(expected) > FLT_MAX)
    return found == (expected > 0 ? INFINITY : -INFINITY) ? 0 : INFINITY;
  const double error = fabs(found - expected);
  return error == 0 ? 0 : error <= allowed || allowed > 0 ? error / allowed : INFINITY;
}

static void compare(const char *array, const float *found, const double *expected, size_t count,
                    size_t columns, double relative, double absolute) {
  size_t wrong = 0, first = 0;
  double first_allowed = 0;
  for (size_t i = 0; i < count; i++) {
    const double allowed = relative * (isfinite(expected[i]) ? fabs(expected[i]) : 0) + absolute;
    const double error = share(found[i], expected[i], allowed);
    if (error > current->worst[level]) current->worst[level] = error;
    if (error <= 1) continue; // also counts NaN as wrong
    if (wrong++ == 0) {
      first = i;
      first_allowed = allowed;
    }
  }
  current->numbers[level] += count;
  if (wrong > 0)
    fail("%zu of %zu numbers; %s[%zu, %zu] is %.9g instead of %.9g, allowed is an error of %.2g",
         wrong, count, array, first / columns, first % columns, found[first], expected[first],
         first_allowed);
}

void expect(const char *array, const float *found, const double *expected, size_t row_count,
            size_t columns, double relative, double scale) {
  for (size_t i = 0; i < row_count * columns; i++)
    if (fabs(expected[i]) <= FLT_MAX && fabs(expected[i]) > scale) scale = fabs(expected[i]);
  compare(array, found, expected, row_count * columns, columns, 0, relative * scale);
}

void expect_each(const char *array, const float *found, const double *expected, size_t count,
                 double relative, double absolute) {
  compare(array, found, expected, count, count, relative, absolute);
}

void expect_cells(const char *array, const float *found, const double *expected, size_t count,
                  sizes s, double relative, double scale) {
  expect(array, found, expected, count, s.np, relative, scale);
  for (size_t i = 0; i < count * s.np; i++) {
    if (i % s.np < s.n || found[i] == 0) continue;
    fail("%s[%zu, %zu] is %.9g, in the padding", array, i / s.np, i % s.np, found[i]);
    return;
  }
}

void expect_bits(const char *array, const float *found, const float *expected, size_t count) {
  current->numbers[level] += count;
  for (size_t i = 0; i < count; i++) {
    if (memcmp(found + i, expected + i, sizeof(float)) == 0) continue;
    fail("%s[%zu] is %.9g instead of exactly %.9g", array, i, found[i], expected[i]);
    return;
  }
}

void expect_true(bool holds, const char *otherwise, ...) {
  current->numbers[level]++;
  if (holds) return;
  char text[300];
  va_list arguments;
  va_start(arguments, otherwise);
  vsnprintf(text, sizeof text, otherwise, arguments);
  va_end(arguments);
  fail("%s", text);
}

// -- The account ----------------------------------------------------------------------------------

void expect_whole_table(void) {
  const size_t first = offsetof(vk_table, gemm), size = sizeof(void (*)(void));
  for (size_t offset = first; offset < sizeof(vk_table); offset += size) {
    bool found = false;
    for (size_t e = 0; e < entry_count; e++)
      found |= entries[e].offset == offset && entries[e].cases[level] > 0;
    if (found) continue;
    begin_case("vk_table", NOT_IN_TABLE, "all of it");
    fail("its kernel number %zu is never called", (offset - first) / size + 1);
  }
}

void print_account(void) {
  for (size_t e = 0; e < entry_count; e++) {
    printf("%-24s %6zu %9zu ", entries[e].name, entries[e].cases[0], entries[e].numbers[0]);
    for (int l = 0; l < LEVELS; l++)
      if (entries[e].cases[l] > 0) printf(" %3.0f%%", 100 * entries[e].worst[l]);
    puts("");
  }
}
