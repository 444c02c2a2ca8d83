import VectorKernels

/// Write weights: between allocation and content, scaled by the write gate
/// (docs/equations/dnc.md, step 4).
struct WriteWeights {
  private let np: Int
  private let allocationGate: Slot<Float>
  private let writeGate: Slot<Float>

  static func fields(_ c: DenseMemory.Configuration) -> [InterfaceField] {
    [
      InterfaceField("allocation_gate_transform", size: 1, squashing: .sigmoid),
      InterfaceField("write_gate_transform", size: 1, squashing: .sigmoid),
    ]
  }

  init(_ builder: inout DenseBuilder) {
    np = builder.state.np
    allocationGate = builder.interface.slot("allocation_gate_transform")
    writeGate = builder.interface.slot("write_gate_transform")
  }

  /// w ← gw (ga a + (1 − ga) c).
  @inline(__always)
  func forward(
    _ access: DenseAccess, allocation: UnsafePointer<Float>, content: UnsafePointer<Float>
  ) {
    access.kernels.pointee.write_weights(
      access.new.write, allocation, content, access.interface[allocationGate].pointee,
      access.interface[writeGate].pointee, np)
  }

  /// From the gradient of w to those of the gates, the allocation and the content weights, both of
  /// which are overwritten.
  @inline(__always)
  func backward(
    _ access: DenseAccess, _ d: DenseGradient, allocation: UnsafePointer<Float>,
    content: UnsafePointer<Float>, dallocation: UnsafeMutablePointer<Float>,
    dcontent: UnsafeMutablePointer<Float>
  ) {
    var gates: (allocation: Float, write: Float) = (0, 0)
    withUnsafeMutablePointer(to: &gates) { pointer in
      pointer.withMemoryRebound(to: Float.self, capacity: 2) {
        access.kernels.pointee.write_weights_backward(
          dallocation, dcontent, $0, d.state.write, allocation, content,
          access.interface[allocationGate].pointee, access.interface[writeGate].pointee, np)
      }
    }
    d.interface[allocationGate].pointee = gates.allocation
    d.interface[writeGate].pointee = gates.write
  }
}
