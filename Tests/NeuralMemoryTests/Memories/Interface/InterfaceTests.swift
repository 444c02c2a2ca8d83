import Foundation
import Testing
import VectorKernels

@testable import NeuralMemory

@Suite struct InterfaceTests {
  private static let fields = [
    "read_keys", "read_strengths", "write_key", "write_strength", "erase_vector", "write_vector",
    "free_gates", "allocation_gate", "write_gate", "read_modes",
  ].map { $0 + "_transform" }

  private func layout(heads: Int, cellSize: Int, dialect: Dialect) -> InterfaceLayout {
    var c = DenseMemory.Configuration()
    (c.readHeads, c.cellSize, c.dialect) = (heads, cellSize, dialect)
    return DensePlan(c, accessesPerStep: 1).interface
  }

  @Test(arguments: Dialect.allCases, [1, 2, 5])
  func fieldsHaveTheirPlaces(dialect: Dialect, heads: Int) {
    let w = 7
    let layout = layout(heads: heads, cellSize: w, dialect: dialect)
    #expect(layout.fields.map(\.name) == Self.fields)
    let sizes = [heads * w, heads, w, 1, w, w, heads, 1, 1, 3 * heads]
    #expect(layout.fields.map(\.size) == sizes)
    #expect(layout.size == sizes.reduce(0, +))
    #expect(layout.rows == sizes.indices.map { sizes[..<$0].reduce(0, +) })
    // no two fields share a place, and all are within the vector
    var taken = Set<Int>()
    for (offset, size) in zip(layout.offsets, sizes) {
      for i in offset..<offset + size { #expect(i < layout.width && taken.insert(i).inserted) }
    }
    #expect(layout.width % 16 == 0)
  }

  /// Every squashing and its derivative, over the whole range that raw values may have.
  @Test(arguments: Dialect.allCases)
  func squashing(dialect: Dialect) {
    let layout = layout(heads: 2, cellSize: 5, dialect: dialect)
    let kernels = vk_active()
    func run(_ raw: [Float]) -> (y: [Float], slopes: [Float]) {
      var y = [Float](repeating: 0, count: layout.width)
      var slopes = [Float](repeating: 0, count: max(layout.slopes, 1))
      layout.squash(raw, into: &y, slopes: &slopes, kernels)
      return (y, slopes)
    }
    func expected(_ field: InterfaceField, _ x: [Double]) -> [Double] {
      switch field.squashing {
      case .none: return x
      case .tanh: return x.map(tanh)
      case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
      case .softplus: return x.map { max($0, 0) + log1p(exp(-abs($0))) }
      case .oneplus: return x.map { 1 + max($0, 0) + log1p(exp(-abs($0))) }
      case .softmaxOfThree:
        return stride(from: 0, to: x.count, by: 3).flatMap { i -> [Double] in
          let top = x[i..<i + 3].max()!
          let powers = x[i..<i + 3].map { exp($0 - top) }
          return powers.map { $0 / powers.reduce(0, +) }
        }
      }
    }
    for magnitude in [0, 1e-3, 1, 10, 100, 1e10, 3e38] as [Float] {
      let raw = (0..<layout.width).map { magnitude * Float(sin(Double($0) * 1.7)) }
      let (y, slopes) = run(raw)
      for (field, offset) in zip(layout.fields, layout.offsets) {
        let range = offset..<offset + field.size
        for (i, value) in zip(range, expected(field, raw[range].map(Double.init))) {
          let close = abs(Double(y[i]) - value) <= 1e-6 + 1e-6 * abs(value)
          #expect(close, "\(field.name) of \(raw[i]): \(y[i]) instead of \(value)")
        }
      }
      guard magnitude <= 100 else {
        var d = [Float](repeating: 1, count: layout.width)
        layout.squashBackward(&d, y: y, slopes: slopes, kernels)
        for (offset, field) in zip(layout.offsets, layout.fields) {
          let slopes = d[offset..<offset + field.size]
          #expect(slopes.allSatisfy { $0.isFinite }, "\(field.name)")
        }
        continue
      }
      var d = (0..<layout.width).map { Float(cos(Double($0))) }
      let weights = d
      layout.squashBackward(&d, y: y, slopes: slopes, kernels)
      for (field, offset) in zip(layout.fields, layout.offsets) {
        func loss(_ x: [Double]) -> Double {
          var sum = 0.0
          for (i, value) in expected(field, x).enumerated() {
            sum += value * Double(weights[offset + i])
          }
          return sum
        }
        let x = raw[offset..<offset + field.size].map(Double.init)
        for i in x.indices {
          var (above, below) = (x, x)
          above[i] += 1e-5
          below[i] -= 1e-5
          let slope = (loss(above) - loss(below)) / (above[i] - below[i])
          #expect(
            abs(Double(d[offset + i]) - slope) <= 1e-5,
            "\(field.name) at \(x[i]): \(d[offset + i]) instead of \(slope)")
        }
      }
    }
  }
}
