// What the checks of the kernels share: numbers, arrays, and the comparison with what is expected.
#pragma once

#include "VectorKernels.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

// -- Numbers: the same on every machine -----------------------------------------------------------

void seed_numbers(uint64_t seed);
float uniform(float low, float high);
// Where the sequence stands: equal on two machines that were given the same inputs.
uint64_t numbers_state(void);

// -- Arrays: they live until `end_case` -----------------------------------------------------------
// Their addresses are multiples of a float's size and of nothing more, and behind each stand
// numbers that no kernel may touch.

float *uniforms(size_t count, float low, float high);
float *zeros(size_t count);
float *unset(size_t count); // NaN: for what is to be overwritten
float *copy(const float *from, size_t count);
double *exact(size_t count); // zeros

// -- Arrays over the cells of a memory ------------------------------------------------------------

typedef struct {
  size_t n, np, w, heads; // cells, their padded number, cell size, read heads
} sizes;

sizes sizes_of(size_t n, size_t w, size_t heads);
size_t padded(size_t n);
// `count` rows [count x np], zeros in the padding.
float *rows(size_t count, sizes s, float low, float high);
// The same, of weights with a sum below 1.
float *weight_rows(size_t count, sizes s);

// Calls `check` with every shape: few and many cells, multiples of the vectors' length and others.
void for_all_sizes(void (*check)(const vk_table *k, sizes s), const vk_table *k);

// -- What is checked ------------------------------------------------------------------------------

// Begins a case of one kernel of the table; the rest is its shape, as for printf.
#define KERNEL(member, ...) begin_case(#member, offsetof(vk_table, member), __VA_ARGS__)
#define NOT_IN_TABLE ((size_t)-1)
void begin_case(const char *name, size_t offset, const char *shape, ...)
    __attribute__((format(printf, 3, 4)));
// Looks behind the arrays, and frees them.
void end_case(void);

// Differences up to `relative` times the largest number expected, or times `scale` where that is
// larger (for sums that cancel). Where NaN or infinity is expected, it must be found.
void expect(const char *array, const float *found, const double *expected, size_t rows,
            size_t columns, double relative, double scale);
// The same for `count` rows over the cells; their padding must be zero.
void expect_cells(const char *array, const float *found, const double *expected, size_t count,
                  sizes s, double relative, double scale);
// Differences up to `relative` times each number expected, plus `absolute`.
void expect_each(const char *array, const float *found, const double *expected, size_t count,
                 double relative, double absolute);
void expect_bits(const char *array, const float *found, const float *expected, size_t count);
void expect_true(bool holds, const char *otherwise, ...) __attribute__((format(printf, 2, 3)));

// -- The checks, by the files of the kernels ------------------------------------------------------

void check_products(const vk_table *k);
void check_functions(const vk_table *k);
void check_elementwise(const vk_table *k);
void check_controllers(const vk_table *k);
void check_usage(const vk_table *k);
void check_content(const vk_table *k);
void check_memory(const vk_table *k);
void check_linkage(const vk_table *k);
void check_packing(void);
void check_denormals(const vk_table *k);
void check_forkjoin(void);

// -- The account ----------------------------------------------------------------------------------

// The level whose kernels run now, and the errors of which count from here on.
void begin_level(int level);
// One line a kernel: name, cases, numbers compared, and for each level the largest error in percent
// of the allowed one.
void print_account(void);
// Records a failure for every kernel of the table without a case.
void expect_whole_table(void);
int failures(void);
