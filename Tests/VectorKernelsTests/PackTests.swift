import TensorCore
import Testing
import VectorKernels

@Suite struct PackTests {
  /// Element (k, n) of a packed matrix.
  private func element(_ panels: [Float], _ rows: Int, _ k: Int, _ n: Int) -> Float {
    let panel = Int(VK_PANEL)
    return panels[n / panel * rows * panel + k * panel + n % panel]
  }

  @Test(arguments: 0..<12)
  func weightsGoToTheirPlaces(seed: Int) {
    var random = RandomNumbers(seed: UInt64(seed), stream: 11)
    let (outputs, inputs) = (random.integer(in: 1...90), random.integer(in: 1...90))
    let (k0, n0) = (random.integer(in: 0...7), random.integer(in: 0...70))
    let ld = inputs + random.integer(in: 0...3)
    let weights = random.normals(outputs * ld)
    for transposed in [false, true] {
      let (rows, columns) = transposed ? (inputs, outputs) : (outputs, inputs)
      let panelRows = k0 + rows + 2
      let panels = (n0 + columns + Int(VK_PANEL) - 1) / Int(VK_PANEL)
      let count = panels * panelRows * Int(VK_PANEL)
      var packed = Canvas([Float](repeating: 0, count: count))
      (transposed ? vk_pack_transposed : vk_pack)(
        &packed.floats, panelRows, k0, n0, weights, ld, outputs, inputs)
      let values = packed.values()
      var wrong = 0
      for k in 0..<panelRows {
        for n in 0..<panels * Int(VK_PANEL) {
          let (row, column) = (k - k0, n - n0)
          let inside = (0..<rows).contains(row) && (0..<columns).contains(column)
          let place = transposed ? column * ld + row : row * ld + column
          if element(values, panelRows, k, n) != (inside ? weights[place] : 0) { wrong += 1 }
        }
      }
      #expect(wrong == 0, "transposed: \(transposed)")
    }
  }
}
