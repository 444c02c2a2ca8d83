import TensorCore
import Testing
import VectorKernels

@testable import NeuralMemory

/// The search for the nearest cells against a sort of all scores.
@Suite struct NearestCellsTests {
  private struct Found: Equatable {
    var cells: [Int] = []
    var cosines: [Float] = []
  }

  private func find(
    _ item: ElementMemory, _ plan: SparsePlan, queries: [[Float]], beta: Float = 1
  ) -> [Found] {
    let kernels = vk_active()
    let search = NearestCells(plan)
    defer { search.release() }
    let scaled = AlignedBuffer(count: plan.r * plan.wp)
    let keys = (0..<plan.r).map { head in
      queries[head].withUnsafeBufferPointer {
        ScaledKey(
          $0.baseAddress!, count: plan.w, into: scaled.base + head * plan.wp,
          epsilon: SparsePlan.epsilon, kernels)
      }
    }
    search.find(
      in: item, queries: scaled.base,
      lookup: {
        vk_lookup(
          beta: beta, key_norm: keys[$0].norm, key_epsilon: SparsePlan.epsilon * keys[$0].scale)
      }, kernels)
    return (0..<plan.r).map { head in
      let range = head * plan.k..<head * plan.k + search.counts[head]
      return Found(
        cells: range.map { Int(search.cells[$0]) }, cosines: range.map { search.cosines[$0] })
    }
  }

  private func plan(cells: Int, size: Int, heads: Int, k: Int) -> SparsePlan {
    var c = NetworkConfiguration(inputSize: 1, hiddenSize: 1, memoryType: .sam)
    (c.nrCells, c.cellSize, c.readHeads, c.sparseReads) = (cells, size, heads, k)
    return SparsePlan(c[SparseMemory.self])
  }

  /// A memory whose cells are drawn from a few: identical ones stand anywhere.
  private func memory(
    _ plan: SparsePlan, touched: Int, kinds: Int, _ random: inout RandomNumbers
  ) -> (item: ElementMemory, kinds: [Int]) {
    let item = ElementMemory(plan)
    if touched > 0 { item.touch(touched - 1) }
    let contents = (0..<kinds).map { kind in
      (0..<plan.w).map { _ in kind == 0 ? 0 : random.normal() }
    }
    let which = (0..<touched).map { _ in random.integer(in: 0...kinds - 1) }
    let kernels = vk_active()
    for cell in 0..<touched {
      for j in 0..<plan.w { item.row(cell)[j] = contents[which[cell]][j] }
      kernels.pointee.memory_norms_of_row(
        item.norms.base + cell, item.scales.base + cell, item.row(cell), SparsePlan.epsilon,
        plan.wp)
    }
    return (item, which)
  }

  @Test(arguments: [1, 2, 3, 7, 15, 16, 17, 20, 31, 33, 64], [1, 2, 3, 4, 5, 8])
  func theKBestOfAllScores(size: Int, heads: Int) {
    var random = RandomNumbers(seed: UInt64(size * 100 + heads))
    for (touched, kinds) in [(0, 1), (1, 2), (5, 3), (40, 7), (255, 9), (257, 300), (700, 11)] {
      for k in [1, 4, 9] {
        let cells = random.pick([touched, touched + 3, touched + 300])
        let plan = plan(cells: max(cells, 1), size: size, heads: heads, k: k)
        let (item, which) = memory(plan, touched: touched, kinds: kinds, &random)
        let queries = (0..<heads).map { _ in (0..<size).map { _ in random.normal() } }
        let all = find(
          item, self.plan(cells: plan.n, size: size, heads: heads, k: plan.n),
          queries: queries)
        for (head, found) in find(item, plan, queries: queries).enumerated() {
          var scores: [Int: Float] = [:]
          for (cell, score) in zip(all[head].cells, all[head].cosines) { scores[cell] = score }
          #expect(scores.count == plan.n)
          var ofKind: [Int: UInt32] = [:]
          guard scores.count == plan.n else { return }
          for cell in 0..<touched {
            let bits = scores[cell]!.bitPattern
            #expect(
              ofKind[which[cell], default: bits] == bits,
              "cell \(cell) of \(touched), size \(size), \(heads) heads")
            ofKind[which[cell]] = bits
            let row = (0..<size).map { Double(item.row(cell)[$0]) }
            let query = queries[head].map(Double.init)
            let cosine =
              dot(row, query)
              / ((dot(row, row) + 1e-6).squareRoot() * (dot(query, query) + 1e-6).squareRoot()
                + 1e-6)
            #expect(abs(cosine - Double(scores[cell]!)) <= 2e-6)
          }
          let sorted = scores.keys.sorted { (-scores[$0]!, $0) < (-scores[$1]!, $1) }
          #expect(found.cells == Array(sorted.prefix(plan.k)))
          #expect(found.cosines == found.cells.map { scores[$0]! })
        }
      }
    }
  }

  /// Cells that were never touched score zero, above every negative score, and the lowest of them
  /// are found.
  @Test func freshCells() {
    var random = RandomNumbers(seed: 9)
    let plan = plan(cells: 1 << 30, size: 5, heads: 1, k: 4)
    let (item, _) = memory(plan, touched: 3, kinds: 1, &random)
    let query: [Float] = [1, 2, 3, 4, 5]
    for (cell, sign) in [(0, -1), (2, 1)] as [(Int, Float)] {
      for j in 0..<5 { item.row(cell)[j] = sign * query[j] }
      vk_active().pointee.memory_norms_of_row(
        item.norms.base + cell, item.scales.base + cell, item.row(cell), SparsePlan.epsilon,
        plan.wp)
    }
    #expect(find(item, plan, queries: [query])[0].cells == [2, 1, 3, 4])
    #expect(find(item, plan, queries: [query.map { -$0 }])[0].cells == [0, 1, 3, 4])
    #expect(find(item, plan, queries: [[0, 0, 0, 0, 0]])[0].cells == [0, 1, 2, 3])
  }

  /// Fresh cells that are read alike are written alike, and stay tied: the lower ones win, step
  /// after step.
  @Test(arguments: [1, 3, 7, 16, 18], [2, 3, 5, 8])
  func tiedCellsAreReadAlike(size: Int, k: Int) {
    let model = SAM(
      inputSize: 2, hiddenSize: 6, nrCells: 200, readHeads: 3, sparseReads: k, cellSize: size,
      seed: UInt64(size))
    var random = RandomNumbers(seed: 12)
    var state = model.initialState(batch: 1)
    for step in 0..<12 {
      _ = model.step(random.tensor([1, 2]), state: &state)
      let item = state.memories[0].elements[0]
      for head in 0..<3 {
        let read = state.memories[0].readWeights(of: 0, head: head)
        for (a, b) in zip(read, read.dropFirst()) {
          let same = (0..<size).allSatisfy { item.row(a.cell)[$0] == item.row(b.cell)[$0] }
          #expect(!same || a.weight == b.weight, "step \(step), cells \(a.cell), \(b.cell)")
        }
      }
    }
  }
}
