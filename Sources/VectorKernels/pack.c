// Weights into panels: element (k, n) of a packed matrix stands at panels[(n / VK_PANEL) *
// panel_rows * VK_PANEL + k * VK_PANEL + n % VK_PANEL].
#include "VectorKernels.h"

#include <string.h>

static float *place(float *panels, size_t panel_rows, size_t k, size_t n) {
  return panels + (n / VK_PANEL) * panel_rows * VK_PANEL + k * VK_PANEL + n % VK_PANEL;
}

void vk_pack_transposed(float *panels, size_t panel_rows, size_t k0, size_t n0,
                        const float *weights, size_t ld, size_t outputs, size_t inputs) {
  for (size_t n = 0; n < outputs;) {
    // a run of outputs that stays within one panel
    size_t run = VK_PANEL - (n0 + n) % VK_PANEL;
    if (run > outputs - n) run = outputs - n;
    float *to = place(panels, panel_rows, k0, n0 + n);
    const float *from = weights + n * ld;
    for (size_t k = 0; k < inputs; k++, to += VK_PANEL)
      for (size_t i = 0; i < run; i++) to[i] = from[i * ld + k];
    n += run;
  }
}

void vk_pack(float *panels, size_t panel_rows, size_t k0, size_t n0, const float *weights,
             size_t ld, size_t outputs, size_t inputs) {
  for (size_t n = 0; n < inputs;) {
    size_t run = VK_PANEL - (n0 + n) % VK_PANEL;
    if (run > inputs - n) run = inputs - n;
    float *to = place(panels, panel_rows, k0, n0 + n);
    const float *from = weights + n;
    for (size_t k = 0; k < outputs; k++, to += VK_PANEL, from += ld)
      memcpy(to, from, run * sizeof(float));
    n += run;
  }
}
