import Foundation
import NeuralMemory
import Testing

#if os(Linux) && arch(x86_64)
  /// The golden vectors on every instruction set that this processor has: which one is used is settled before `main`, so each gets a process of its own,
  /// of this very program.
  @Suite struct InstructionSetTests {
    @Test(arguments: ["baseline", "avx2", ""])
    func goldenVectors(level: String) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = [
        "--testing-library", "swift-testing", "--filter",
        "GoldenTests/|DispatchTests/activeTableIsTheBestThatTheEnvironmentAllows",
      ]
      var environment = ProcessInfo.processInfo.environment
      environment["DNC_SIMD"] = level.isEmpty ? nil : level
      process.environment = environment
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(
        decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text.suffix(2000))")
      // all suites ran: dense and sparse vectors, and the check that the level is the one asked for
      for suite in ["GoldenTests", "SparseGoldenTests", "DispatchTests"] {
        #expect(text.contains("Suite \(suite) passed"), "\(suite)\n\(text.suffix(2000))")
      }
    }
  }
#endif
