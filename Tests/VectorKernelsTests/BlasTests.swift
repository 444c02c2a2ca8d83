import TensorCore
import Testing
import VectorKernels

@Suite struct BlasTests {
  /// By the library of this build, and as in a build without one.
  private let products = [("by the library", vk_product_tn), ("without", vk_product_tn_plain)]

  @Test(arguments: 0..<20)
  func product(seed: Int) {
    var random = RandomNumbers(seed: UInt64(seed), stream: 10)
    let (m, n) = (random.integer(in: 1...40), random.integer(in: 1...70))
    // our own kernel works in blocks of 256 rows
    let k = seed == 0 ? 0 : seed == 1 ? 256 : random.integer(in: 1...600)
    let (lda, ldb, ldc) = (m + seed % 3, n + seed % 4, n + seed % 5)
    let a = random.normals(max(k, 1) * lda)
    let b = random.normals(max(k, 1) * ldb)
    for accumulate in [false, true] {
      let start = random.normals(m * ldc)
      var expected = start.doubles
      for i in 0..<m {
        for j in 0..<n {
          var sum = accumulate ? expected[i * ldc + j] : 0
          for l in 0..<k { sum += Double(a[l * lda + i]) * Double(b[l * ldb + j]) }
          expected[i * ldc + j] = sum
        }
      }
      for (name, product) in products {
        var c = Canvas(start)
        product(m, n, k, a, lda, b, ldb, &c.floats, ldc, accumulate)
        expectClose(c.values(), expected, "a^T b \(name), \(m) x \(n) x \(k)")
      }
    }
  }

  @Test func theResultIsOverwrittenWhateverStoodThere() {
    for (name, product) in products {
      var c: [Float] = [.nan, .infinity]
      product(1, 2, 1, [2], 1, [3, 4], 2, &c, 2, false)
      #expect(c == [6, 8], "\(name)")
      c = [.nan, .infinity]
      product(1, 2, 0, [2], 1, [3, 4], 2, &c, 2, false)
      #expect(c == [0, 0], "\(name)")
    }
  }

  @Test func nothingHappensToAnEmptyResult() {
    for (name, product) in products {
      var c = Canvas([7])
      product(0, 1, 1, [2], 1, [3], 1, &c.floats, 1, false)
      product(1, 0, 1, [2], 1, [3], 1, &c.floats, 1, false)
      #expect(c.values() == [7], "\(name)")
    }
  }

  @Test func theLibraryHasAName() {
    vk_blas_single_thread()
    let name = String(cString: vk_blas_name())
    #expect(["OpenBLAS ", "Accelerate", "none"].contains { name.hasPrefix($0) })
    #expect(String(cString: vk_blas_name()) == name)
  }
}
