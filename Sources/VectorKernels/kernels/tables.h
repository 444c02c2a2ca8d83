#pragma once
#include "VectorKernels.h"

extern const vk_table vk_table_base;
#if defined(__x86_64__)
extern const vk_table vk_table_v3, vk_table_v4;
#endif
