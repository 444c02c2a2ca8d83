/// Samples of a profiler by mechanism and direction.
struct Profile {
  private var counts: [Mechanism: [Direction: Int]] = [:]
  private(set) var total = 0

  /// Reads what `perf script -F ip,sym` prints: samples apart by blank lines, the innermost
  /// function first.
  init(_ lines: some Sequence<String>) {
    var stack: [String] = []
    for line in lines {
      let parts = line.split(whereSeparator: \.isWhitespace)
      guard parts.isEmpty else {
        stack.append(parts.dropFirst().joined(separator: " "))
        continue
      }
      add(stack)
      stack = []
    }
    add(stack)
  }

  func share(_ mechanism: Mechanism, _ direction: Direction) -> Double {
    Double(counts[mechanism]?[direction] ?? 0) / Double(max(total, 1))
  }

  /// Functions of OpenBLAS leave no trace of their callers, but they are called in the steps alone.
  private mutating func add(_ stack: [String]) {
    let isBlas = stack.first?.hasPrefix("sgemm") ?? false
    guard isBlas || stack.contains(where: { $0.contains("TrainingStepV") }) else { return }
    let mechanism = stack.lazy.compactMap { Mechanism(function: $0) }.first ?? .rest
    let isBackward =
      isBlas || stack.contains { $0.contains("backward") || $0.contains("addParameterGradients") }
    counts[mechanism, default: [:]][isBackward ? .backward : .forward, default: 0] += 1
    total += 1
  }
}
