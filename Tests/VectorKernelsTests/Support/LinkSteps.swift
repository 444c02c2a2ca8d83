import VectorKernels

/// Calls `body` with updates of a link matrix, each from write weights and a precedence.
func withLinkSteps<R>(
  _ steps: [(w: [Float], p: [Float])], _ body: (UnsafePointer<vk_link_step>) -> R
) -> R {
  let rows = steps.flatMap { $0.w + $0.p }
  return rows.withUnsafeBufferPointer { rows in
    let count = steps[0].w.count
    let pointers = steps.indices.map { step in
      vk_link_step(
        w: rows.baseAddress! + 2 * step * count, p: rows.baseAddress! + (2 * step + 1) * count)
    }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
