import VectorKernels

/// Read weights and read vectors (docs/equations/dnc.md, steps 9 and 10).
struct Reading {
  private let np: Int
  private let w: Int
  private let heads: Int
  private let modes: Slot<Float>

  static func fields(_ c: DenseMemory.Configuration) -> [InterfaceField] {
    [InterfaceField("read_modes_transform", size: 3 * c.readHeads, squashing: .softmaxOfThree)]
  }

  init(_ builder: inout DenseBuilder) {
    (np, w, heads) = (builder.state.np, builder.state.w, builder.state.r)
    modes = builder.interface.slot("read_modes_transform")
  }

  /// r_h ← π_h[0] backward + π_h[1] forward + π_h[2] content; the read vectors are r_h · M.
  ///
  /// - Parameter reads: gets R·W values.
  @inline(__always)
  func forward(
    _ access: DenseAccess, _ linkage: TemporalLinkage, _ lookup: ContentLookup,
    into reads: UnsafeMutablePointer<Float>
  ) {
    let new = access.new
    for head in 0..<heads {
      let (forward, backward) = linkage.directions(access.record, head)
      access.kernels.pointee.read_weights(
        new.read + head * np, backward, forward, lookup.weights(access.record, head),
        access.interface[modes] + 3 * head, np)
    }
    access.kernels.pointee.dots(heads, w, np, new.read, np, new.m, np, reads, w, false)
  }

  /// From the gradients of the read vectors and of r to those of the modes, the directions and the
  /// content weights. The memory's share is part of `Writing.backward`.
  @inline(__always)
  func backward(
    _ access: DenseAccess, _ d: DenseGradient, _ linkage: TemporalLinkage, _ lookup: ContentLookup
  ) {
    access.kernels.pointee.gemm(
      heads, np, w, d.reads, w, 1, access.new.m, np, d.state.read, np, true)
    for head in 0..<heads {
      let (forward, backward) = linkage.directions(access.record, head)
      let (dforward, dbackward) = linkage.gradients(d.scratch, head)
      access.kernels.pointee.read_weights_backward(
        dbackward, dforward, lookup.gradient(d.scratch, head), d.interface[modes] + 3 * head,
        d.state.read + head * np, backward, forward, lookup.weights(access.record, head),
        access.interface[modes] + 3 * head, np)
    }
  }
}
