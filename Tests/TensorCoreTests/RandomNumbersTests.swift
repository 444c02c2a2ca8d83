import Foundation
import Testing

@testable import TensorCore

/// The literal numbers come from an independent implementation in Python's unbounded integers.
@Suite struct RandomNumbersTests {
  private func decoded(_ state: String) throws -> RandomNumbers {
    try JSONDecoder().decode(RandomNumbers.self, from: Data("\"\(state)\"".utf8))
  }

  @Test func splitMixAgreesWithItsReference() {
    var words = SplitMix64(state: 1_234_567)
    #expect(
      (0..<5).map { _ in words.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func xoshiroAgreesWithItsReference() throws {
    // From the state 1, 2, 3, 4, as published with several implementations.
    var random = try decoded((1...4).map { "000000000000000\($0)" }.joined())
    #expect(
      (0..<10).map { _ in random.next() } == [
        41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386,
        9_228_616_714_210_784_205, 9_973_669_472_204_895_162, 14_011_001_112_246_962_877,
        12_406_186_145_184_390_807, 15_849_039_046_786_891_736, 10_450_023_813_501_588_000,
      ])
  }

  @Test func seeds() {
    var random = RandomNumbers(seed: 42)
    #expect(
      (0..<4).map { _ in random.next() } == [
        15_021_278_609_987_233_951, 5_881_210_131_331_364_753, 18_149_643_915_985_481_100,
        12_933_668_939_759_105_464,
      ])
    random = RandomNumbers(seed: 7, stream: 3)
    #expect(
      (0..<4).map { _ in random.next() } == [
        7_895_522_426_229_045_526, 15_633_233_279_790_129_000, 15_872_635_101_675_450_897,
        17_640_313_425_912_169_920,
      ])
  }

  @Test func drawsOfEveryKind() {
    func draw<T>(_ count: Int, _ next: (inout RandomNumbers) -> T) -> [T] {
      var random = RandomNumbers(seed: 1)
      return (0..<count).map { _ in next(&random) }
    }
    let uniform = draw(4) { $0.uniform() }
    #expect(
      uniform == [0.8116121292114258, 0.7471047043800354, 0.10015088319778442, 0.7462168335914612])
    let dice = draw(12) { $0.integer(in: 1...6) }
    #expect(dice == [5, 5, 1, 5, 2, 4, 6, 4, 1, 1, 6, 3])
    let large = draw(3) { $0.integer(in: -5...1_000_000_000_000) }
    #expect(large == [811_612_158_881, 747_104_716_157, 100_150_903_529])
    let bits = draw(12) { $0.bit() ? 1 : 0 }
    #expect(bits == [1, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0])
    let normals: [Float] = [
      -0.033237095922231674, -0.01091916486620903, -0.53850919008255, -2.9120566844940186,
    ]
    for (found, expected) in zip(draw(4) { $0.normal() }, normals) {
      #expect(abs(found - expected) <= 1e-6 * abs(expected))
    }
  }

  @Test func integersThatNeedRejection() {
    // 2^63 + 12347 numbers: nearly every second word has to be thrown away.
    var random = RandomNumbers(seed: 9)
    let range = (-(1 << 62) - 12345)...((1 << 62) + 1)
    #expect(
      (0..<8).map { _ in random.integer(in: range) } == [
        913_406_020_042_490_644, -648_067_312_668_818_280, 3_540_043_519_548_048_588,
        -3_376_407_434_866_018_007, 1_612_347_801_904_652_296, -1_393_955_559_651_197_379,
        -2_117_190_939_576_348_068, 3_592_605_247_613_620_038,
      ])
  }

  @Test func integersAreEquallyLikely() {
    var random = RandomNumbers(seed: 10)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.integer(in: -3...3) + 3] += 1 }
    // Standard deviation 93.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
    #expect((0..<9).allSatisfy { _ in random.integer(in: 4...4) == 4 })
    let full = (0..<64).map { _ in random.integer(in: Int.min ... .max) }
    #expect(full.contains { $0 < 0 } && full.contains { $0 > 0 })
    #expect(Set(full).count == 64)
  }

  @Test func uniformNumbersStayInTheirRange() {
    var random = RandomNumbers(seed: 11)
    var sum = 0.0
    for _ in 0..<20_000 {
      let value = random.uniform(in: -2..<6)
      #expect(value >= -2 && value < 6)
      sum += Double(value)
    }
    #expect(abs(sum / 20_000 - 2) < 0.1)
    // So narrow that rounding would reach the upper bound half of the time.
    let narrow = Float(1)..<Float(1).nextUp
    #expect((0..<100).allSatisfy { _ in random.uniform(in: narrow) == 1 })
    let wide = -Float.greatestFiniteMagnitude..<Float.greatestFiniteMagnitude
    #expect((0..<100).allSatisfy { _ in random.uniform(in: wide).isFinite })
  }

  @Test func normalNumbersHaveTheirMoments() {
    var random = RandomNumbers(seed: 12)
    let values = (0..<40_000).map { _ in Double(random.normal()) }
    let mean = values.reduce(0, +) / 40_000
    let variance = values.reduce(0) { $0 + $1 * $1 } / 40_000
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 40_000
    #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.03 && abs(fourth - 3) < 0.25)
    #expect(values.allSatisfy { $0.isFinite })
  }

  @Test func streamsAreUnrelated() {
    var words: Set<UInt64> = []
    var bits = 0
    var before: UInt64 = 0
    for seed in 0..<20 as Range<UInt64> {
      for stream in 0..<20 as Range<UInt64> {
        var random = RandomNumbers(seed: seed, stream: stream)
        for _ in 0..<10 {
          let word = random.next()
          words.insert(word)
          bits += (word ^ before).nonzeroBitCount
          before = word
        }
      }
      var plain = RandomNumbers(seed: seed)
      for _ in 0..<10 { words.insert(plain.next()) }
    }
    #expect(words.count == 20 * 20 * 10 + 20 * 10)
    // Neighbours differ in 32 of 64 bits on average; the standard deviation of the mean is 0.063.
    #expect(abs(Double(bits) / 4000 - 32) < 0.4)
  }

  @Test func encodedStateGoesOnExactly() throws {
    var random = RandomNumbers(seed: 42)
    let text = try JSONEncoder().encode(random)
    #expect(
      String(decoding: text, as: UTF8.self)
        == "\"bdd732262feb6e9528efe333b266f10347526757130f9f52581ce1ff0e4ae394\"")
    for _ in 0..<100 {
      _ = random.normal()
      var copy = try JSONDecoder().decode(
        RandomNumbers.self, from: JSONEncoder().encode(random))
      #expect(copy == random)
      var original = random
      #expect((0..<5).map { _ in copy.next() } == (0..<5).map { _ in original.next() })
    }
  }

  @Test(arguments: [
    "", "0123", String(repeating: "0", count: 64), String(repeating: "g", count: 64),
    "+" + String(repeating: "1", count: 63), String(repeating: "1", count: 63),
    String(repeating: "1", count: 65), String(repeating: "1", count: 80),
    String(repeating: "é", count: 32),
  ])
  func damagedStateIsRefused(state: String) {
    #expect(throws: DecodingError.self) { try decoded(state) }
  }
}
