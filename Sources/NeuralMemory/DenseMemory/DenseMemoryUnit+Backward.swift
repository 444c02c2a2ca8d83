import VectorKernels

extension DenseMemoryUnit {
  /// Back through one access of one element.
  ///
  /// The carry holds the gradient of the state after the access and is turned into that of the state before it. `dreads` is the gradient of the read
  /// vectors (R·W); `draw` gets that of the interface vector before its squashing.
  func backward(
    access: Int, item: Int, dreads: UnsafePointer<Float>, draw: UnsafeMutablePointer<Float>
  ) {
    let old = parts(access, item)
    let new = parts(access + 1, item)
    let saved = record(access, item)
    let d = gradientParts(carry(item))
    let x = saved + record.interface
    let (n, np, w, r) = (layout.n, layout.np, layout.w, layout.r)
    let s = scratch.base
    let dforward = s + scratchLayout.forward
    let dbackward = s + scratchLayout.backward
    let dcontent = s + scratchLayout.content
    let dwriteContent = s + scratchLayout.writeContent
    let dallocation = s + scratchLayout.allocation
    let shrink = s + scratchLayout.shrink
    let dkeys = s + scratchLayout.keys
    draw.update(repeating: 0, count: interface.layout.width)

    // 10, 9: read vectors, read weights, content lookup of the read keys
    kernels.gemm(r, np, w, dreads, w, 1, new.m, np, d.read, np, true)
    shrink.update(repeating: 0, count: np)
    for head in 0..<r {
      let at = head * np
      kernels.read_weights_backward(
        dbackward + at, dforward + at, dcontent + at, draw + interface.readModes + 3 * head,
        d.read + at, saved + record.backward + at, saved + record.forward + at,
        saved + record.readContent + at, x + interface.readModes + 3 * head, np)
      lookupBackward(
        head, saved, dcontent + at, shrink, saved + record.readContent + at,
        saved + record.readCosine + at, new, draw)
    }

    // 5, and the memory's share of 9 and 10: one pass over the array
    kernels.memory_backward(
      d.m, new.m, old.m, dreads, new.read, saved + record.keys, dcontent, shrink, new.write,
      x + interface.erase, x + interface.writeVector, dkeys, d.write, draw + interface.erase,
      draw + interface.writeVector, r, w, np)

    // 7, 6, 8: precedence, link and directions, down to the old read weights
    d.read.update(repeating: 0, count: r * np)
    kernels.precedence_backward(d.precedence, d.write, old.precedence, new.write, np)
    let link = linkUpdates(through: access, item)
    kernels.link_backward(
      d.link, link.from, link.steps, link.count, old.read, dforward, dbackward, d.read, d.write,
      d.precedence, r, n, np)

    // 4, 3: write weights, content lookup of the write key
    var gates: (allocation: Float, write: Float) = (0, 0)
    withUnsafeMutablePointer(to: &gates) { pointer in
      pointer.withMemoryRebound(to: Float.self, capacity: 2) {
        kernels.write_weights_backward(
          dallocation, dwriteContent, $0, d.write, saved + record.allocation,
          saved + record.writeContent, x[interface.allocationGate], x[interface.writeGate], np)
      }
    }
    draw[interface.allocationGate] = gates.allocation
    draw[interface.writeGate] = gates.write
    shrink.update(repeating: 0, count: np)
    lookupBackward(
      r, saved, dwriteContent, shrink, saved + record.writeContent, saved + record.writeCosine,
      old, draw)
    kernels.lookup_backward(
      d.m, old.m, saved + record.keys + r * w, dwriteContent, shrink, dkeys + r * w, w, np)

    // 2, 1: allocation, usage
    let order = UnsafeMutableRawPointer(saved + record.order).assumingMemoryBound(to: Int32.self)
    kernels.allocation_backward(
      d.usage, dallocation, new.usage, order, DenseMemoryUnit.epsilon, s + scratchLayout.products,
      n)
    kernels.usage_backward(
      d.usage, d.write, d.read, draw + interface.freeGates, old.usage, old.write, old.read,
      x + interface.freeGates, r, np)

    for key in 0...r { keyBackward(key, saved, dkeys + key * w, draw) }
    interface.layout.squashBackward(draw, y: x, slopes: saved + record.slopes, kernels)
  }

  /// Turns the gradient of a lookup's weights into that of its dot products, and keeps the key norm's share for `keyBackward`.
  private func lookupBackward(
    _ key: Int, _ saved: UnsafeMutablePointer<Float>, _ dcontent: UnsafeMutablePointer<Float>,
    _ shrink: UnsafeMutablePointer<Float>, _ content: UnsafePointer<Float>,
    _ cosine: UnsafePointer<Float>, _ memory: vk_dense_state, _ draw: UnsafeMutablePointer<Float>
  ) {
    var dbeta: Float = 0
    var dnorm: Float = 0
    kernels.content_backward(
      dcontent, shrink, &dbeta, &dnorm, content, cosine, memory.norm, memory.inverse,
      lookup(key, saved), layout.np)
    draw[key < layout.r ? interface.readStrengths + key : interface.writeStrength] = dbeta
    keyNormGradients[key] = dnorm
  }

  /// From the scaled key's gradient through the dot products, and its norm's, to the key's own.
  private func keyBackward(
    _ key: Int, _ saved: UnsafePointer<Float>, _ dkey: UnsafePointer<Float>,
    _ draw: UnsafeMutablePointer<Float>
  ) {
    let w = layout.w
    let scaled = saved + record.keys + key * w
    let norm = saved[record.keyNorms + key]
    let scale = saved[record.keyScales + key]
    // a norm of zero has, by convention, no derivative
    let share = norm > 0 ? keyNormGradients[key] / norm : 0
    let out = draw + (key < layout.r ? interface.readKeys + key * w : interface.writeKey)
    for i in 0..<w { out[i] = (dkey[i] + share * scaled[i]) * scale }
  }
}
