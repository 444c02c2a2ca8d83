import Foundation
import NeuralMemory
import TestSupport
import Testing

/// Networks and states written by the project's first version (commit 401f296) load, compute and
/// are written again as they were there.
///
/// In `Fixtures/EarlierStates`, for each kind of memory: `KIND-model`, a network; `KIND-state`, its
/// state after 7 steps of a batch of 2; `KIND-next`, the input of 5 more steps and the output to
/// it; `KIND-after`, the state then. Computed with AVX2, whose bits AVX-512 has too; elsewhere
/// results may differ by rounding.
@Suite struct EarlierStatesTests {
  static let computesRecordedBits: Bool = {
    #if os(Linux) && arch(x86_64)
      Processor.instructionSet.hasPrefix("AVX")
    #else
      false
    #endif
  }()

  @Test func ofDNC() throws { try check(DNC.self, "dnc") }
  @Test func ofSAM() throws { try check(SAM.self, "sam") }
  @Test func ofSDNC() throws { try check(SDNC.self, "sdnc") }
  @Test func ofControllerNetwork() throws { try check(ControllerNetwork.self, "none") }

  private func check<M: Memory>(_ type: Network<M>.Type, _ kind: String) throws {
    let folder = try #require(Bundle.module.resourceURL)
      .appendingPathComponent("Fixtures/EarlierStates")
    func file(_ part: String) -> URL {
      folder.appendingPathComponent("\(kind)-\(part).safetensors")
    }
    let temporary = try TemporaryFolder()
    let copy = temporary.file("copy")

    let model = try Network<M>(contentsOf: file("model"))
    try model.write(to: copy)
    #expect(try Data(contentsOf: copy) == Data(contentsOf: file("model")))
    let state = try model.state(contentsOf: file("state"))
    try state.write(to: copy)
    #expect(try Data(contentsOf: copy) == Data(contentsOf: file("state")))

    let next = try SafeTensors(contentsOf: file("next"))
    let (input, expected) = try (#require(next["input"]), #require(next["output"]))
    let found = model(input, state: state)
    try found.state.write(to: copy)
    if Self.computesRecordedBits {
      #expect(found.output == expected)
      #expect(try Data(contentsOf: copy) == Data(contentsOf: file("after")))
    } else {
      expectClose(found.output, expected, relative: 1e-4, kind)
      let (after, recorded) = try (
        SafeTensors(contentsOf: copy), SafeTensors(contentsOf: file("after"))
      )
      #expect(after.names == recorded.names && after.metadata == recorded.metadata)
      for name in recorded.names where recorded.dtype(of: name) == .f32 {
        expectClose(
          try #require(after[name]), try #require(recorded[name]), relative: 1e-4, name)
      }
    }
  }
}
