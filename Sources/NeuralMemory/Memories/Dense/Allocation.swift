import VectorKernels

/// Allocation weights: the free cells, the freest first (docs/equations/dnc.md, step 2).
struct Allocation {
  private let n: Int
  private let np: Int
  /// The cells in ascending order of their usage.
  private let order: Slot<Int32>
  private let weights: Slot<Float>
  private let dweights: Slot<Float>
  private let products: Slot<Float>

  init(_ builder: inout DenseBuilder) {
    (n, np) = (builder.state.n, builder.state.np)
    order = builder.record.add("usage and allocation", n)
    weights = builder.record.add(
      "usage and allocation", n, as: .init(mechanism: "allocation", tensor: "allocation weights"))
    dweights = builder.scratch.add("allocation", n)
    products = builder.scratch.add("allocation", n)
  }

  /// The allocation weights a of an access, or their gradient.
  @inline(__always) func weights(_ record: Block) -> UnsafeMutablePointer<Float> { record[weights] }
  @inline(__always) func gradient(_ scratch: Block) -> UnsafeMutablePointer<Float> {
    scratch[dweights]
  }

  /// û = ε + (1 − ε) u; a(s_j) = (1 − û(s_j)) Π_{k<j} û(s_k), s the cells sorted by û.
  @inline(__always)
  func forward(_ access: DenseAccess, _ sorter: CellOrder) {
    let order = access.record[order]
    sorter.sort(access.new.usage, into: order, access.kernels)
    access.kernels.pointee.allocation(
      access.record[weights], access.new.usage, order, DensePlan.epsilon, n, np)
  }

  /// Adds to the gradient of the usage; the order is a constant.
  @inline(__always)
  func backward(_ access: DenseAccess, _ d: DenseGradient) {
    access.kernels.pointee.allocation_backward(
      d.state.usage, d.scratch[dweights], access.new.usage, access.record[order],
      DensePlan.epsilon, d.scratch[products], n)
  }
}
