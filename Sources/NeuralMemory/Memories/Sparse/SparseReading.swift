import VectorKernels

// Read weights, read vectors and the order of accesses, forward and backward:
// docs/equations/sam.md, steps 4 to 6.
extension SparseMemoryShard {
  func beginReads(_ memory: ElementMemory) {
    for i in 0..<plan.r * plan.k where nearest.cells[i] >= Int32(memory.touched) {
      memory.touch(Int(nearest.cells[i]))
    }
    slots.grow(to: memory.touched)
  }

  /// Read weights of a head: content, and with links the two directions.
  func combine(
    _ head: Int, _ memory: ElementMemory, _ x: Block,
    _ saved: Block
  ) {
    let cells = saved[record.entryCells] + head * plan.headReads
    let weights = saved[record.readWeights] + head * plan.headReads
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
    let modes = x[plan.fields.modes] + 3 * head
    if plan.hasLinks {
      direction(head, memory, memory.links!.before, record.backward, saved)
      for (i, found) in directionList.enumerated() {
        saved[record.backward.entries][head * plan.kl + i] = entry(
          found.cell, modes[0] * found.weight)
      }
      direction(head, memory, memory.links!.after, record.forward, saved)
      for (i, found) in directionList.enumerated() {
        saved[record.forward.entries][head * plan.kl + i] = entry(
          found.cell, modes[1] * found.weight)
      }
    }
    let share: Float = plan.hasLinks ? modes[2] : 1
    for i in 0..<nearest.counts[head] {
      saved[record.contentEntries][head * plan.k + i] = entry(
        nearest.cells[head * plan.k + i], share * saved[record.content][head * plan.k + i])
    }
    for i in 0..<count { slots.base[Int(cells[i])] = -1 }
    saved[record.entryCounts][head] = Int32(count)
  }

  /// Step 5: read vectors; keeps the contents of the cells read.
  func read(
    _ memory: ElementMemory, _ saved: Block, _ reads: UnsafeMutablePointer<Float>
  ) {
    reads.update(repeating: 0, count: plan.r * plan.w)
    var count = 0
    for head in 0..<plan.r {
      let entries = Int(saved[record.entryCounts][head])
      memory.reads.counts[head] = entries
      for i in head * plan.headReads..<head * plan.headReads + entries {
        let cell = saved[record.entryCells][i]
        let weight = saved[record.readWeights][i]
        kernels.pointee.axpy(reads + head * plan.w, weight, memory.row(Int(cell)), plan.w)
        memory.reads.cells[i] = cell
        memory.reads.weights[i] = weight
        if slots.base[Int(cell)] < 0 {
          slots.base[Int(cell)] = Int32(count)
          saved[record.readCells][count] = cell
          if recording {
            (saved[record.rows] + count * plan.wp).update(
              from: memory.row(Int(cell)), count: plan.wp)
            saved[record.norms][count] = memory.norms.base[Int(cell)]
            saved[record.scales][count] = memory.scales.base[Int(cell)]
          }
          count += 1
        }
        saved[record.entryReads][i] = slots.base[Int(cell)]
      }
    }
    for i in 0..<count { slots.base[Int(saved[record.readCells][i])] = -1 }
    saved[record.readCount][0] = Int32(count)
  }

  /// Step 6: the cells that were accessed, in ascending order.
  func markAccesses(_ memory: ElementMemory) {
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

  /// Step 5: adds the read vectors' share to the gradient of the read weights, and to that of the
  /// cells.
  func backwardReads(
    _ head: Int, _ element: Int, _ saved: Block,
    _ dreads: UnsafePointer<Float>
  ) {
    let g = gradients!
    let d = dreads + head * plan.w
    for i in entries(head, saved) {
      let read = Int(saved[record.entryReads][i])
      let row = saved[record.rows] + read * plan.wp
      var sum: Float = 0
      for j in 0..<plan.w { sum += d[j] * row[j] }
      g.reads(element)[i] += sum
      kernels.pointee.axpy(
        g.row(element, Int(saved[record.entryCells][i])), saved[record.readWeights][i], d, plan.w)
    }
  }

  func entries(_ head: Int, _ saved: Block) -> Range<Int> {
    let first = head * plan.headReads
    return first..<first + Int(saved[record.entryCounts][head])
  }

  /// The reads before an access: those of the access before, or of the start.
  func lastReadCount(_ access: Int, _ head: Int, _ element: Int) -> Int {
    access == 0
      ? startReads[element].counts[head]
      : Int(saved(access - 1, element)[record.entryCounts][head])
  }

  func lastReadCell(_ access: Int, _ entry: Int, _ element: Int) -> Int32 {
    access == 0
      ? startReads[element].cells[entry] : saved(access - 1, element)[record.entryCells][entry]
  }
}
