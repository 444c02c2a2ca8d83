import VectorKernels

extension SparseMemoryUnit {
  /// Back through one access of one element; the discrete choices (the stalest cell, the cells found, the links) are constants.
  func backward(
    access: Int, item: Int, dreads: UnsafePointer<Float>, draw: UnsafeMutablePointer<Float>
  ) {
    let g = gradients!
    let saved = floats(access, item)
    let list = integers(access, item)
    let x = saved + record.interface
    draw.update(repeating: 0, count: plan.interface.width)
    g.earlier.base.update(repeating: 0, count: plan.reads)
    g.shrink.base.update(repeating: 0, count: Int(list[record.readCount]))
    for head in 0..<plan.r {
      backwardReads(head, item, saved, list, dreads)
      if plan.hasLinks { backwardDirections(access, head, item, x, saved, list, draw) }
      backwardContent(head, item, x, saved, list, draw)
    }
    for i in 0..<Int(list[record.readCount]) {
      kernels.axpy(
        g.row(item, Int(list[record.readCells + i])), g.shrink.base[i],
        saved + record.rows + i * plan.wp, plan.wp)
    }
    backwardWrite(access, item, x, saved, list, draw)
    g.reads(item).update(from: g.earlier.base, count: plan.reads)
    plan.interface.squashBackward(draw, y: x, slopes: saved + record.slopes, kernels)
  }

  /// Step 5: adds the read vectors' share to the gradient of the read weights, and to that of the cells.
  private func backwardReads(
    _ head: Int, _ item: Int, _ saved: UnsafePointer<Float>, _ list: UnsafePointer<Int32>,
    _ dreads: UnsafePointer<Float>
  ) {
    let g = gradients!
    let d = dreads + head * plan.w
    for i in entries(head, list) {
      let read = Int(list[record.entryReads + i])
      let row = saved + record.rows + read * plan.wp
      var sum: Float = 0
      for j in 0..<plan.w { sum += d[j] * row[j] }
      g.reads(item)[i] += sum
      kernels.axpy(
        g.row(item, Int(list[record.entryCells + i])), saved[record.readWeights + i], d, plan.w)
    }
  }

  /// Through the modes and along the links to the last reads.
  private func backwardDirections(
    _ access: Int, _ head: Int, _ item: Int, _ x: UnsafePointer<Float>,
    _ saved: UnsafePointer<Float>, _ list: UnsafePointer<Int32>,
    _ draw: UnsafeMutablePointer<Float>
  ) {
    let g = gradients!
    let first = head * plan.headReads
    let modes = x + plan.fields.modes + 3 * head
    let dmodes = draw + plan.fields.modes + 3 * head
    func back(
      _ mode: Int, _ count: Int, values: Int, entries: Int, links: Int, targets: Int,
      _ d: UnsafeMutablePointer<Float>
    ) {
      for i in 0..<count {
        let at = head * plan.kl + i
        let gradient = g.reads(item)[first + Int(list[entries + at])]
        dmodes[mode] += gradient * saved[values + at]
        d[i] = modes[mode] * gradient
      }
      for entry in first..<first + lastReadCount(access, head, item) {
        for i in 0..<plan.kl {
          let at = entry * plan.kl + i
          let target = Int(list[targets + at])
          if target >= 0 { g.earlier.base[entry] += saved[links + at] * d[target] }
        }
      }
    }
    back(
      0, Int(list[record.backwardCounts + head]), values: record.backward,
      entries: record.backwardEntries, links: record.before, targets: record.beforeTargets,
      g.backward.base)
    back(
      1, Int(list[record.forwardCounts + head]), values: record.forward,
      entries: record.forwardEntries, links: record.after, targets: record.afterTargets,
      g.forward.base)
  }

  /// Step 4: softmax, cosine, query; the cells' share goes to their gradients.
  private func backwardContent(
    _ head: Int, _ item: Int, _ x: UnsafePointer<Float>, _ saved: UnsafePointer<Float>,
    _ list: UnsafePointer<Int32>, _ draw: UnsafeMutablePointer<Float>
  ) {
    let g = gradients!
    let first = head * plan.headReads
    let d = g.content.base
    let content = saved + record.content + head * plan.k
    let cosine = saved + record.cosine + head * plan.k
    var share: Float = 1
    if plan.hasLinks {
      share = x[plan.fields.modes + 3 * head + 2]
      var sum: Float = 0
      for i in 0..<plan.k {
        sum +=
          g.reads(item)[first + Int(list[record.contentEntries + head * plan.k + i])]
          * content[i]
      }
      draw[plan.fields.modes + 3 * head + 2] += sum
    }
    var mean: Float = 0
    for i in 0..<plan.k {
      d[i] =
        share * g.reads(item)[first + Int(list[record.contentEntries + head * plan.k + i])]
      mean += d[i] * content[i]
    }
    let lookup = lookup(head, saved)
    let query = saved + record.queries + head * plan.wp
    let dquery = g.query.base
    dquery.update(repeating: 0, count: plan.wp)
    var dbeta: Float = 0
    var dnorm: Float = 0
    for i in 0..<plan.k {
      let entry = first + Int(list[record.contentEntries + head * plan.k + i])
      let read = Int(list[record.entryReads + entry])
      let (norm, scale) = (saved[record.norms + read], saved[record.scales + read])
      let slope = content[i] * (d[i] - mean)
      dbeta += slope * cosine[i]
      // of the scaled dot product, and of the cosine's denominator
      let ddot =
        slope * lookup.beta / (lookup.key_norm * norm + lookup.key_epsilon * scale)
      let ddenominator = -ddot * cosine[i]
      dnorm += ddenominator * norm
      g.shrink.base[read] += ddenominator * lookup.key_norm / norm * scale * scale
      let row = saved + record.rows + read * plan.wp
      kernels.axpy(dquery, ddot * scale, row, plan.wp)
      kernels.axpy(
        g.row(item, Int(list[record.entryCells + entry])), ddot * scale, query, plan.wp)
    }
    draw[plan.fields.strengths + head] = dbeta
    let scale = saved[record.queryScales + head]
    let radial = lookup.key_norm > 0 ? dnorm / lookup.key_norm : 0
    let out = draw + plan.fields.queries + head * plan.w
    for j in 0..<plan.w { out[j] = (dquery[j] + radial * query[j]) * scale }
  }

  /// Steps 3 to 1: write vector and weights, the clearing, gates and last reads.
  private func backwardWrite(
    _ access: Int, _ item: Int, _ x: UnsafePointer<Float>, _ saved: UnsafePointer<Float>,
    _ list: UnsafePointer<Int32>, _ draw: UnsafeMutablePointer<Float>
  ) {
    let g = gradients!
    let gate = x[plan.fields.writeGate]
    let interpolation = x[plan.fields.interpolationGate]
    let vector = x + plan.fields.writeVector
    let dvector = draw + plan.fields.writeVector
    let cleared = list[record.cleared]
    let count = Int(list[record.writeCount])
    let cells = list + record.writeCells
    var dgate: Float = 0
    var dinterpolation: Float = 0
    for i in 0..<count {
      let row = g.row(item, Int(cells[i]))
      var dw: Float = 0
      for j in 0..<plan.w { dw += row[j] * vector[j] }
      kernels.axpy(dvector, saved[record.writeWeights + i], row, plan.w)
      let mean = saved[record.writeMeans + i]
      let fresh: Float = cells[i] == cleared ? 1 : 0
      dgate += dw * (interpolation * mean + (1 - interpolation) * fresh)
      dinterpolation += gate * dw * (mean - fresh)
      // what each head's weight of this cell gets
      slots.base[Int(cells[i])] = Int32(i)
      writeGradients[i] = gate * interpolation * dw / Float(plan.r)
    }
    draw[plan.fields.writeGate] = dgate
    draw[plan.fields.interpolationGate] = dinterpolation
    for head in 0..<plan.r {
      for entry in 0..<lastReadCount(access, head, item) {
        let at = head * plan.headReads + entry
        let cell = Int(lastReadCell(access, at, item))
        g.earlier.base[at] += writeGradients[Int(slots.base[cell])]
      }
    }
    for i in 0..<count { slots.base[Int(cells[i])] = -1 }
    // what later steps want of the cleared cell ends here
    g.row(item, Int(cleared)).update(repeating: 0, count: plan.wp)
  }

  private func entries(_ head: Int, _ list: UnsafePointer<Int32>) -> Range<Int> {
    let first = head * plan.headReads
    return first..<first + Int(list[record.entryCounts + head])
  }

  /// The reads before an access: those of the access before, or of the start.
  private func lastReadCount(_ access: Int, _ head: Int, _ item: Int) -> Int {
    access == 0
      ? startReads[item].counts[head]
      : Int(integers(access - 1, item)[record.entryCounts + head])
  }

  private func lastReadCell(_ access: Int, _ entry: Int, _ item: Int) -> Int32 {
    access == 0
      ? startReads[item].cells[entry] : integers(access - 1, item)[record.entryCells + entry]
  }
}
