import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

@testable import DNCCommand

struct ReportingTests {
  @Test func sparklineScalesToItsValues() {
    #expect(Sparkline.draw([0, 1, 2, 3, 4, 5, 6, 7], width: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.draw([7, 0], width: 8) == "█▁")
    #expect(Sparkline.draw([4, 4, 0, 0], width: 2) == "█▁")
    #expect(Sparkline.draw([0, 0, 0], width: 5) == "▁▁▁")
    #expect(Sparkline.draw([5], width: 5) == "█")
    #expect(Sparkline.draw([], width: 5) == "")
    #expect(Sparkline.draw([1, 2], width: 0) == "")
    #expect(Sparkline.draw([.nan, 1, .infinity, 0], width: 5) == "█▁")
    #expect(Sparkline.draw((0..<1000).map(Double.init), width: 20).count == 20)
  }

  @Test func durationsAsPeopleSayThem() {
    let expected: [(Double, String)] = [
      (0.04, "0.0 s"), (9.94, "9.9 s"), (45, "45 s"), (60, "1 min"), (200, "3 min 20 s"),
      (3600, "1 h"), (7500, "2 h 5 min"), (273_600, "3 d 4 h"), (-1, "?"), (.infinity, "?"),
    ]
    for (seconds, text) in expected { #expect(durationText(seconds) == text) }
  }

  @Test func numbersAndRates() {
    #expect(
      [0, 0.69314, 1.234, 45.67, 1234.5, 0.00001].map(shortNumber)
        == ["0", "0.6931", "1.23", "45.7", "1234", "1.0e-05"])
    // A mistake is never rounded to none.
    #expect([0, 0.5, 0.0001, 1e-7].map(percentText) == ["0 %", "50.00 %", "0.01 %", "1.0e-05 %"])
  }

  func report(_ iteration: Int, loss: Double = 0.5) -> IterationReport {
    IterationReport(
      iteration: iteration, loss: loss, errorRate: 0.25, gradientNorm: 1, itemsPerSecond: 200,
      length: 2, maximumLength: 4)
  }

  @Test func plainLinesAreMeans() {
    var progress = ProgressReport(total: 25, every: 10)
    var lines: [Int: String] = [:]
    for i in 1...25 {
      lines[i] = progress.add(report(i, loss: i <= 10 ? Double(i) : 3), at: Double(i))
    }
    #expect(lines.keys.sorted() == [10, 20, 25])
    #expect(lines[10]?.contains("iteration 10/25  loss 5.50  wrong bits 25.00 %") == true)
    #expect(lines[20]?.contains("loss 3.00") == true)
    #expect(lines[10]?.contains("200 sequences/s") == true)
  }

  @Test func theLineFitsAnyWidth() {
    var progress = ProgressReport(total: 1000, every: 100)
    #expect(progress.line(width: 80) == "")
    for i in 1...500 { _ = progress.add(report(i, loss: 1 / Double(i)), at: Double(i) / 10) }
    for width in 0...200 { #expect(progress.line(width: width).count <= width) }
    let line = progress.line(width: 120)
    #expect(line.hasPrefix("500/1000 (50 %)  loss 0.00"))
    #expect(line.contains("wrong bits 25.00 %"))
    #expect(line.contains("50 s left"))
    #expect(line.contains("200 sequences/s"))
    #expect(line.contains("█"))
  }

  /// Each stage of ten iterations takes as many seconds per iteration as its length says; after any
  /// of them the time left is what the rest will take.
  @Test func theTimeLeftKnowsTheCurriculum() {
    let curriculum = Curriculum(maximumLength: 1, increment: 2, frequency: 10, limit: 7)
    var progress = ProgressReport(total: 60, every: 100, curriculum: curriculum)
    let lengths = (0..<60).map { min(1 + 2 * ($0 / 10), 7) }
    #expect(progress.secondsLeft == nil)
    for i in 1...60 {
      var made = report(i)
      made.maximumLength = lengths[i - 1]
      _ = progress.add(made, at: Double(lengths[..<i].reduce(0, +)))
      let rest = Double(lengths[i...].reduce(0, +))
      if i > 1 { #expect(abs((progress.secondsLeft ?? -1) - rest) < 1e-9, "\(i)") }
    }
  }

  @Test func namesWhatIsCounted() {
    var progress = ProgressReport(total: 10, every: 1, unit: "sums")
    #expect(progress.add(report(1), at: 1)?.contains("wrong sums 25.00 %") == true)
    #expect(progress.line(width: 100).contains("wrong sums 25.00 %"))
  }

  @Test func theCurveKeepsItsShape() {
    var progress = ProgressReport(total: 5000, every: 100)
    for i in 1...5000 { _ = progress.add(report(i, loss: i < 2500 ? 1 : 0), at: Double(i)) }
    let curve = progress.line(width: 200).split(separator: " ").last ?? ""
    #expect(curve.hasPrefix("██████") && curve.hasSuffix("▁▁▁▁▁▁"))
  }

  @Test func describesACheckpoint() throws {
    let task = try CopyTask(inputSize: 4)
    let network = DNC(
      inputSize: 4, hiddenSize: 5, nrCells: 3, readHeads: 1, cellSize: 2,
      outputSize: task.outputSize)
    var training = TrainingConfiguration()
    training.batchSize = 2
    var trainer = try Trainer(network: network, task: task, configuration: training)
    _ = try trainer.step()
    let text = try CheckpointDescription(of: trainer.checkpoint(), name: "x.safetensors").text()
    let layout = network.parameters.layout
    for part in [
      "x.safetensors", "  \"dnc\"", "output.weight", "iterations          1", "adam",
      "\(layout.count) numbers in \(layout.entries.count) tensors",
      "exp_avg, exp_avg_sq (\(2 * layout.entries.count) tensors)",
    ] { #expect(text.contains(part), "\(part) is not in\n\(text)") }
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("hidden_size 5") && lines.contains("output.weight 4 × 7 28"), "\(text)")
    var bare = SafeTensors()
    bare.set("w", Tensor(shape: [2, 2]))
    let short = try CheckpointDescription(of: bare, name: "bare").text()
    #expect(short.contains("tensors only") && short.contains("No state of a training"))
  }
}
