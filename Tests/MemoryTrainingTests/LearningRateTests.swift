import Foundation
import MemoryTraining
import Testing

struct LearningRateTests {
  @Test func isConstantByDefault() {
    let rate = LearningRate(0.25)
    #expect([0, 1, 1_000_000].map(rate.value) == [0.25, 0.25, 0.25])
  }

  @Test func warmsUpInEqualSteps() {
    let rate = LearningRate(0.5, warmup: 4)
    #expect((0..<6).map(rate.value) == [0.125, 0.25, 0.375, 0.5, 0.5, 0.5])
  }

  @Test(arguments: [
    (LearningRate.Decay(.linear, iterations: 4, factor: 0.5), [1, 0.875, 0.75, 0.625, 0.5, 0.5]),
    (LearningRate.Decay(.step, iterations: 2, factor: 0.5), [1, 1, 0.5, 0.5, 0.25, 0.25]),
    (LearningRate.Decay(.exponential, iterations: 2, factor: 0.25), [1, 0.5, 0.25, 0.125]),
    (LearningRate.Decay(.cosine, iterations: 4, factor: 0), [1, 0.853553, 0.5, 0.146447, 0, 0]),
    (LearningRate.Decay(.cosine, iterations: 4, factor: 0.5), [1, 0.926777, 0.75]),
    (LearningRate.Decay.none, [1, 1, 1]),
  ])
  func decays(_ decay: LearningRate.Decay, _ expected: [Double]) {
    let rate = LearningRate(2, warmup: 3, decay: decay)
    for (time, share) in expected.enumerated() {
      #expect(abs(rate.value(at: 3 + time) - 2 * share) < 1e-6, "\(time)")
    }
  }

  /// A constant rate is a number, as in files of earlier versions.
  @Test func staysReadable() throws {
    let plain = try JSONEncoder().encode([LearningRate(0.5)])
    #expect(String(decoding: plain, as: UTF8.self) == "[0.5]")
    for rate in [
      LearningRate(0.5), LearningRate(0.1, warmup: 7),
      LearningRate(0.1, decay: .init(.cosine, iterations: 9, factor: 0.125)),
    ] {
      let data = try JSONEncoder().encode([rate])
      #expect(try JSONDecoder().decode([LearningRate].self, from: data) == [rate])
    }
    let short = Data(#"[{"base": 0.5}]"#.utf8)
    #expect(try JSONDecoder().decode([LearningRate].self, from: short) == [LearningRate(0.5)])
  }

  @Test func theTrainerFollowsIt() throws {
    var configuration = smallConfiguration()
    configuration.learningRate = LearningRate(
      0.5, warmup: 2, decay: .init(.step, iterations: 1, factor: 0.5))
    var trainer = try smallTrainer(configuration)
    let rates = try (0..<5).map { _ in
      _ = try trainer.step()
      return trainer.optimizer.learningRate
    }
    #expect(rates == [0.25, 0.5, 0.5, 0.25, 0.125])
  }
}
