#if FAISS
  import Testing

  @testable import NeuralMemory

  struct FaissRowsTests {
    let dimension = 16
    let lists = 12

    func rows(_ count: Int, seed: UInt64) -> [[Float]] {
      var random = RandomNumbers(seed: seed)
      return (0..<count).map { _ in
        let row = (0..<dimension).map { _ in random.normal() }
        let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return row.map { $0 / norm }
      }
    }

    func index(of rows: [[Float]]) throws -> FaissRows {
      let index = try FaissRows(dimension: dimension, lists: lists)
      try index.train(rows.flatMap { $0 }, count: rows.count)
      try index.add(rows.flatMap { $0 }, count: rows.count)
      return index
    }

    func nearest(_ index: FaissRows, _ query: [Float], k: Int, probes: Int? = nil) throws -> [Int] {
      var numbers = [Int64](repeating: -1, count: k)
      var products = [Float](repeating: 0, count: k)
      try index.nearest(
        query, count: 1, k: k, probes: probes ?? lists, numbers: &numbers, products: &products)
      return numbers.map { Int($0) }
    }

    /// Compared with all products, of the rows that are there.
    func expectNearest(
      _ index: FaissRows, _ rows: [[Float]], without gone: Set<Int> = [], seed: UInt64 = 7
    ) throws {
      for query in self.rows(30, seed: seed) {
        let order = rows.indices.filter { !gone.contains($0) }.map { number in
          (number, zip(rows[number], query).reduce(0) { $0 + $1.0 * $1.1 })
        }.sorted { $0.1 > $1.1 }
        #expect(try nearest(index, query, k: 5) == order.prefix(5).map(\.0))
      }
    }

    @Test func findsWhatBruteForceFinds() throws {
      let rows = rows(400, seed: 1)
      let index = try index(of: rows)
      #expect(index.count == 400)
      try expectNearest(index, rows)
    }

    @Test func followsChangesRemovalsAndReturns() throws {
      var rows = rows(400, seed: 2)
      let index = try index(of: rows)
      let others = self.rows(400, seed: 3)
      let changed = Array(stride(from: 0, to: 400, by: 2))
      for number in changed { rows[number] = others[number] }
      try index.change(changed.map { Int64($0) }, changed.flatMap { others[$0] })
      try expectNearest(index, rows)
      let gone = Set(100..<300)
      try index.remove(gone.map { Int64($0) })
      try index.remove([150])
      try expectNearest(index, rows, without: gone)
      // some of them come back, between others that change
      let back = Array(190..<320)
      for number in back { rows[number] = others[number - 1] }
      try index.change(back.map { Int64($0) }, back.flatMap { rows[$0] })
      try expectNearest(index, rows, without: gone.subtracting(back))
      try index.add(self.rows(5, seed: 4).flatMap { $0 }, count: 5)
      try expectNearest(
        index, rows + self.rows(5, seed: 4), without: gone.subtracting(back))
    }

    @Test func listsHoldEveryRowOnce() throws {
      let rows = rows(400, seed: 1)
      let index = try index(of: rows)
      try index.remove([17, 5])
      var seen: [Int] = []
      for list in 0..<lists {
        index.withList(list) { contents, numbers in
          for (place, number) in numbers.enumerated() {
            seen.append(Int(number))
            let row = UnsafeBufferPointer(start: contents + place * dimension, count: dimension)
            #expect(Array(row) == rows[Int(number)])
          }
        }
      }
      #expect(seen.sorted() == (0..<400).filter { $0 != 17 && $0 != 5 })
      index.withList(lists) { _, _ in Issue.record("a list beyond the last") }
    }

    @Test func copiesAreIndependent() throws {
      var rows = rows(200, seed: 5)
      let index = try index(of: rows)
      let copy = try index.copy()
      let before = rows
      let others = self.rows(200, seed: 6)
      for number in 0..<100 { rows[number] = others[number] }
      try copy.change((0..<100).map { Int64($0) }, rows[..<100].flatMap { $0 })
      try copy.remove([150])
      try expectNearest(index, before)
      try expectNearest(copy, rows, without: [150])
    }

    @Test func failuresSayWhat() throws {
      func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "no failure"
      }
      let index = try index(of: rows(50, seed: 8))
      let row = rows(1, seed: 9)[0]
      #expect(message { try index.change([50], row) } == "FAISS: there is no row 50 among 50")
      #expect(message { try index.remove([-1]) } == "FAISS: there is no row -1 among 50")
      #expect(
        message { try index.train(row, count: 1) } == "FAISS: an index with rows cannot be trained")
      let empty = try FaissRows(dimension: dimension, lists: lists)
      #expect(message { _ = try nearest(empty, row, k: 1) }.contains("must be trained"))
      #expect(message { try empty.add(row, count: 1) }.contains("is_trained"))
      #expect(message { try empty.train(row, count: 1) }.contains("training points"))
      #expect(message { _ = try FaissRows(dimension: 0, lists: 1) }.contains("dimension"))
    }
  }
#endif
