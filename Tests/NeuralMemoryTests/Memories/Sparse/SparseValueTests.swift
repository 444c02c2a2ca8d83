import AllocationCount
import Foundation
import TestSupport
import Testing

@testable import NeuralMemory

/// States are values, whatever happens to the memory inside: bits are compared.
@Suite struct SparseValueTests {
  /// Everything a state holds, as bits.
  private func bits<M: Memory>(_ state: NetworkState<M>) -> [UInt64]
  where M.State == SparseMemoryState {
    var all: [UInt64] = []
    func add(_ values: some Sequence<Float>) {
      for value in values { all.append(UInt64(value.bitPattern)) }
    }
    for cell in state.controllers.joined() {
      add(cell.h.values)
      add(cell.c?.values ?? [])
    }
    add(state.reads.values)
    for item in state.memories.flatMap(\.elements) {
      all.append(UInt64(item.touched))
      all.append(UInt64(item.step))
      all += item.order.list.map { UInt64($0) }
      for cell in 0..<item.touched {
        add(UnsafeBufferPointer(start: item.row(cell), count: item.plan.wp))
        add([item.norms.base[cell], item.scales.base[cell]])
        all.append(UInt64(bitPattern: item.order.last.base[cell]))
        guard let links = item.links else { continue }
        for (other, weight) in links.before.entries(cell) + links.after.entries(cell) {
          all.append(UInt64(other))
          add([weight])
        }
      }
      for lists in [item.reads, item.writes] {
        all += lists.counts.map { UInt64($0) }
        for (list, count) in lists.counts.enumerated() {
          let range = list * lists.capacity..<list * lists.capacity + count
          all += lists.cells[range].map { UInt64($0) }
          add(lists.weights[range])
        }
      }
      for (cell, weight) in item.links?.precedence ?? [] {
        all.append(UInt64(cell))
        add([weight])
      }
    }
    return all
  }

  @Test(arguments: 0..<12)
  func pullbacksLeaveStatesOfSAMAlone(number: Int) { checkPullbacks(SAM.self, number) }

  @Test(arguments: 0..<12)
  func pullbacksLeaveStatesOfSDNCAlone(number: Int) { checkPullbacks(SDNC.self, number) }

  private func checkPullbacks<M: Memory>(_ type: Network<M>.Type, _ number: Int)
  where M.State == SparseMemoryState {
    var test = SparseCase<M>(seed: UInt64(710_000 + number))
    if number % 3 > 0 { test.warmUp(12) }
    let start = test.start ?? test.model.initialState(batch: test.batch)
    let before = bits(start)
    let (output, pullback) = test.model.callWithPullback(
      test.input, state: start, lengths: test.lengths, workers: test.workers)
    #expect(bits(start) == before, "the call changes the start; \(test)")
    let after = bits(output.state)
    let dOutput = test.random.tensor(output.output.shape)
    let dState = test.random.cotangent(of: output.state, scale: 1)
    let dBits = bits(dState)

    // a forward pass whose pullback is never called, from either state
    _ = test.model.callWithPullback(test.input, state: start)
    _ = test.model.callWithPullback(test.input, state: output.state)
    #expect(bits(start) == before && bits(output.state) == after, "\(test)")

    let first = pullback(dOutput, state: dState)
    #expect(bits(start) == before && bits(output.state) == after, "the pullback; \(test)")
    #expect(bits(dState) == dBits)
    let firstBits = bits(first.initialState)

    // from two threads, while others go on from both states
    nonisolated(unsafe) var wrong = 0
    let lock = NSLock()
    let model = test.model
    let (input, lengths) = (test.input, test.lengths)
    let expected = model(input, state: output.state, lengths: lengths)
    DispatchQueue.concurrentPerform(iterations: 6) { i in
      let right: Bool
      if i % 3 < 2 {
        let again = pullback(dOutput, state: dState)
        right =
          again.parameters == first.parameters && again.input == first.input
          && bits(again.initialState) == firstBits
      } else {
        let next = model(input, state: output.state, lengths: lengths)
        right = next.output == expected.output && next.state == expected.state
      }
      if !right { lock.withLock { wrong += 1 } }
    }
    #expect(wrong == 0, "\(test)")
    #expect(bits(start) == before && bits(output.state) == after, "two threads; \(test)")
  }

  @Test(arguments: 0..<8)
  func statesBranch(number: Int) {
    var test = SparseCase<LinkedSparseMemory>(seed: UInt64(720_000 + number))
    test.warmUp(15)
    let model = test.model
    let start = test.start!
    let before = bits(start)
    let other = test.random.tensor(test.input.shape)
    let one = model(test.input, state: start)
    let two = model(other, state: start)
    #expect(one.output != two.output)
    #expect(bits(start) == before)

    // a copy that goes on step by step, and another one after it
    for _ in 0..<2 {
      var copy = start
      var output = Tensor(shape: [0])
      for step in 0..<test.steps {
        output = model.step(test.input.select(axis: 1, step), state: &copy)
      }
      #expect(output == one.output.select(axis: 1, test.steps - 1), "\(test)")
      #expect(copy == one.state, "\(test)")
      #expect(bits(start) == before)
    }
    // taken back to where they branched
    let recorded = model.callWithPullback(test.input, state: start)
    var stepped = recorded.output.state
    _ = model.step(test.input.select(axis: 1, 0), state: &stepped)
    #expect(bits(recorded.output.state) == bits(one.state))
    let gradients = recorded.pullback(recorded.output.output)
    let again = model.callWithPullback(test.input, state: start)
    #expect(again.pullback(again.output.output).parameters == gradients.parameters)

    var emptied = start
    emptied.resetExperience()
    #expect(bits(start) == before)
    #expect(emptied.memories == model.initialState(batch: test.batch).memories)
    #expect(emptied.controllers == start.controllers && emptied.reads == start.reads)
    #expect(
      model(test.input, state: emptied).output
        == model(test.input, state: start, resetExperience: true).output)
  }

  /// Comparing changes nothing, and cells that were touched but are empty are like those never
  /// touched.
  @Test func comparing() {
    let model = SDNC(inputSize: 2, hiddenSize: 4, nrCells: 30, readHeads: 2, cellSize: 3)
    let empty = model.initialState(batch: 1)
    let used = model(Tensor(shape: [1, 5, 2], repeating: 1), state: empty).state
    #expect(used != empty && empty != used)
    #expect(empty.memories[0].touchedCells(of: 0) == 0)
    let grown = model.initialState(batch: 1)
    grown.memories[0].elements[0].touch(7)
    #expect(grown == empty && empty == grown)
    grown.memories[0].elements[0].row(6)[1] = 1
    #expect(grown != empty && empty != grown)
    #expect(empty.memories[0].touchedCells(of: 0) == 0)
  }

  /// A step changes in place what nobody else holds, and copies what somebody does.
  @Test(.enabled(if: allocation_count_works(), "allocations are counted with glibc only"))
  func stepsWorkInPlace() {
    let model = SDNC(inputSize: 4, hiddenSize: 8, nrCells: 32, readHeads: 2, cellSize: 8)
    let x = Tensor(shape: [1, 4], repeating: 1)
    var state = model.initialState(batch: 1)
    func count(_ body: () -> Void) -> UInt64 {
      for _ in 0..<3 { body() }
      let before = allocation_count_of_thread()
      body()
      return allocation_count_of_thread() - before
    }
    // until all cells are in use
    for _ in 0..<100 { _ = model.step(x, state: &state) }
    let item = ObjectIdentifier(state.memories[0].elements[0])
    let alone = count { _ = model.step(x, state: &state) }
    #expect(ObjectIdentifier(state.memories[0].elements[0]) == item)
    let shared = count {
      let held = state
      _ = model.step(x, state: &state)
      #expect(held.memories[0].elements[0] !== state.memories[0].elements[0])
    }
    // a memory is 12 arrays and more
    #expect(alone + 12 <= shared)
    // and in place again, once the other holder has let go
    #expect(count { _ = model.step(x, state: &state) } <= alone)
  }

  /// A pullback that is gone keeps nothing of the state that its call left behind.
  @Test func pullbacksLetGo() {
    let model = SAM(inputSize: 4, hiddenSize: 8, nrCells: 32, readHeads: 2, cellSize: 8)
    let x = Tensor(shape: [1, 3, 4], repeating: 1)
    var state = model.initialState(batch: 1)
    do {
      let (output, pullback) = model.callWithPullback(x)
      _ = pullback(output.output)
      state = output.state
    }
    let item = ObjectIdentifier(state.memories[0].elements[0])
    _ = model.step(x.select(axis: 1, 0), state: &state)
    #expect(ObjectIdentifier(state.memories[0].elements[0]) == item)
  }

  /// Elements and heads that are not there stop the program, and it says which are.
  @Test func elementsAndHeadsThatAreNotThere() async {
    func message(_ result: ExitTest.Result?) -> String {
      String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }
    let element = "a memory for a batch of 2 has no element number 2"
    var text = message(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SAM(inputSize: 4, hiddenSize: 8).initialState(batch: 2).memories[0].memory(of: 2)
      })
    #expect(text.contains(element), "\(text)")
    text = message(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SAM(inputSize: 4, hiddenSize: 8).initialState(batch: 2).memories[0].bytes(of: 2)
      })
    #expect(text.contains(element), "\(text)")
    text = message(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let memory = SAM(inputSize: 4, hiddenSize: 8).initialState(batch: 2).memories[0]
        _ = memory.readWeights(of: 1, head: -1)
      })
    #expect(text.contains("a memory with 4 read heads has no head number -1"), "\(text)")
  }
}
