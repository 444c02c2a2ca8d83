import VectorKernels

/// Writing: erases and adds (docs/equations/dnc.md, step 5).
struct Writing {
  private let np: Int
  private let w: Int
  private let heads: Int
  private let normEpsilon: Float
  private let erase: Slot<Float>
  private let vector: Slot<Float>

  static func fields(_ c: DenseMemory.Configuration) -> [InterfaceField] {
    [
      InterfaceField("erase_vector_transform", size: c.cellSize, squashing: .sigmoid),
      InterfaceField(
        "write_vector_transform", size: c.cellSize,
        squashing: c.dialect == .nature ? .none : .tanh),
    ]
  }

  init(_ builder: inout DenseBuilder) {
    (np, w, heads) = (builder.state.np, builder.state.w, builder.state.r)
    normEpsilon = builder.normEpsilon
    erase = builder.interface.slot("erase_vector_transform")
    vector = builder.interface.slot("write_vector_transform")
  }

  /// M ← M ⊙ (1 − w eᵀ) + w vᵀ, and the norms of the new cells.
  @inline(__always)
  func forward(_ access: DenseAccess) {
    let (old, new) = (access.old, access.new)
    access.kernels.pointee.memory_write(
      new.m, new.norm, new.inverse, old.m, new.write, access.interface[erase],
      access.interface[vector], normEpsilon, w, np)
  }

  /// One pass over the memory for everything that depends on it: the gradient of the new memory
  /// gets the share of the read vectors and of the read lookup (steps 9 and 10), and turns into
  /// that of the old one; with it come the gradients of the scaled read keys, of w, e and v.
  @inline(__always)
  func backward(_ access: DenseAccess, _ d: DenseGradient, _ reads: ContentLookup) {
    access.kernels.pointee.memory_backward(
      d.state.m, access.new.m, access.old.m, d.reads, access.new.read,
      reads.scaledKeys(access.record), reads.gradient(d.scratch), reads.shrink(d.scratch),
      access.new.write, access.interface[erase], access.interface[vector],
      reads.keyGradient(d.scratch), d.state.write, d.interface[erase], d.interface[vector], heads,
      w, np)
  }
}
