import VectorKernels

/// Usage: how much each cell is in use (docs/equations/dnc.md, step 1).
struct Usage {
  private let np: Int
  private let heads: Int
  private let freeGates: Slot<Float>

  static func fields(_ c: DenseMemory.Configuration) -> [InterfaceField] {
    [InterfaceField("free_gates_transform", size: c.readHeads, squashing: .sigmoid)]
  }

  init(_ builder: inout DenseBuilder) {
    (np, heads) = (builder.state.np, builder.state.r)
    freeGates = builder.interface.slot("free_gates_transform")
  }

  /// u ← (u + w − u⊙w) ⊙ Π_h (1 − f_h r_h), with the old w and r.
  @inline(__always)
  func forward(_ access: DenseAccess) {
    let (old, new) = (access.old, access.new)
    access.kernels.pointee.usage(
      new.usage, old.usage, old.write, old.read, access.interface[freeGates], heads, np)
  }

  /// From the gradient of the new usage to those of the old usage, w (overwritten), r (added to)
  /// and the free gates.
  @inline(__always)
  func backward(_ access: DenseAccess, _ d: DenseGradient) {
    let old = access.old
    access.kernels.pointee.usage_backward(
      d.state.usage, d.state.write, d.state.read, d.interface[freeGates], old.usage, old.write,
      old.read, access.interface[freeGates], heads, np)
  }
}
