// What every processor of the platform runs: SSE2 or NEON.
#define VK_TABLE vk_table_base
#define VK_LEVEL 0
#include "kernels/all.h"
