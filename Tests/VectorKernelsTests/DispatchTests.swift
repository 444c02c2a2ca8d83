import Foundation
import Testing
import VectorKernels

@Suite struct DispatchTests {
  @Test func levelsAreContiguousAndTheBaselineIsAlwaysThere() {
    #expect(levels == Array(0..<levels.count))
    #expect(levels.contains(0))
    #expect(vk_table_for_level(-1) == nil)
    #expect(vk_table_for_level(3) == nil)
  }

  @Test(arguments: levels)
  func aTableKnowsItsLevel(level: Int) {
    #expect(kernels(level).level == Int32(level))
  }

  @Test func levelsHaveNames() {
    #if arch(x86_64)
      let names = ["SSE2", "AVX2", "AVX-512"]
    #elseif arch(arm64)
      let names = ["NEON", "NEON", "NEON"]
    #else
      let names = ["baseline", "baseline", "baseline"]
    #endif
    #expect((0..<3).map { String(cString: vk_level_name(Int32($0))) } == names)
  }

  @Test func unknownLevelsAreKept() {
    let setting = ProcessInfo.processInfo.environment["DNC_SIMD"] ?? ""
    let isKnown = ["", "baseline", "avx2", "avx512"].contains(setting)
    let unknown = vk_unknown_setting().map { String(cString: $0) }
    #expect(unknown == (isKnown ? nil : String(setting.prefix(31))))
  }

  /// DNC_SIMD is read once, before `main`; run the tests with DNC_SIMD=baseline or avx2 to see it
  /// lower the level.
  @Test func activeTableIsTheBestThatTheEnvironmentAllows() {
    let ceiling =
      switch ProcessInfo.processInfo.environment["DNC_SIMD"] {
      case "baseline": 0
      case "avx2": 1
      default: 2
      }
    #expect(vk_active().pointee.level == Int32(min(ceiling, levels.max()!)))
  }
}
