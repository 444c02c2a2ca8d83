import Foundation
import Testing

#if arch(x86_64)
  /// What the library reports reaches the standard error, once, and nothing else does.
  @Suite struct LibraryMessageTests {
    @Test(arguments: ["sse9", "baseline"])
    func unknownInstructionSetsAreReported(level: String) throws {
      let runner = try CommandRunner()
      let result = try runner.run(
        "train copy --run-folder a --iterations 2 --batch-size 2 -nhid 4 --workers 1",
        environment: ["DNC_SIMD": level])
      #expect(result.code == 0, "\(result.errors)")
      let lines = result.errors.split(separator: "\n")
      guard level == "sse9" else {
        #expect(lines.isEmpty, "\(result.errors)")
        return
      }
      let message = "Warning: DNC_SIMD must be baseline, avx2 or avx512, not 'sse9': using "
      #expect(lines.count == 1 && lines[0].hasPrefix(message), "\(result.errors)")
    }
  }
#endif
