import VectorKernels

extension DenseMemoryUnit {
  /// One access of one element: `spec/dnc.md`, in order. `raw` is the interface vector before its squashing; `reads` gets R·W numbers.
  func forward(
    access: Int, item: Int, raw: UnsafePointer<Float>, reads: UnsafeMutablePointer<Float>
  ) {
    let old = parts(access, item)
    let new = parts(access + 1, item)
    let saved = record(access, item)
    let x = saved + record.interface
    let (n, np, w, r) = (layout.n, layout.np, layout.w, layout.r)
    interface.layout.squash(raw, into: x, slopes: saved + record.slopes, kernels)
    scaleKeys(x, saved)

    // 1, 2: usage and allocation
    kernels.usage(new.usage, old.usage, old.write, old.read, x + interface.freeGates, r, np)
    let order = UnsafeMutableRawPointer(saved + record.order).assumingMemoryBound(to: Int32.self)
    sorter.sort(new.usage, into: order, kernels)
    let allocation = saved + record.allocation
    kernels.allocation(allocation, new.usage, order, DenseMemoryUnit.epsilon, n, np)

    // 3, 4: content lookup of the write key in the old memory; write weights
    let content = saved + record.writeContent
    let cosine = saved + record.writeCosine
    kernels.gemm(1, np, w, saved + record.keys + r * w, w, 1, old.m, np, cosine, np, false)
    kernels.content_weights(content, cosine, old.norm, old.inverse, lookup(r, saved), n, np)
    kernels.write_weights(
      new.write, allocation, content, x[interface.allocationGate], x[interface.writeGate], np)

    // 6, 8: link and both directions, with the old precedence and read weights
    let forward = saved + record.forward
    let backward = saved + record.backward
    kernels.link(
      new.link, old.link, new.write, old.precedence, old.read, forward, backward, r, n, np)

    // 5, 7: memory and precedence
    kernels.memory_write(
      new.m, new.norm, new.inverse, old.m, new.write, x + interface.erase,
      x + interface.writeVector, inside, w, np)
    kernels.precedence(new.precedence, old.precedence, new.write, np)

    // 9, 10: content lookup of the read keys in the new memory; read weights and vectors
    let contents = saved + record.readContent
    let cosines = saved + record.readCosine
    kernels.gemm(r, np, w, saved + record.keys, w, 1, new.m, np, cosines, np, false)
    for head in 0..<r {
      let at = head * np
      kernels.content_weights(
        contents + at, cosines + at, new.norm, new.inverse, lookup(head, saved), n, np)
      kernels.read_weights(
        new.read + at, backward + at, forward + at, contents + at,
        x + interface.readModes + 3 * head, np)
    }
    kernels.dots(r, w, np, new.read, np, new.m, np, reads, w, false)
  }

  private func scaleKeys(_ x: UnsafePointer<Float>, _ saved: UnsafeMutablePointer<Float>) {
    let w = layout.w
    for key in 0...layout.r {
      let scaled = ScaledKey(
        x + (key < layout.r ? interface.readKeys + key * w : interface.writeKey), count: w,
        into: saved + record.keys + key * w, inside: inside, kernels)
      saved[record.keyScales + key] = scaled.scale
      saved[record.keyNorms + key] = scaled.norm
      saved[record.keyEpsilons + key] = DenseMemoryUnit.epsilon * scaled.scale
    }
  }

  /// Numbers of the lookup by a read key, or (number R) by the write key.
  @inline(__always)
  func lookup(_ key: Int, _ saved: UnsafePointer<Float>) -> vk_lookup {
    let strength = key < layout.r ? interface.readStrengths + key : interface.writeStrength
    return vk_lookup(
      beta: saved[record.interface + strength], key_norm: saved[record.keyNorms + key],
      key_epsilon: saved[record.keyEpsilons + key])
  }
}
