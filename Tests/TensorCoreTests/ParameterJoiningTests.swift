import TensorCore
import Testing

struct ParameterJoiningTests {
  static let first = ParameterStore([
    "weight": Tensor(rows: [[1, 2], [3, 4]]), "bias": Tensor([5, 6]),
  ])
  static let second = ParameterStore(["weight": Tensor([7, 8, 9])])

  var joined: ParameterStore {
    ParameterStore(joining: ["embedding": Self.first, "dnc.memory": Self.second])
  }

  @Test func tensorsFollowEachOtherUnderTheirPrefixes() {
    #expect(
      joined.layout.entries.map(\.name)
        == ["embedding.weight", "embedding.bias", "dnc.memory.weight"])
    #expect(joined.values == [1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(joined["embedding.weight"] == Tensor(rows: [[1, 2], [3, 4]]))
    #expect(
      ParameterLayout(joining: ["embedding": Self.first.layout, "dnc.memory": Self.second.layout])
        == joined.layout)
  }

  @Test func splitsBackIntoWhatWasJoined() {
    #expect(joined[prefix: "embedding"] == Self.first)
    #expect(joined[prefix: "dnc.memory"] == Self.second)
    #expect(joined.layout.joined(under: "dnc.memory")?.range == 6..<9)
    #expect(joined.layout.joined(under: "embed") == nil)
    #expect(joined.layout.joined(under: "embedding.weight") == nil)
  }

  @Test func joinedStoresJoinAgain() {
    let whole = ParameterStore(joining: ["model": joined, "head": Self.second])
    #expect(whole["model.dnc.memory.weight"] == Tensor([7, 8, 9]))
    #expect(whole[prefix: "model"] == joined)
    #expect(whole[prefix: "model.dnc.memory"] == Self.second)
    #expect(whole[prefix: "model"][prefix: "embedding"] == Self.first)
  }

  @Test func storingChangesNothingElse() {
    var store = joined
    let before = store
    var second = Self.second
    second.values = [-1, -2, -3]
    store[prefix: "dnc.memory"] = second
    #expect(store.values == [1, 2, 3, 4, 5, 6, -1, -2, -3])
    #expect(before == joined)
    // A value of one changed through the other's names.
    store[prefix: "embedding"]["bias"][1] = 60
    #expect(store.values == [1, 2, 3, 4, 5, 60, -1, -2, -3])
  }

  @Test func copiesIntoAStore() {
    var target = ParameterStore(layout: Self.first.layout)
    let address = target.withUnsafeValues { $0.baseAddress }
    joined.copy(prefix: "embedding", to: &target)
    #expect(target == Self.first)
    #expect(target.withUnsafeValues { $0.baseAddress } == address)
  }

  @Test func slipsStopTheProgram() async {
    typealias Tests = ParameterJoiningTests
    await #expect(processExitsWith: .failure) {
      _ = ParameterLayout(joining: ["a": Tests.first.layout, "a": Tests.second.layout])
    }
    await #expect(processExitsWith: .failure) {
      _ = ParameterLayout(joining: ["a": Tests.first.layout, "a.b": Tests.second.layout])
    }
    await #expect(processExitsWith: .failure) {
      var store = ParameterStore(joining: ["a": Tests.first, "b": Tests.second])
      store[prefix: "b"] = Tests.first
    }
    await #expect(processExitsWith: .failure) {
      _ = ParameterStore(joining: ["a": Tests.first])[prefix: "b"]
    }
  }
}
