extension SparsePlan {
  /// What one access keeps: the cells it read with their contents, and its lists. Nothing of it is the memory itself.
  var recordedParts: [RecordedPart] {
    let r = SparseRecord(self)
    return NeuralMemory.recordedParts(
      [
        ("interface and its gradient", r.interface), ("interface and its gradient", r.slopes),
        ("lookups", r.queries), ("lookups", r.queryNorms), ("lookups", r.queryEpsilons),
        ("lookups", r.queryScales), ("write weights", r.writeWeights),
        ("write weights", r.writeMeans), ("read weights", r.readWeights),
        ("lookups", r.content), ("lookups", r.cosine), ("directions", r.forward),
        ("directions", r.backward), ("cells read", r.rows), ("cells read", r.norms),
        ("cells read", r.scales), ("directions", r.after), ("directions", r.before),
      ], end: r.floats, element: MemoryLayout<Float>.stride)
      + NeuralMemory.recordedParts(
        [
          ("write weights", r.cleared), ("write weights", r.writeCount),
          ("write weights", r.writeCells), ("cells read", r.readCount),
          ("cells read", r.readCells), ("read weights", r.entryCounts),
          ("read weights", r.entryCells), ("read weights", r.entryReads),
          ("lookups", r.contentEntries), ("directions", r.forwardCounts),
          ("directions", r.backwardCounts), ("directions", r.forwardEntries),
          ("directions", r.backwardEntries), ("directions", r.afterTargets),
          ("directions", r.beforeTargets),
        ], end: r.integers, element: MemoryLayout<Int32>.stride)
  }
}
