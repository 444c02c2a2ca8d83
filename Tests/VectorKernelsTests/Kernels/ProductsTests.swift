import TensorCore
import Testing
import VectorKernels

@Suite struct ProductsTests {
  /// c + a b, with b in rows.
  private func product(
    _ m: Int, _ n: Int, _ k: Int, _ a: (Int, Int) -> Float, _ b: [Float], _ ldb: Int,
    onto c: [Float]?
  ) -> [Double] {
    var result = c?.doubles ?? [Double](repeating: 0, count: m * n)
    for i in 0..<m {
      for l in 0..<k {
        let x = Double(a(i, l))
        for j in 0..<n { result[i * n + j] += x * Double(b[l * ldb + j]) }
      }
    }
    return result
  }

  @Test(arguments: levels, 0..<24)
  func gemm(level: Int, seed: Int) {
    let kernels = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 20)
    let m = random.integer(in: 1...35)
    let n = seed == 1 ? 320 : lanes * random.integer(in: 1...12)
    let k = seed == 0 ? 0 : random.integer(in: 1...90)
    let (lda, ldb) = (k + seed % 3 + 1, n + seed % 2 * lanes)
    let a = random.normals(m * lda)
    let transposed = (0..<lda * m).map { a[$0 % m * lda + $0 / m] }
    let b = random.normals(max(k, 1) * ldb)
    let start = random.normals(m * n)
    for accumulate in [false, true] {
      let expected = product(m, n, k, { a[$0 * lda + $1] }, b, ldb, onto: accumulate ? start : nil)
      var c = Canvas(accumulate ? start : [Float](repeating: .nan, count: m * n))
      kernels.gemm(m, n, k, a, lda, 1, b, ldb, &c.floats, n, accumulate)
      let values = c.values()
      expectClose(values, expected, "gemm \(m) x \(n) x \(k)")
      var other = Canvas(accumulate ? start : [Float](repeating: .nan, count: m * n))
      kernels.gemm(m, n, k, transposed, 1, m, b, ldb, &other.floats, n, accumulate)
      #expect(other.values().bits == values.bits, "a by columns")
    }
  }

  /// Rows alone, rows elsewhere, strips of columns, the inner index in two parts: always the same
  /// bits.
  @Test(arguments: levels, 0..<24)
  func gemmGivesAnElementTheSameBitsHoweverItIsBlocked(level: Int, seed: Int) {
    let kernels = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 21)
    let (m, n, k) = (35, lanes * random.integer(in: 2...8), random.integer(in: 2...80))
    let a = random.normals(m * k)
    let b = random.normals(k * n)
    func gemm(rows: Range<Int>, columns: Range<Int>, inner: [Range<Int>]) -> [Float] {
      var c = [Float](repeating: .nan, count: rows.count * columns.count)
      for (number, part) in inner.enumerated() {
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            kernels.gemm(
              rows.count, columns.count, part.count,
              a.baseAddress! + rows.lowerBound * k + part.lowerBound, k, 1,
              b.baseAddress! + part.lowerBound * n + columns.lowerBound, n, &c, columns.count,
              number > 0)
          }
        }
      }
      return c
    }
    let whole = gemm(rows: 0..<m, columns: 0..<n, inner: [0..<k])
    let half = lanes * random.integer(in: 1...n / lanes - 1)
    let cut = random.integer(in: 1...k - 1)
    for count in 1...m {
      let first = random.integer(in: 0...m - count)
      let rows = first..<first + count
      let part = gemm(rows: rows, columns: 0..<n, inner: [0..<cut, cut..<k])
      #expect(part.bits == Array(whole[first * n..<(first + count) * n]).bits, "rows \(rows)")
      for columns in [0..<half, half..<n] {
        let strip = gemm(rows: rows, columns: columns, inner: [0..<k])
        let expected = rows.flatMap { row in columns.map { whole[row * n + $0] } }
        #expect(strip.bits == expected.bits, "rows \(rows), columns \(columns)")
      }
    }
  }

  @Test(arguments: levels, 0..<24)
  func gemmPanels(level: Int, seed: Int) {
    let kernels = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 22)
    let (outputs, inputs) = (random.integer(in: 1...100), random.integer(in: 1...70))
    let m = random.integer(in: 1...35)
    let weights = random.normals(outputs * inputs)
    let panel = Int(VK_PANEL)
    for transposed in [true, false] {
      let (rows, columns) = transposed ? (inputs, outputs) : (outputs, inputs)
      let (n, panelRows) = (padded(columns), padded(rows))
      var panels = [Float](
        repeating: 0, count: (columns + panel - 1) / panel * panel * panelRows)
      (transposed ? vk_pack_transposed : vk_pack)(
        &panels, panelRows, 0, 0, weights, inputs, outputs, inputs)
      var b = [Float](repeating: 0, count: panelRows * n)
      for row in 0..<rows {
        for column in 0..<columns {
          b[row * n + column] =
            transposed ? weights[column * inputs + row] : weights[row * inputs + column]
        }
      }
      let first = random.integer(in: 0...rows - 1)
      let k = random.integer(in: 0...panelRows - first)
      let lda = k + 3
      let a = random.normals(m * lda)
      let start = random.normals(m * n)
      for accumulate in [false, true] {
        var c = Canvas(accumulate ? start : [Float](repeating: .nan, count: m * n))
        kernels.gemm_panels(
          m, n, k, a, lda, panels, panelRows, first, &c.floats, n, accumulate)
        let used = Array(b[(first * n)...]) + [0]
        expectClose(
          c.values(),
          product(m, n, k, { a[$0 * lda + $1] }, used, n, onto: accumulate ? start : nil),
          "rows \(first)..<\(first + k) of \(rows) x \(columns)")
        var plain = start
        kernels.gemm(m, n, k, a, lda, 1, used, n, &plain, n, accumulate)
        #expect(c.values().bits == plain.bits, "the bits of gemm")
      }
    }
  }

  @Test(arguments: levels, 0..<24)
  func dots(level: Int, seed: Int) {
    let kernels = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 23)
    let (rowsA, rowsB) = (random.integer(in: 1...19), random.integer(in: 1...35))
    let np = seed == 0 ? 16 : lanes * random.integer(in: 1...20)
    let (lda, ldb, ldc) = (np + seed % 2 * lanes, np + seed % 3 * lanes, rowsB + seed % 4)
    let a = random.normals(rowsA * lda)
    let b = random.normals(rowsB * ldb)
    let start = random.normals(rowsA * ldc)
    for accumulate in [false, true] {
      var expected = start.doubles
      for i in 0..<rowsA {
        for j in 0..<rowsB {
          var sum = accumulate ? expected[i * ldc + j] : 0
          for x in 0..<np { sum += Double(a[i * lda + x]) * Double(b[j * ldb + x]) }
          expected[i * ldc + j] = sum
        }
      }
      var c = Canvas(start)
      kernels.dots(rowsA, rowsB, np, a, lda, b, ldb, &c.floats, ldc, accumulate)
      let values = c.values()
      expectClose(values, expected, "dots of \(rowsA) and \(rowsB) rows of \(np)")
      // every pair alone
      var different = 0
      for i in 0..<rowsA {
        for j in 0..<rowsB {
          var alone = start[i * ldc + j]
          kernels.dots(
            1, 1, np, Array(a[(i * lda)..<(i * lda + np)]), np,
            Array(b[(j * ldb)..<(j * ldb + np)]), np, &alone, 1, accumulate)
          if alone.bitPattern != values[i * ldc + j].bitPattern { different += 1 }
        }
      }
      #expect(different == 0, "a product has other bits alone")
    }
  }
}
