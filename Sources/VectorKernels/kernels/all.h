// All kernels, once per instruction set: a file that includes this defines VK_TABLE and VK_LEVEL.
#include "tables.h"

#include <math.h>
#include <string.h>
#if VK_LEVEL == 2
#include <immintrin.h>
#endif

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi" // always_inline leaves no call that passes a vector
#if VK_LEVEL == 2
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))),          \
                             apply_to = function)
#elif VK_LEVEL == 1
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#endif

#include "lanes.h"
#include "functions.h"
#include "products.h"
#include "elementwise.h"
#include "controllers.h"
#include "usage.h"
#include "content.h"
#include "memory.h"
#include "linkage.h"

const vk_table VK_TABLE = {
    .level = VK_LEVEL,
    .gemm = k_gemm,
    .gemm_panels = k_gemm_panels,
    .dots = k_dots,
    .exp = k_exp,
    .sigmoid = k_sigmoid,
    .tanh = k_tanh,
    .softplus = k_softplus,
    .clip = k_clip,
    .clip_backward = k_clip_backward,
    .axpy = k_axpy,
    .sigmoid_backward = k_sigmoid_backward,
    .tanh_backward = k_tanh_backward,
    .sum_of_squares = k_sum_of_squares,
    .adam = k_adam,
    .lstm = k_lstm,
    .lstm_backward = k_lstm_backward,
    .gru = k_gru,
    .gru_backward = k_gru_backward,
    .relu = k_relu,
    .relu_backward = k_relu_backward,
    .usage = k_usage,
    .usage_backward = k_usage_backward,
    .order = k_order,
    .allocation = k_allocation,
    .allocation_backward = k_allocation_backward,
    .content_weights = k_content_weights,
    .cosines = k_cosines,
    .first_above = k_first_above,
    .content_backward = k_content_backward,
    .write_weights = k_write_weights,
    .write_weights_backward = k_write_weights_backward,
    .memory_write = k_memory_write,
    .memory_norms = k_memory_norms,
    .memory_norms_of_row = k_memory_norms_of_row,
    .memory_backward = k_memory_backward,
    .lookup_backward = k_lookup_backward,
    .link = k_link,
    .link_backward = k_link_backward,
    .precedence = k_precedence,
    .precedence_backward = k_precedence_backward,
    .read_weights = k_read_weights,
    .read_weights_backward = k_read_weights_backward,
};

#if VK_LEVEL > 0
#pragma clang attribute pop
#endif
#pragma clang diagnostic pop
