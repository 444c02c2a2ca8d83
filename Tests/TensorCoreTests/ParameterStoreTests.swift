import Testing

@testable import TensorCore

@Suite struct ParameterLayoutTests {
  let layout = ParameterLayout([("a", [2, 3]), ("none", [0, 4]), ("b", []), ("c", [2])])

  @Test func tensorsLieOneAfterTheOther() {
    #expect(layout.entries.map(\.name) == ["a", "none", "b", "c"])
    #expect(layout.entries.map(\.offset) == [0, 6, 6, 7])
    #expect(layout.entries.map(\.count) == [6, 0, 1, 2])
    #expect(layout.entries.map(\.range) == [0..<6, 6..<6, 6..<7, 7..<9])
    #expect(layout.count == 9)
    #expect(layout["a"]?.shape == [2, 3])
    #expect(layout["c"]?.offset == 7)
    #expect(layout["d"] == nil)
    #expect(ParameterLayout([]).count == 0)
  }

  @Test func positionsBelongToTensors() {
    let names = (0..<9).map { layout.entry(containing: $0)?.name }
    #expect(names == ["a", "a", "a", "a", "a", "a", "b", "c", "c"])
    #expect(layout.entry(containing: -1) == nil)
    #expect(layout.entry(containing: 9) == nil)
    #expect(ParameterLayout([("none", [0])]).entry(containing: 0) == nil)
  }

  @Test func equality() {
    #expect(layout == ParameterLayout([("a", [2, 3]), ("none", [0, 4]), ("b", []), ("c", [2])]))
    #expect(layout != ParameterLayout([("a", [3, 2]), ("none", [0, 4]), ("b", []), ("c", [2])]))
  }
}

@Suite struct ParameterStoreTests {
  let layout = ParameterLayout([("a", [2, 2]), ("b", [3])])

  @Test func viewsReadAndWriteTheFlatVector() {
    var store = ParameterStore(layout: layout)
    #expect(store.values == [0, 0, 0, 0, 0, 0, 0])
    store["a"] = Tensor(rows: [[1, 2], [3, 4]])
    store["b"] = Tensor([5, 6, 7])
    #expect(store.values == [1, 2, 3, 4, 5, 6, 7])
    store["a"][1, 0] = 30
    store.values[6] = 70
    store.withUnsafeMutableValues { $0[4] = 50 }
    #expect(store["a"] == Tensor(rows: [[1, 2], [30, 4]]))
    #expect(store.tensor(named: "b") == Tensor([50, 6, 70]))
    #expect(store.tensor(named: "c") == nil)
    #expect(store.withUnsafeValues { Array($0) } == [1, 2, 30, 4, 50, 6, 70])
  }

  @Test func everyChangeGivesANewVersion() {
    var store = ParameterStore(layout: layout)
    var seen: Set<UInt64> = [store.version]
    store["a"] = Tensor(shape: [2, 2])
    #expect(seen.insert(store.version).inserted)
    store.values[0] = 1
    #expect(seen.insert(store.version).inserted)
    store.values = [0, 0, 0, 0, 0, 0, 0]
    #expect(seen.insert(store.version).inserted)
    store.withUnsafeMutableValues { $0[0] = 2 }
    #expect(seen.insert(store.version).inserted)
    store["b"][1] = 5
    #expect(seen.insert(store.version).inserted)
    #expect(seen.insert(ParameterStore(layout: layout).version).inserted)
  }

  @Test func copiesKeepTheVersionUntilTheyChange() {
    let store = ParameterStore(layout: layout)
    var copy = store
    #expect(copy.version == store.version)
    _ = (copy["a"], copy.values, copy.globalNorm, copy.firstNonFinite())
    #expect(copy.version == store.version)
    copy.values[0] = 1
    #expect(copy.version != store.version)
    #expect(store.values[0] == 0)
  }

  @Test func equalityIsOfLayoutAndValues() {
    let store = ParameterStore(layout: layout)
    var other = ParameterStore(layout: layout)
    #expect(store == other)
    other.values[3] = 1
    #expect(store != other)
    #expect(store != ParameterStore(layout: ParameterLayout([("a", [7])])))
  }

  @Test func norm() {
    let store = ParameterStore(layout: layout, values: [1, -2, 3, -4, 5, -6, 7])
    #expect(store.globalNorm == Double(140).squareRoot())
    #expect(ParameterStore(layout: ParameterLayout([])).globalNorm == 0)
  }

  @Test func firstNonFiniteValueIsNamed() throws {
    var store = ParameterStore(layout: layout)
    #expect(store.firstNonFinite() == nil)
    store["b"] = Tensor([0, .infinity, .nan])
    var found = try #require(store.firstNonFinite())
    #expect(found.name == "b" && found.indices == [1] && found.value == .infinity)
    store["a"] = Tensor(rows: [[0, 0], [.nan, 0]])
    found = try #require(store.firstNonFinite())
    #expect(found.name == "a" && found.indices == [1, 0] && found.value.isNaN)
  }

  #if compiler(>=6.2)
    @Test func slipsStopTheProgram() async {
      await #expect(processExitsWith: .failure) {
        _ = ParameterStore(layout: ParameterLayout([("a", [2])]))["b"]
      }
      await #expect(processExitsWith: .failure) {
        var store = ParameterStore(layout: ParameterLayout([("a", [2])]))
        store["a"] = Tensor([1, 2, 3])
      }
      await #expect(processExitsWith: .failure) {
        _ = ParameterLayout([("a", [2]), ("a", [3])])
      }
    }
  #endif
}
