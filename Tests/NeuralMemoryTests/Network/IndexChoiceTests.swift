import Foundation
import NeuralMemory
import Testing

struct IndexChoiceTests {
  func configuration(_ type: MemoryType = .sam, _ index: MemoryIndex = .faiss)
    -> NetworkConfiguration
  {
    var c = NetworkConfiguration(inputSize: 3, hiddenSize: 4, memoryType: type)
    c.index = index
    return c
  }

  @Test func exactIsTheDefaultAndNotWritten() throws {
    let c = NetworkConfiguration(inputSize: 3, hiddenSize: 4, memoryType: .sam)
    #expect(c.index == .exact)
    #expect(!c.json.contains("index"))
  }

  @Test func anotherIndexIsWrittenAndRead() throws {
    var c = configuration()
    c.indexThreshold = 777
    #expect(c.json.contains("\"index\":\"faiss\""))
    #expect(c.json.contains("\"index_threshold\":777"))
    #expect(try JSONDecoder().decode(NetworkConfiguration.self, from: Data(c.json.utf8)) == c)
  }

  @Test func denseMemoriesHaveNone() {
    let json = #"{"model": "dnc", "input_size": 3, "hidden_size": 4, "index": "faiss"}"#
    #expect(throws: ConfigurationError.self) {
      try JSONDecoder().decode(NetworkConfiguration.self, from: Data(json.utf8))
    }
  }

  #if FAISS
    @Test func theThresholdIsChecked() throws {
      var c = configuration()
      try c.validate()
      c.indexThreshold = 3
      let error = #expect(throws: ConfigurationError.self) { try c.validate() }
      #expect(error?.argument == "index_threshold")
    }
  #else
    @Test(arguments: [MemoryType.sam, .sdnc])
    func withoutTheTraitTheErrorSaysHowToGetIt(type: MemoryType) {
      let error = #expect(throws: ConfigurationError.self) { try configuration(type).validate() }
      #expect(error?.argument == "index")
      #expect(error?.description.contains("libfaiss-dev") == true)
      #expect(error?.description.contains("--traits default,FAISS") == true)
    }
  #endif
}
