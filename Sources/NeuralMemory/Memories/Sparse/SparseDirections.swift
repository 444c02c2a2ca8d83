import VectorKernels

// The directions along the temporal links, forward and backward: docs/equations/sdnc.md, steps 5
// and 6.
extension SparseMemoryShard {
  /// forward_h or backward_h: the rows of the last reads' cells, weighted; the K_L largest, which
  /// are left in `directionList`.
  func direction(
    _ head: Int, _ memory: ElementMemory, _ rows: LinkRows, _ direction: SparseRecord.Direction,
    _ saved: Block
  ) {
    let (links, targets) = (saved[direction.links], saved[direction.targets])
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
    saved[direction.counts][head] = Int32(directionList.count)
    let values = saved[direction.weights] + head * plan.kl
    for (i, found) in directionList.enumerated() { values[i] = found.weight }
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

  /// Through the modes and along the links to the last reads.
  func backwardDirections(
    _ access: Int, _ head: Int, _ element: Int, _ x: Block, _ saved: Block, _ draw: Block
  ) {
    let g = gradients!
    let first = head * plan.headReads
    let modes = x[plan.fields.modes] + 3 * head
    let dmodes = draw[plan.fields.modes] + 3 * head
    func back(
      _ mode: Int, _ direction: SparseRecord.Direction, _ d: UnsafeMutablePointer<Float>
    ) {
      for i in 0..<Int(saved[direction.counts][head]) {
        let at = head * plan.kl + i
        let gradient = g.reads(element)[first + Int(saved[direction.entries][at])]
        dmodes[mode] += gradient * saved[direction.weights][at]
        d[i] = modes[mode] * gradient
      }
      for entry in first..<first + lastReadCount(access, head, element) {
        for i in 0..<plan.kl {
          let at = entry * plan.kl + i
          let target = Int(saved[direction.targets][at])
          if target >= 0 { g.earlier.base[entry] += saved[direction.links][at] * d[target] }
        }
      }
    }
    back(0, record.backward, g.backward.base)
    back(1, record.forward, g.forward.base)
  }
}
