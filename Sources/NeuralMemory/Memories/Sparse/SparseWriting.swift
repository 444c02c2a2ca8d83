import VectorKernels

// Write weights and writing, forward and backward: docs/equations/sam.md, steps 1 to 3.
extension SparseMemoryShard {
  /// Steps 1 to 3: the stalest cell, write weights, write.
  func write(
    _ memory: ElementMemory, _ x: Block, _ saved: Block
  ) {
    let gate = x[plan.fields.writeGate][0]
    let interpolation = x[plan.fields.interpolationGate][0]
    let cleared = memory.order.leastRecent(of: plan.n)
    memory.touch(cleared)
    slots.grow(to: memory.touched)
    let cells = saved[record.writeCells]
    let means = saved[record.writeMeans]
    var count = 0
    for head in 0..<plan.r {
      for entry in 0..<memory.reads.counts[head] {
        let cell = memory.reads.cells[head * plan.headReads + entry]
        let weight = memory.reads.weights[head * plan.headReads + entry]
        let slot = slots.base[Int(cell)]
        if slot >= 0 {
          means[Int(slot)] += weight
        } else {
          slots.base[Int(cell)] = Int32(count)
          cells[count] = cell
          means[count] = weight
          count += 1
        }
      }
    }
    if slots.base[cleared] < 0 {
      slots.base[cleared] = Int32(count)
      cells[count] = Int32(cleared)
      means[count] = 0
      count += 1
    }
    let vector = x[plan.fields.writeVector]
    (memory.row(cleared)).update(repeating: 0, count: plan.wp)
    writeList.removeAll(keepingCapacity: true)
    for i in 0..<count {
      let cell = Int(cells[i])
      slots.base[cell] = -1
      means[i] /= Float(plan.r)
      let weight =
        gate * (interpolation * means[i] + (cell == cleared ? 1 - interpolation : 0))
      saved[record.writeWeights][i] = weight
      guard weight != 0 || cell == cleared else { continue }
      kernels.pointee.axpy(memory.row(cell), weight, vector, plan.w)
      kernels.pointee.memory_norms_of_row(
        memory.norms.base + cell, memory.scales.base + cell, memory.row(cell),
        SparsePlan.epsilon, plan.wp)
      writeList.append((cells[i], weight))
    }
    memory.index.change(writeList)
    saved[record.cleared][0] = Int32(cleared)
    memory.cleared = cleared
    saved[record.writeCount][0] = Int32(count)
    memory.writes.counts[0] = count
    for i in 0..<count {
      memory.writes.cells[i] = cells[i]
      memory.writes.weights[i] = saved[record.writeWeights][i]
    }
  }

  /// Steps 3 to 1: write vector and weights, the clearing, gates and last reads.
  func backwardWrite(
    _ access: Int, _ element: Int, _ x: Block, _ saved: Block, _ draw: Block
  ) {
    let g = gradients!
    let gate = x[plan.fields.writeGate][0]
    let interpolation = x[plan.fields.interpolationGate][0]
    let vector = x[plan.fields.writeVector]
    let dvector = draw[plan.fields.writeVector]
    let cleared = saved[record.cleared][0]
    let count = Int(saved[record.writeCount][0])
    let cells = saved[record.writeCells]
    var dgate: Float = 0
    var dinterpolation: Float = 0
    for i in 0..<count {
      let row = g.row(element, Int(cells[i]))
      var dw: Float = 0
      for j in 0..<plan.w { dw += row[j] * vector[j] }
      kernels.pointee.axpy(dvector, saved[record.writeWeights][i], row, plan.w)
      let mean = saved[record.writeMeans][i]
      let fresh: Float = cells[i] == cleared ? 1 : 0
      dgate += dw * (interpolation * mean + (1 - interpolation) * fresh)
      dinterpolation += gate * dw * (mean - fresh)
      // what each head's weight of this cell gets
      slots.base[Int(cells[i])] = Int32(i)
      writeGradients[i] = gate * interpolation * dw / Float(plan.r)
    }
    draw[plan.fields.writeGate][0] = dgate
    draw[plan.fields.interpolationGate][0] = dinterpolation
    for head in 0..<plan.r {
      for entry in 0..<lastReadCount(access, head, element) {
        let at = head * plan.headReads + entry
        let cell = Int(lastReadCell(access, at, element))
        g.earlier.base[at] += writeGradients[Int(slots.base[cell])]
      }
    }
    for i in 0..<count { slots.base[Int(cells[i])] = -1 }
    // what later steps want of the cleared cell ends here
    g.row(element, Int(cleared)).update(repeating: 0, count: plan.wp)
  }
}
