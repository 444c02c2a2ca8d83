import VectorKernels

/// Temporal linkage: in which order the cells were written (docs/equations/dnc.md, steps 6 to 8).
struct TemporalLinkage {
  private let n: Int
  private let np: Int
  private let heads: Int
  private let forward: Slot<Float>
  private let backward: Slot<Float>
  private let dforward: Slot<Float>
  private let dbackward: Slot<Float>

  init(_ builder: inout DenseBuilder) {
    (n, np, heads) = (builder.state.n, builder.state.np, builder.state.r)
    // not every link matrix is kept, but each goes into these
    forward = builder.record.add(
      "directions", rows: heads, n, stride: np,
      as: .init(mechanism: "linkage", tensor: "forward weights"))
    backward = builder.record.add(
      "directions", rows: heads, n, stride: np,
      as: .init(mechanism: "linkage", tensor: "backward weights"))
    dforward = builder.scratch.add("linkage", rows: heads, n, stride: np)
    dbackward = builder.scratch.add("linkage", rows: heads, n, stride: np)
  }

  /// The forward and backward weights of a head.
  @inline(__always)
  func directions(
    _ record: Block, _ head: Int
  ) -> (forward: UnsafeMutablePointer<Float>, backward: UnsafeMutablePointer<Float>) {
    (record[forward, row: head], record[backward, row: head])
  }

  /// Their gradients.
  @inline(__always)
  func gradients(
    _ scratch: Block, _ head: Int
  ) -> (forward: UnsafeMutablePointer<Float>, backward: UnsafeMutablePointer<Float>) {
    (scratch[dforward, row: head], scratch[dbackward, row: head])
  }

  /// L[i,j] ← (1 − w(i) − w(j)) L[i,j] + w(i) p(j) with the old p; forward = L r_h and
  /// backward = Lᵀ r_h with the old r.
  @inline(__always)
  func forward(_ access: DenseAccess) {
    let (old, new) = (access.old, access.new)
    access.kernels.pointee.link(
      new.link, old.link, new.write, old.precedence, old.read, access.record[forward],
      access.record[backward], heads, n, np)
  }

  /// p ← (1 − Σw) p + w.
  @inline(__always)
  func updatePrecedence(_ access: DenseAccess) {
    access.kernels.pointee.precedence(
      access.new.precedence, access.old.precedence, access.new.write, np)
  }

  /// From the gradients of L, p and the directions to those of the old L, p and r, and of w.
  ///
  /// - Parameter updates: the last link matrix kept at or before the access, and the updates that
  ///   lead from it to the one after the access.
  @inline(__always)
  func backward(
    _ access: DenseAccess, _ d: DenseGradient, _ updates: RecordedLinks.Updates
  ) {
    let old = access.old
    d.state.read.update(repeating: 0, count: heads * np)
    access.kernels.pointee.precedence_backward(
      d.state.precedence, d.state.write, old.precedence, access.new.write, np)
    access.kernels.pointee.link_backward(
      d.state.link, updates.from, updates.steps, updates.count, old.read, d.scratch[dforward],
      d.scratch[dbackward], d.state.read, d.state.write, d.state.precedence, heads, n, np)
  }
}
