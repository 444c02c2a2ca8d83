import VectorKernels

/// Content lookup: weights over the cells by their cosine with a key. The write key is looked up in
/// the old memory (docs/equations/dnc.md, step 3), the read keys in the new one
/// (docs/equations/dnc.md, step 9).
struct ContentLookup {
  enum Kind {
    case write, read
  }

  private let kind: Kind
  /// Number of keys.
  private let count: Int
  private let n: Int
  private let np: Int
  private let w: Int
  private let normEpsilon: Float
  // Interface.
  private let keys: Slot<Float>
  private let strengths: Slot<Float>
  // Record: the scaled keys, and of each the norm, the denominator's ε and the scale.
  private let scaledKeys: Slot<Float>
  private let norms: Slot<Float>
  private let epsilons: Slot<Float>
  private let scales: Slot<Float>
  private let weights: Slot<Float>
  private let cosines: Slot<Float>
  // Scratch.
  private let dweights: Slot<Float>
  private let shrink: Slot<Float>
  private let dkeys: Slot<Float>
  private let dnorms: Slot<Float>

  static func fields(_ kind: Kind, _ c: DenseMemory.Configuration) -> [InterfaceField] {
    let vector: Squashing = c.dialect == .nature ? .none : .tanh
    let strength: Squashing = c.dialect == .nature ? .oneplus : .softplus
    switch kind {
    case .read:
      return [
        InterfaceField("read_keys_transform", size: c.readHeads * c.cellSize, squashing: vector),
        InterfaceField("read_strengths_transform", size: c.readHeads, squashing: strength),
      ]
    case .write:
      return [
        InterfaceField("write_key_transform", size: c.cellSize, squashing: vector),
        InterfaceField("write_strength_transform", size: 1, squashing: strength),
      ]
    }
  }

  init(_ kind: Kind, _ builder: inout DenseBuilder) {
    self.kind = kind
    (n, np, w) = (builder.state.n, builder.state.np, builder.state.w)
    normEpsilon = builder.normEpsilon
    let count = kind == .read ? builder.state.r : 1
    self.count = count
    keys = builder.interface.slot(kind == .read ? "read_keys_transform" : "write_key_transform")
    strengths = builder.interface.slot(
      kind == .read ? "read_strengths_transform" : "write_strength_transform")
    let mechanism = "content lookup of the \(kind == .read ? "read keys" : "write key")"
    scaledKeys = builder.record.add("lookups", rows: count, w)
    norms = builder.record.add("lookups", count)
    epsilons = builder.record.add("lookups", count)
    scales = builder.record.add("lookups", count)
    cosines = builder.record.add(
      "lookups", rows: count, n, stride: np, as: .init(mechanism: mechanism, tensor: "cosines"))
    weights = builder.record.add(
      "lookups", rows: count, n, stride: np,
      as: .init(mechanism: mechanism, tensor: "content weights"))
    dweights = builder.scratch.add(mechanism, rows: count, n, stride: np)
    shrink = builder.scratch.add(mechanism, n)
    dkeys = builder.scratch.add(mechanism, rows: count, w)
    dnorms = builder.scratch.add(mechanism, count)
  }

  /// The content weights of a key.
  @inline(__always)
  func weights(_ record: Block, _ key: Int = 0) -> UnsafeMutablePointer<Float> {
    record[weights, row: key]
  }

  /// Their gradient, which becomes that of the dot products.
  @inline(__always)
  func gradient(_ scratch: Block, _ key: Int = 0) -> UnsafeMutablePointer<Float> {
    scratch[dweights, row: key]
  }

  /// The keys as they went into the dot products: [keys × W].
  @inline(__always)
  func scaledKeys(_ record: Block) -> UnsafeMutablePointer<Float> { record[scaledKeys] }

  /// Their gradient.
  @inline(__always)
  func keyGradient(_ scratch: Block) -> UnsafeMutablePointer<Float> { scratch[dkeys] }

  /// By how much each cell enters its own gradient through its norm.
  @inline(__always)
  func shrink(_ scratch: Block) -> UnsafeMutablePointer<Float> { scratch[shrink] }

  /// The memory that is searched.
  @inline(__always)
  private func memory(_ access: DenseAccess) -> vk_dense_state {
    kind == .write ? access.old : access.new
  }

  /// Scales the keys by powers of two, so that no square overflows.
  @inline(__always)
  func scaleKeys(_ access: DenseAccess) {
    for key in 0..<count {
      let scaled = ScaledKey(
        access.interface[keys] + key * w, count: w, into: access.record[scaledKeys, row: key],
        epsilon: normEpsilon, access.kernels)
      access.record[scales][key] = scaled.scale
      access.record[norms][key] = scaled.norm
      access.record[epsilons][key] = DensePlan.epsilon * scaled.scale
    }
  }

  /// c(i) = softmax_i(β cos(k, M_i)), for all keys.
  @inline(__always)
  func forward(_ access: DenseAccess) {
    let (kernels, memory) = (access.kernels, memory(access))
    kernels.pointee.gemm(
      count, np, w, access.record[scaledKeys], w, 1, memory.m, np, access.record[cosines], np,
      false)
    for key in 0..<count {
      kernels.pointee.content_weights(
        access.record[weights, row: key], access.record[cosines, row: key], memory.norm,
        memory.inverse, lookup(access, key), n, np)
    }
  }

  /// From the gradient of the weights to that of the dot products and of the strengths; the
  /// gradient of the keys' norms is kept for `backwardKeys`.
  @inline(__always)
  func backward(_ access: DenseAccess, _ d: DenseGradient) {
    let memory = memory(access)
    d.scratch[shrink].update(repeating: 0, count: np)
    for key in 0..<count {
      var dbeta: Float = 0
      var dnorm: Float = 0
      access.kernels.pointee.content_backward(
        d.scratch[dweights, row: key], d.scratch[shrink], &dbeta, &dnorm,
        access.record[weights, row: key], access.record[cosines, row: key], memory.norm,
        memory.inverse, lookup(access, key), np)
      d.interface[strengths][key] = dbeta
      d.scratch[dnorms][key] = dnorm
    }
  }

  /// From the gradient of the dot products to those of the memory and of the scaled key; of one
  /// key, for the write lookup. The read lookup's are part of `Writing.backward`'s pass over the
  /// memory.
  @inline(__always)
  func backwardMemory(_ access: DenseAccess, _ d: DenseGradient) {
    access.kernels.pointee.lookup_backward(
      d.state.m, memory(access).m, access.record[scaledKeys], d.scratch[dweights],
      d.scratch[shrink], d.scratch[dkeys], w, np)
  }

  /// From the gradient of the scaled keys, through the dot products and through their norms, to
  /// that of the keys.
  @inline(__always)
  func backwardKeys(_ access: DenseAccess, _ d: DenseGradient) {
    for key in 0..<count {
      let scaled = access.record[scaledKeys, row: key]
      let dscaled = d.scratch[dkeys, row: key]
      let norm = access.record[norms][key]
      let scale = access.record[scales][key]
      // a norm of zero has, by convention, no derivative
      let share = norm > 0 ? d.scratch[dnorms][key] / norm : 0
      let out = d.interface[keys] + key * w
      for i in 0..<w { out[i] = (dscaled[i] + share * scaled[i]) * scale }
    }
  }

  @inline(__always)
  private func lookup(_ access: DenseAccess, _ key: Int) -> vk_lookup {
    vk_lookup(
      beta: access.interface[strengths][key], key_norm: access.record[norms][key],
      key_epsilon: access.record[epsilons][key])
  }
}
