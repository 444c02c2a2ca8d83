import NeuralMemory
import TestSupport
import Testing

/// `spec/dnc.md`, "Things that must hold", from the zero state: bounds of what the memory holds, and everything finite, forward and backward.
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
        // large weights make a relu's output grow without bound, and unclipped that of the memory
        if scale > 1 || isLong { $0.nonlinearity = .tanh }
      }
      let values = test.model.parameters.values
      if isLong && scale == 10 {
        // a controller of this scale is chaotic, and its gradient over 200 steps beyond single precision: scale its memory's interface alone
        scaleInterface(&test.model, by: scale)
      } else {
        test.model.parameters.values = values.map { $0 * scale }
      }
      let inputs = Inputs.allCases[number % 4]
      let steps = isLong ? 200 : test.steps
      let input = self.input(inputs, [isLong ? 2 : test.batch, steps, test.input.shape[2]], &test)
      check(test, input, "scale \(scale), \(inputs), \(steps) steps, \(test)")
    }
  }

  /// Single steps whose interface is driven to its limits.
  @Test(arguments: [1, 10, 1e3, 1e6, 1e30] as [Float], Dialect.allCases)
  func saturatedInterfaces(scale: Float, dialect: Dialect) {
    for number in 0..<6 {
      var test = RandomCase(seed: UInt64(230_000 + number), dialect: dialect)
      test.change {
        $0.debug = true
        $0.numLayers = 1
      }
      scaleInterface(&test.model, by: scale)
      check(test, test.input, "interface times \(scale), \(test)", gradients: scale <= 1e6)
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

  private func check(
    _ test: RandomCase, _ input: Tensor, _ label: String, gradients: Bool = true
  ) {
    let c = test.configuration
    let (output, pullback) = test.model.callWithPullback(input)
    #expect(output.output.allFinite, "output, \(label)")
    for (name, tensor) in StateTensors.dictionary(output.state) {
      #expect(tensor.allFinite, "\(name), \(label)")
    }
    for memory in output.state.memories {
      for item in 0..<memory.batch {
        expectBounds(
          usage: memory.usage.select(axis: 0, item).values,
          write: memory.writeWeights.select(axis: 0, item).values,
          precedence: memory.precedence.select(axis: 0, item).values,
          read: memory.readWeights.select(axis: 0, item).values,
          link: memory.link.select(axis: 0, item).values, label)
      }
    }
    let trace = output.trace!
    #expect(trace["usage_vector"]!.shape == [input.shape[1] * c.numLayers, c.nrCells])
    for row in 0..<trace["usage_vector"]!.shape[0] {
      func values(_ key: String) -> [Float] { trace[key]!.select(axis: 0, row).values }
      expectBounds(
        usage: values("usage_vector"), write: values("write_weights"),
        precedence: values("precedence"), read: values("read_weights"),
        link: values("link_matrix"), label)
    }
    guard gradients else { return }
    let found = pullback(output.output.map { $0 < 0 ? -1 : 1 })
    if let bad = found.parameters.firstNonFinite() {
      Issue.record("gradient of \(bad.name) \(bad.indices): \(bad.value), \(label)")
    }
    #expect(found.input.allFinite, "gradient of the input, \(label)")
    for (name, tensor) in StateTensors.dictionary(found.initialState) {
      #expect(tensor.allFinite, "gradient of \(name), \(label)")
    }
  }

  private func expectBounds(
    usage: [Float], write: [Float], precedence: [Float], read: [Float], link: [Float],
    _ label: String
  ) {
    let n = usage.count
    let slack: Float = 2e-5
    func inBounds(_ values: [Float]) -> Bool {
      values.allSatisfy { -slack <= $0 && $0 <= 1 + slack }
    }
    func sum(_ values: some Sequence<Float>) -> Float { values.reduce(0, +) }
    #expect(inBounds(usage), "usage, \(label)")
    #expect(inBounds(write) && sum(write) <= 1 + slack, "write weights, \(label)")
    #expect(inBounds(precedence) && sum(precedence) <= 1 + slack, "precedence, \(label)")
    #expect(inBounds(read), "read weights, \(label)")
    for head in 0..<read.count / n {
      #expect(sum(read[head * n..<(head + 1) * n]) <= 1 + slack, "read head \(head), \(label)")
    }
    #expect(inBounds(link), "link, \(label)")
    for i in 0..<n {
      #expect(link[i * n + i] == 0, "diagonal of the link, \(label)")
      #expect(sum(link[i * n..<(i + 1) * n]) <= 1 + slack, "row \(i) of the link, \(label)")
      let column = sum((0..<n).lazy.map { link[$0 * n + i] })
      #expect(column + precedence[i] <= 1 + slack, "column \(i) of the link, \(label)")
    }
  }
}
