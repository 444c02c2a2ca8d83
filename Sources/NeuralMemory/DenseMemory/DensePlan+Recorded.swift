extension DensePlan {
  /// What one access keeps: the memory after it, and what its backward pass cannot do without.
  var recordedParts: [RecordedPart] {
    let float = MemoryLayout<Float>.stride
    let record = DenseLayout.Record(layout, interface: interface)
    let segment = segment
    let interval = RecordedLinks.interval(layout)
    let state = NeuralMemory.recordedParts(
      [
        ("usage and allocation", layout.usage), ("precedence", layout.precedence),
        ("write weights", layout.write), ("memory", layout.norm), ("memory", layout.inverse),
        ("read weights", layout.read), ("memory", layout.memory),
      ], end: layout.link, element: float
    ) { min($0, segment - 1) + $0 / segment }
    let links = RecordedPart(
      mechanism: "link matrices", bytes: (layout.stateCount - layout.link) * float
    ) { min($0, segment - 1) / interval + $0 / segment }
    return state + [links]
      + NeuralMemory.recordedParts(
        [
          ("interface and its gradient", record.interface),
          ("interface and its gradient", record.slopes), ("lookups", record.keys),
          ("lookups", record.keyNorms), ("lookups", record.keyEpsilons),
          ("lookups", record.keyScales), ("usage and allocation", record.order),
          ("usage and allocation", record.allocation), ("lookups", record.writeContent),
          ("lookups", record.writeCosine), ("directions", record.forward),
          ("directions", record.backward), ("lookups", record.readContent),
          ("lookups", record.readCosine),
        ], end: record.count, element: float
      ) { min($0, segment) }
  }
}
