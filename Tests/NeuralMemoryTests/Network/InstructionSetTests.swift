import Foundation
import NeuralMemory
import Testing

#if os(Linux) && arch(x86_64)
  /// The golden vectors on every instruction set that this processor has: which one is used is
  /// settled before `main`, so each gets a process of its own, of this very program.
  @Suite struct InstructionSetTests {
    @Test(arguments: ["baseline", "avx2", ""])
    func goldenVectors(level: String) throws {
      let (status, text) = try run(
        "GoldenTests/|DispatchTests/activeTableIsTheBestThatTheEnvironmentAllows",
        level: level.isEmpty ? nil : level)
      #expect(status == 0, "\(text.suffix(2000))")
      // all suites ran: dense and sparse vectors, and the check that the level is the one asked for
      for suite in ["GoldenTests", "SparseGoldenTests", "DispatchTests"] {
        #expect(text.contains("Suite \(suite) passed"), "\(suite)\n\(text.suffix(2000))")
      }
      #expect(!text.contains("DNC_SIMD must be"))
    }

    @Test func anUnknownLevelIsReportedAndIgnored() throws {
      let filter = "DispatchTests/|ControllerNetworkTests/agreesWithTheReference"
      let (status, text) = try run(filter, level: "sse9")
      #expect(status == 0, "\(text.suffix(2000))")
      let warning = "DNC_SIMD must be baseline, avx2 or avx512, not 'sse9': using "
      #expect(text.components(separatedBy: warning).count == 2, "\(text.suffix(2000))")
      #expect(try run(filter, level: "").text.contains("DNC_SIMD must be") == false)
    }

    /// Runs the tests that `filter` names in a process of their own.
    private func run(_ filter: String, level: String?) throws -> (status: Int32, text: String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = [
        "--testing-library", "swift-testing", "--filter", filter,
      ]
      var environment = ProcessInfo.processInfo.environment
      environment["DNC_SIMD"] = level
      process.environment = environment
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(
        decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, text)
    }
  }
#endif
