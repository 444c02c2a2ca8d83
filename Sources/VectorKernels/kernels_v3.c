// AVX2 with FMA.
#if defined(__x86_64__)
#pragma clang diagnostic error "-Wignored-attributes" // a misspelt target would silently give SSE2
#define VK_TABLE vk_table_v3
#define VK_LEVEL 1
#include "kernels/all.h"
#endif
