import Testing

@testable import NeuralMemory

/// The links' own rules, on weights of any kind; their numbers are compared with the dense
/// reference in `SparseReferenceTests`.
@Suite struct TemporalLinksTests {
  private typealias Entry = (cell: Int32, weight: Float)

  /// Few different weights: many ties.
  @Test(arguments: [1, 2, 4, 8])
  func theLargestOfMany(count: Int) {
    var random = RandomNumbers(seed: UInt64(count))
    for _ in 0..<300 {
      let cells = (0..<random.integer(in: 0...20)).map { Int32(3 * $0) }
      let whole: [Entry] = cells.map {
        ($0, random.pick([0, 0.25, 0.5, 1, -0.0, .nan] as [Float]))
      }.shuffled(using: &random)
      var kept = whole
      keepLargest(&kept, count)
      let expected =
        whole.filter { $0.weight > 0 }
        .sorted { ($1.weight, $0.cell) < ($0.weight, $1.cell) }.prefix(count)
        .sorted { $0.cell < $1.cell }
      #expect(kept.elementsEqual(expected, by: ==))

      var part = whole
      cut(&part, count)
      let sum = expected.reduce(0) { $0 + $1.weight }
      #expect(part.map(\.cell) == expected.map(\.cell))
      #expect(part.map(\.weight) == expected.map { sum > 1 ? $0.weight / sum : $0.weight })
    }
  }

  /// Writes of all kinds: nothing, one cell for good, everything equal, not a number.
  @Test(arguments: [1, 2, 5])
  func boundsHold(kl: Int) {
    var random = RandomNumbers(seed: UInt64(10 + kl))
    var links = TemporalLinks(kl)
    defer { links.release() }
    let cells = 12
    var scratch = LinkScratch(writes: cells, kl: kl, cells: cells)
    let lengths = scratch.capacities
    links.grow(to: cells)
    var broken: [String] = []
    func check(_ entries: [Entry], _ name: String) {
      let sum = entries.reduce(0) { $0 + $1.weight }
      if !(sum <= 1 + 1e-5) || entries.count > kl || entries.contains(where: { !($0.weight > 0) })
        || !zip(entries, entries.dropFirst()).allSatisfy({ $0.cell < $1.cell })
      {
        broken.append("\(name): \(entries)")
      }
    }
    for step in 0..<4000 {
      let count = random.integer(in: 1...cells)
      let names = (0..<cells).map { Int32($0) }.shuffled(using: &random).prefix(count)
      var weights = names.map { _ in random.uniform() }
      switch random.integer(in: 0...5) {
      case 0: weights = names.map { _ in 0 }
      case 1: weights = names.map { _ in 1 / Float(count) }
      case 2: weights = names.indices.map { $0 == 0 ? 1 : 0 }
      case 3: weights = names.map { _ in .nan }
      default:
        let sum = weights.reduce(0, +) * random.uniform(in: 1..<3)
        weights = weights.map { $0 / sum }
      }
      let writes: [Entry] = Array(zip(names, weights).map { ($0, $1) })
      writes.withUnsafeBufferPointer { links.update($0, &scratch) }
      check(links.precedence, "precedence in step \(step)")
      for cell in 0..<cells {
        let (before, after) = (links.before.entries(cell), links.after.entries(cell))
        check(before, "row \(cell) of A in step \(step)")
        check(after, "row \(cell) of B in step \(step)")
        if (before + after).contains(where: { $0.cell == cell }) {
          broken.append("diagonal of \(cell) in step \(step)")
        }
      }
    }
    #expect(broken.isEmpty, "\(broken.prefix(3))")
    #expect(scratch.capacities == lengths, "an update allocated")
  }

  /// One cell after the other, each written whole: a chain both ways.
  @Test func aChain() {
    var links = TemporalLinks(2)
    defer { links.release() }
    var scratch = LinkScratch(writes: 8, kl: 2, cells: 5)
    links.grow(to: 5)
    for cell in [3, 0, 4, 1] as [Int32] {
      [(cell: cell, weight: Float(1))].withUnsafeBufferPointer { links.update($0, &scratch) }
    }
    func cells(_ rows: LinkRows, _ row: Int) -> [Int32] { rows.entries(row).map(\.cell) }
    #expect((0..<5).map { cells(links.before, $0) } == [[3], [4], [], [], [0]])
    #expect((0..<5).map { cells(links.after, $0) } == [[4], [], [], [0], [1]])
    #expect(links.precedence.map(\.cell) == [1])
  }

  /// What an update works on grows with the links that can be there, not with a power of K_L
  /// beyond.
  @Test func scratchSpaceIsBounded() {
    let many = LinkScratch(writes: 100, kl: 5000, cells: 5000).capacities
    #expect(zip(many, [100, 5000, 10_000]).allSatisfy { $0 <= 2 * $1 }, "\(many)")
    let few = LinkScratch(writes: 100, kl: 8, cells: 1 << 30).capacities
    #expect(zip(few, [100, 72, 16]).allSatisfy { $0 <= 2 * $1 }, "\(few)")
  }
}

extension LinkScratch {
  fileprivate var capacities: [Int] { [written.capacity, changed.capacity, row.capacity] }
}
