// AVX-512.
#if defined(__x86_64__)
#pragma clang diagnostic error "-Wignored-attributes" // a misspelt target would silently give SSE2
#define VK_TABLE vk_table_v4
#define VK_LEVEL 2
#include "kernels/all.h"
#endif
