import Foundation
import NeuralMemory
import TestSupport
import Testing

@Suite struct GoldenFileTests {
  @Test func goldenVectorsLoad() throws {
    let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
    let fixtures = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "safetensors" }
    #expect(fixtures.count >= 15)
    for url in fixtures {
      let golden = try GoldenFile(url)
      let model = try #require(golden.text("model").flatMap { MemoryType(rawValue: $0) })
      #expect(url.lastPathComponent.contains(model.rawValue))
      let batchAndTime = golden.input.shape.prefix(2)
      #expect(golden.output.shape.prefix(2) == batchAndTime)
      #expect(golden.cotangent.shape == golden.output.shape)
      #expect(golden.inputGradient.shape == golden.input.shape)
      #expect(!golden.parameters.isEmpty)
      #expect(golden.parameters.mapValues(\.shape) == golden.gradients.mapValues(\.shape))
      #expect(golden.parameters.values.allSatisfy { $0.allFinite })
    }
  }
}
