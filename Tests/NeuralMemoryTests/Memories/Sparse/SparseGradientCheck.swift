import TestSupport
import Testing

@testable import NeuralMemory

/// The library's gradients of a sparse network against finite differences of the reference, whose
/// choices and links are held.
struct SparseGradientCheck<M: Memory> where M.State == SparseMemoryState {
  let test: SparseCase<M>
  let outputGradient: Tensor
  /// Of the final state: random for controllers, reads, the cells touched and the read weights.
  let stateGradient: NetworkState<M>
  private let reference: SparseReference
  private let final: NetworkState<M>
  private let pullback: Network<M>.Pullback
  private let resetExperience: Bool
  /// Whether no choice and no kink is near, so that both make the same choices and a difference
  /// quotient means something.
  let isSmooth: Bool

  init(
    _ test: SparseCase<M>, throughState: Bool = true, resetExperience: Bool = false,
    passThroughMemory: Bool = true
  ) {
    var random = test.random
    let (output, pullback) = test.model.callWithPullback(
      test.input, state: test.start, lengths: test.lengths, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory, workers: test.workers)
    outputGradient = random.tensor(output.output.shape)
    stateGradient = random.cotangent(of: output.state, scale: throughState ? 0.5 : 0)
    var reference = test.reference
    reference.passThroughMemory = passThroughMemory
    if resetExperience { reference.start = nil }
    self.resetExperience = resetExperience
    let run = reference.run(Self.seen(test.numbers, resetExperience))
    reference.replay = run.choices
    isSmooth = run.kink > 1e-4 && run.margins.joined().allSatisfy { $0 > 1e-4 }
    self.test = test
    self.reference = reference
    self.pullback = pullback
    final = output.state
  }

  func gradients() -> (all: Network<M>.Gradients, named: [String: [Double]]) {
    let all = pullback(outputGradient, state: stateGradient)
    var named = ["input": all.input.values.map(Double.init)]
    for entry in all.parameters.layout.entries {
      named[entry.name] = all.parameters[entry.name].values.map(Double.init)
    }
    for (name, values) in SparseStateNumbers.dictionary(all.initialState) {
      named["state/\(name)"] = values
    }
    return (all, named)
  }

  /// What a network sees of the start's numbers: after a reset nothing of the memories.
  private static func seen(
    _ numbers: [String: [Double]], _ resetExperience: Bool
  ) -> [String: [Double]] {
    guard resetExperience else { return numbers }
    return numbers.filter {
      !$0.key.hasPrefix("state/memory") && !$0.key.hasPrefix("state/read_weights")
    }
  }

  private func loss(_ numbers: [String: [Double]]) -> Double {
    let result = reference.run(Self.seen(numbers, resetExperience))
    var loss = dot(result.output, outputGradient.values.map(Double.init))
    for (name, values) in SparseStateNumbers.dictionary(stateGradient) {
      loss += dot(result.state[name]!, values)
    }
    return loss
  }

  /// Where the start's numbers may be varied: read weights of the cells that are read, everything
  /// else everywhere.
  private func isFree(_ name: String, _ i: Int, _ numbers: [String: [Double]]) -> Bool {
    !name.hasPrefix("state/read_weights") || numbers[name]![i] != 0
  }

  /// Compares derivatives along random directions, tensor by tensor; every single number with
  /// `elements`.
  func check(elements: Bool = false, sourceLocation: SourceLocation = #_sourceLocation) {
    let numbers = test.numbers
    let found = gradients().named
    var random = test.random
    let whole = found.values.reduce(0.0) { $0 + dot($1, $1) }.squareRoot()
    for name in numbers.keys.sorted() {
      let point = numbers[name]!
      let gradient = found[name]!
      #expect(gradient.count == point.count, "\(name)")
      let free = point.indices.filter { isFree(name, $0, numbers) }
      let size = dot(gradient, gradient).squareRoot()
      func compare(_ direction: [Double], _ label: String) {
        let expected = centralDifference(at: [0], count: 1, step: 1e-5) { t in
          var moved = numbers
          moved[name] = zip(point, direction).map { $0 + t[0] * $1 }
          return loss(moved)
        }[0]
        let ours = dot(direction, gradient)
        #expect(
          abs(ours - expected) <= 1e-3 * size + 2e-5 * whole,
          "\(label): \(ours) instead of \(expected), size \(size) of \(whole); \(test)",
          sourceLocation: sourceLocation)
      }
      if elements {
        for i in free {
          var direction = [Double](repeating: 0, count: point.count)
          direction[i] = 1
          compare(direction, "\(name) \(i)")
        }
      } else if !free.isEmpty {
        var direction = [Double](repeating: 0, count: point.count)
        for i in free { direction[i] = Double(random.normal()) }
        let length = dot(direction, direction).squareRoot()
        compare(direction.map { $0 / length }, name)
      }
    }
  }
}

extension RandomNumbers {
  /// A gradient of a state: random numbers for everything it holds.
  mutating func cotangent<M: Memory>(
    of state: NetworkState<M>, scale: Float
  ) -> NetworkState<M> where M.State == SparseMemoryState {
    var gradient = state
    for layer in state.controllers.indices {
      for depth in state.controllers[layer].indices {
        let cell = state.controllers[layer][depth]
        gradient.controllers[layer][depth].h = tensor(cell.h.shape, scale: scale)
        gradient.controllers[layer][depth].c = cell.c.map { tensor($0.shape, scale: scale) }
      }
    }
    gradient.reads = tensor(state.reads.shape, scale: scale)
    for (m, memory) in state.memories.enumerated() {
      gradient.memories[m].reset()
      for (item, source) in memory.elements.enumerated() {
        let target = gradient.memories[m].elements[item]
        if source.touched > 0 { target.touch(source.touched - 1) }
        for cell in 0..<source.touched {
          for j in 0..<source.plan.w { target.row(cell)[j] = scale * normal() }
        }
        target.reads = source.reads
        for i in target.reads.weights.indices { target.reads.weights[i] = scale * normal() }
      }
    }
    return gradient
  }
}
