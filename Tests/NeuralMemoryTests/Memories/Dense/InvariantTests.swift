import NeuralMemory
import TestSupport
import Testing

/// `docs/equations/dnc.md#invariants`, from the zero state: bounds of what the memory holds, and
/// everything finite, forward and backward.
@Suite struct InvariantTests {
  enum Inputs: CaseIterable { case normal, zero, huge, mixed }

  @Test(arguments: 0..<12)
  func holdOnRandomNetworks(group: Int) {
    for number in 0..<20 {
      let seed = UInt64(200_000 + group * 1000 + number)
      var test = RandomCase(seed: seed)
      let scale = test.random.pick([1, 10, 1e3, 1e6] as [Float])
      let isLong = number == 0
      test.change {
        $0.debug = true
        if number % 5 == 1 { $0.nrCells = 1 }
        if number % 5 == 2 { $0.readHeads = 1 }
        if number % 5 == 3 { $0.cellSize = 1 }
        if number % 7 == 1 { $0.clip = 0 }
        // what overflows by itself: a relu with large weights, or with large numbers and no clip
        if scale > 1 || isLong { $0.nonlinearity = .tanh }
        if $0.nonlinearity == .relu { $0.clip = 20 }
        // and the gradient through silent cells, whose slopes are 1, by large recurrent weights
        if scale > 10 { $0.bias = true }
      }
      test.model.parameters.values = test.model.parameters.values.map { $0 * scale }
      let inputs = Inputs.allCases[number % 4]
      let steps = isLong ? 200 : test.steps
      let input = self.input(inputs, [isLong ? 2 : test.batch, steps, test.input.shape[2]], &test)
      // networks of large scale are chaotic: over 200 steps their gradient itself is beyond single
      // precision, so it is taken in pieces
      check(
        test, input, window: isLong && scale > 1 ? 8 : steps,
        "scale \(scale), \(inputs), \(steps) steps, \(test)")
    }
  }

  /// Single steps whose interface is driven to its limits.
  @Test(arguments: [1, 10, 1e3, 1e6, 1e30] as [Float], Dialect.allCases)
  func saturatedInterfaces(scale: Float, dialect: Dialect) {
    for number in 0..<6 {
      var test = RandomCase(seed: UInt64(230_000 + number), dialect: dialect)
      test.change {
        $0.debug = true
        // unclipped, a relu's output grows with what is read
        $0.nonlinearity = .tanh
      }
      scaleInterface(&test.model, by: scale)
      check(
        test, test.input, window: test.steps, "interface times \(scale), \(test)",
        gradients: scale <= 1e6)
    }
  }

  /// Memory cells that hold huge numbers: their squares overflow, their cosines do not.
  @Test(arguments: [1e18, 1e19, 1e25, 1e30] as [Float], Dialect.allCases)
  func hugeCells(size: Float, dialect: Dialect) {
    for number in 0..<6 {
      var test = RandomCase(seed: UInt64(240_000 + number), dialect: dialect)
      for memory in test.start!.memories.indices {
        let small = test.start!.memories[memory].memory
        test.start!.memories[memory].memory = small.map { $0 * size }
      }
      let (output, pullback) = test.model.callWithPullback(
        test.input, state: test.start, lengths: test.lengths)
      #expect(output.output.allFinite, "\(test)")
      let gradients = pullback(output.output.map { _ in 1 })
      #expect(gradients.parameters.firstNonFinite() == nil, "\(test)")
      #expect(gradients.input.allFinite, "\(test)")
      for (name, tensor) in StateTensors.dictionary(gradients.initialState) {
        #expect(tensor.allFinite, "\(name), \(test)")
      }
    }
  }

  private func scaleInterface(_ model: inout DNC, by scale: Float) {
    for entry in model.parameters.layout.entries where entry.name.contains("_memory_") {
      model.parameters[entry.name] = model.parameters[entry.name].map { $0 * scale }
    }
  }

  private func input(_ kind: Inputs, _ shape: [Int], _ test: inout RandomCase) -> Tensor {
    let normal = test.random.tensor(shape)
    switch kind {
    case .normal: return normal
    case .zero: return Tensor(shape: shape)
    case .huge: return normal.map { $0 < 0 ? -1e30 : 1e30 }
    case .mixed: return normal.map { $0 < -1 ? -1e30 : $0 < 0 ? 0 : $0 > 1 ? 1e-30 : $0 }
    }
  }

  /// Records one issue for a case that breaks a rule, and the first few rules it breaks.
  private func check(
    _ test: RandomCase, _ input: Tensor, window: Int, _ label: String, gradients: Bool = true
  ) {
    var broken: [String] = []
    let output = test.model(input)
    if !output.output.allFinite { broken.append("the output is not finite") }
    for (name, tensor) in StateTensors.dictionary(output.state) where !tensor.allFinite {
      broken.append("\(name) is not finite")
    }
    let trace = output.trace!
    let rows = input.shape[1] * test.configuration.numLayers
    if trace["usage_vector"]!.shape[0] != rows { broken.append("the trace's rows") }
    for row in 0..<rows {
      func values(_ key: String) -> [Float] { trace[key]!.select(axis: 0, row).values }
      broken += brokenBounds(
        usage: values("usage_vector"), write: values("write_weights"),
        precedence: values("precedence"), read: values("read_weights"),
        link: values("link_matrix")
      ).map { "\($0) in row \(row)" }
    }
    for memory in output.state.memories {
      for item in 0..<memory.batch {
        func values(_ part: KeyPath<DenseMemoryState, Tensor>) -> [Float] {
          memory[keyPath: part].select(axis: 0, item).values
        }
        broken += brokenBounds(
          usage: values(\.usage), write: values(\.writeWeights), precedence: values(\.precedence),
          read: values(\.readWeights), link: values(\.link)
        ).map { "\($0) of element \(item)" }
      }
    }
    var state: DNCState?
    for first in stride(from: 0, to: gradients ? input.shape[1] : 0, by: window) {
      let steps = first..<min(first + window, input.shape[1])
      let (output, pullback) = test.model.callWithPullback(
        input.slice(axis: 1, steps), state: state)
      state = output.state
      let found = pullback(output.output.map { $0 < 0 ? -1 : 1 })
      if let bad = found.parameters.firstNonFinite() {
        broken.append("gradient of \(bad.name) \(bad.indices) is \(bad.value)")
      }
      if !found.input.allFinite { broken.append("gradient of the input") }
      for (name, tensor) in StateTensors.dictionary(found.initialState) where !tensor.allFinite {
        broken.append("gradient of \(name)")
      }
    }
    #expect(broken.isEmpty, "\(broken.prefix(3)), \(label)")
  }

  private func brokenBounds(
    usage: [Float], write: [Float], precedence: [Float], read: [Float], link: [Float]
  ) -> [String] {
    let n = usage.count
    let most: Float = 1 + 2e-5
    func inBounds(_ values: [Float]) -> Bool {
      values.allSatisfy { 1 - most <= $0 && $0 <= most }
    }
    func sum(_ values: some Sequence<Float>) -> Float { values.reduce(0, +) }
    func isDistribution(_ values: [Float]) -> Bool { inBounds(values) && sum(values) <= most }
    var broken: [String] = []
    if !inBounds(usage) { broken.append("usage") }
    if !isDistribution(write) { broken.append("write weights") }
    if !isDistribution(precedence) { broken.append("precedence") }
    for head in 0..<read.count / n where !isDistribution(Array(read[head * n..<(head + 1) * n])) {
      broken.append("read weights of head \(head)")
    }
    for i in 0..<n {
      if link[i * n + i] != 0 { broken.append("diagonal of the link") }
      if !isDistribution(Array(link[i * n..<(i + 1) * n])) { broken.append("row \(i) of the link") }
      let column = sum((0..<n).lazy.map { link[$0 * n + i] })
      if !(column + precedence[i] <= most) { broken.append("column \(i) of the link") }
    }
    return broken
  }
}
