import VectorKernels

extension SparseMemoryUnit {
  /// One access of one element: `spec/sam.md` and `spec/sdnc.md`, in order.
  func forward(
    access: Int, item: Int, raw: UnsafePointer<Float>, reads: UnsafeMutablePointer<Float>
  ) {
    let memory = memories[item]
    let saved = floats(access, item)
    let list = integers(access, item)
    let x = saved + record.interface
    plan.interface.squash(raw, into: x, slopes: saved + record.slopes, kernels)
    write(memory, x, saved, list)
    if plan.hasLinks {
      writeList.withUnsafeBufferPointer { memory.links!.update($0, &linkScratch) }
    }
    scaleQueries(x, saved)
    nearest.find(
      in: memory, queries: saved + record.queries, lookup: { self.lookup($0, saved) }, kernels)
    beginReads(memory)
    for head in 0..<plan.r {
      contentWeights(head, x, saved)
      combine(head, memory, x, saved, list)
    }
    read(memory, saved, list, reads)
    markAccesses(memory)
    memory.step += 1
  }

  /// Steps 1 to 3: the stalest cell, write weights, write.
  private func write(
    _ memory: SparseItem, _ x: UnsafePointer<Float>, _ saved: UnsafeMutablePointer<Float>,
    _ list: UnsafeMutablePointer<Int32>
  ) {
    let gate = x[plan.fields.writeGate]
    let interpolation = x[plan.fields.interpolationGate]
    let cleared = memory.order.leastRecent(of: plan.n)
    memory.touch(cleared)
    slots.grow(to: memory.touched)
    let cells = list + record.writeCells
    let means = saved + record.writeMeans
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
    let vector = x + plan.fields.writeVector
    (memory.row(cleared)).update(repeating: 0, count: plan.wp)
    writeList.removeAll(keepingCapacity: true)
    for i in 0..<count {
      let cell = Int(cells[i])
      slots.base[cell] = -1
      means[i] /= Float(plan.r)
      let weight =
        gate * (interpolation * means[i] + (cell == cleared ? 1 - interpolation : 0))
      saved[record.writeWeights + i] = weight
      guard weight != 0 || cell == cleared else { continue }
      kernels.axpy(memory.row(cell), weight, vector, plan.w)
      kernels.memory_norms_of_row(
        memory.norms.base + cell, memory.scales.base + cell, memory.row(cell),
        SparsePlan.epsilon, plan.wp)
      writeList.append((cells[i], weight))
    }
    memory.index.change(writeList)
    list[record.cleared] = Int32(cleared)
    memory.cleared = cleared
    list[record.writeCount] = Int32(count)
    memory.writes.counts[0] = count
    for i in 0..<count {
      memory.writes.cells[i] = cells[i]
      memory.writes.weights[i] = saved[record.writeWeights + i]
    }
  }

  /// As the dense memory's keys: components below 1/W, so that no square overflows.
  private func scaleQueries(_ x: UnsafePointer<Float>, _ saved: UnsafeMutablePointer<Float>) {
    for head in 0..<plan.r {
      let scaled = saved + record.queries + head * plan.wp
      let key = ScaledKey(
        x + plan.fields.queries + head * plan.w, count: plan.w, into: scaled,
        inside: SparsePlan.epsilon, kernels)
      saved[record.queryScales + head] = key.scale
      saved[record.queryNorms + head] = key.norm
      saved[record.queryEpsilons + head] = SparsePlan.epsilon * key.scale
    }
  }

  func lookup(_ head: Int, _ saved: UnsafePointer<Float>) -> vk_lookup {
    vk_lookup(
      beta: saved[record.interface + plan.fields.strengths + head],
      key_norm: saved[record.queryNorms + head],
      key_epsilon: saved[record.queryEpsilons + head])
  }

  private func beginReads(_ memory: SparseItem) {
    for i in 0..<plan.r * plan.k where nearest.cells[i] >= Int32(memory.touched) {
      memory.touch(Int(nearest.cells[i]))
    }
    slots.grow(to: memory.touched)
  }

  /// Step 4's softmax over the cells found.
  private func contentWeights(
    _ head: Int, _ x: UnsafePointer<Float>, _ saved: UnsafeMutablePointer<Float>
  ) {
    let found = nearest.counts[head]
    let beta = x[plan.fields.strengths + head]
    let cosines = nearest.cosines + head * plan.k
    let content = saved + record.content + head * plan.k
    (saved + record.cosine + head * plan.k).update(from: cosines, count: found)
    for i in 0..<found { content[i] = beta * (cosines[i] - cosines[0]) }
    kernels.exp(content, content, found)
    var sum: Float = 0
    for i in 0..<found { sum += content[i] }
    for i in 0..<found { content[i] /= sum }
  }

  /// Read weights of a head: content, and with links the two directions.
  private func combine(
    _ head: Int, _ memory: SparseItem, _ x: UnsafePointer<Float>,
    _ saved: UnsafeMutablePointer<Float>, _ list: UnsafeMutablePointer<Int32>
  ) {
    let cells = list + record.entryCells + head * plan.headReads
    let weights = saved + record.readWeights + head * plan.headReads
    var count = 0
    func entry(_ cell: Int32, _ weight: Float) -> Int32 {
      let slot = slots.base[Int(cell)]
      if slot >= 0 {
        weights[Int(slot)] += weight
        return slot
      }
      slots.base[Int(cell)] = Int32(count)
      cells[count] = cell
      weights[count] = weight
      count += 1
      return Int32(count - 1)
    }
    let modes = x + plan.fields.modes + 3 * head
    if plan.hasLinks {
      direction(
        head, memory, memory.links!.before, values: saved + record.backward,
        counts: list + record.backwardCounts, links: saved + record.before,
        targets: list + record.beforeTargets)
      for (i, found) in directionList.enumerated() {
        list[record.backwardEntries + head * plan.kl + i] = entry(
          found.cell, modes[0] * found.weight)
      }
      direction(
        head, memory, memory.links!.after, values: saved + record.forward,
        counts: list + record.forwardCounts, links: saved + record.after,
        targets: list + record.afterTargets)
      for (i, found) in directionList.enumerated() {
        list[record.forwardEntries + head * plan.kl + i] = entry(
          found.cell, modes[1] * found.weight)
      }
    }
    let share: Float = plan.hasLinks ? modes[2] : 1
    for i in 0..<nearest.counts[head] {
      list[record.contentEntries + head * plan.k + i] = entry(
        nearest.cells[head * plan.k + i], share * saved[record.content + head * plan.k + i])
    }
    for i in 0..<count { slots.base[Int(cells[i])] = -1 }
    list[record.entryCounts + head] = Int32(count)
  }

  /// forward_h or backward_h: the rows of the last reads' cells, weighted; the K_L largest. Leaves them in `directionList`.
  private func direction(
    _ head: Int, _ memory: SparseItem, _ rows: LinkRows, values: UnsafeMutablePointer<Float>,
    counts: UnsafeMutablePointer<Int32>, links: UnsafeMutablePointer<Float>,
    targets: UnsafeMutablePointer<Int32>
  ) {
    directionList.removeAll(keepingCapacity: true)
    let first = head * plan.headReads
    let reads = memory.reads
    for entry in first..<first + reads.counts[head] {
      let cell = Int(reads.cells[entry])
      for i in 0..<rows.count(cell) {
        let (to, weight) = (rows.cell(cell, i), reads.weights[entry] * rows.weight(cell, i))
        if let known = directionList.firstIndex(where: { $0.cell == to }) {
          directionList[known].weight += weight
        } else {
          directionList.append((to, weight))
        }
      }
    }
    keepLargest(&directionList, plan.kl)
    counts[head] = Int32(directionList.count)
    for (i, found) in directionList.enumerated() { values[head * plan.kl + i] = found.weight }
    guard recording else { return }
    for entry in first..<first + reads.counts[head] {
      let cell = Int(reads.cells[entry])
      for i in 0..<plan.kl {
        let at = entry * plan.kl + i
        let linked = i < rows.count(cell)
        links[at] = linked ? rows.weight(cell, i) : 0
        targets[at] =
          linked
          ? Int32(directionList.firstIndex { $0.cell == rows.cell(cell, i) } ?? -1) : -1
      }
    }
  }

  /// Step 5: read vectors; keeps the contents of the cells read.
  private func read(
    _ memory: SparseItem, _ saved: UnsafeMutablePointer<Float>,
    _ list: UnsafeMutablePointer<Int32>, _ reads: UnsafeMutablePointer<Float>
  ) {
    reads.update(repeating: 0, count: plan.r * plan.w)
    var count = 0
    for head in 0..<plan.r {
      let entries = Int(list[record.entryCounts + head])
      memory.reads.counts[head] = entries
      for i in head * plan.headReads..<head * plan.headReads + entries {
        let cell = list[record.entryCells + i]
        let weight = saved[record.readWeights + i]
        kernels.axpy(reads + head * plan.w, weight, memory.row(Int(cell)), plan.w)
        memory.reads.cells[i] = cell
        memory.reads.weights[i] = weight
        if slots.base[Int(cell)] < 0 {
          slots.base[Int(cell)] = Int32(count)
          list[record.readCells + count] = cell
          if recording {
            (saved + record.rows + count * plan.wp).update(
              from: memory.row(Int(cell)), count: plan.wp)
            saved[record.norms + count] = memory.norms.base[Int(cell)]
            saved[record.scales + count] = memory.scales.base[Int(cell)]
          }
          count += 1
        }
        list[record.entryReads + i] = slots.base[Int(cell)]
      }
    }
    for i in 0..<count { slots.base[Int(list[record.readCells + i])] = -1 }
    list[record.readCount] = Int32(count)
  }

  /// Step 6: who was accessed. Cells of one step go in the order of their numbers.
  private func markAccesses(_ memory: SparseItem) {
    accessList.removeAll(keepingCapacity: true)
    func add(_ cell: Int32, _ weight: Float) {
      let slot = slots.base[Int(cell)]
      if slot >= 0 {
        accessList[Int(slot)].weight += weight
      } else {
        slots.base[Int(cell)] = Int32(accessList.count)
        accessList.append((cell, weight))
      }
    }
    for (cell, weight) in writeList { add(cell, weight) }
    for head in 0..<plan.r {
      for i in head * plan.headReads..<head * plan.headReads + memory.reads.counts[head] {
        add(memory.reads.cells[i], memory.reads.weights[i])
      }
    }
    for (cell, _) in accessList { slots.base[Int(cell)] = -1 }
    accessList.removeAll { !($0.weight > SparsePlan.threshold) }
    sortInPlace(&accessList) { $0.cell < $1.cell }
    for (cell, _) in accessList { memory.order.access(Int(cell), step: memory.step) }
  }
}
