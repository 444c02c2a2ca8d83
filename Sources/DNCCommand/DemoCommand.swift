import ArgumentParser
import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// `dnc demo`
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Watch a DNC learn the copy task until it makes no mistake (well under a minute).",
    discussion: """
      Trains on 1 to 20 random vectors of 8 bits until 1,000 fresh sequences, and then 1,000 more, are \
      copied without a wrong bit, and says how it does at twice the length. Ctrl-C saves; the run goes \
      on with `dnc train copy --run-folder RUN --resume`. `dnc demo --dashboard` shows the memory at work on \
      a live page.
      """)

  @Option(help: "Seed of all random numbers.")
  var seed: UInt64 = 1
  @Option(help: "Worker threads. (default: the number of cores)")
  var workers: Int?
  @Option(help: "Iterations after which it gives up.")
  var iterations = 20_000
  @Option(help: "Folder of the run, new or empty. (default: runs/demo-1, or the next free number)")
  var runFolder: String?
  @OptionGroup(title: "Looking in") var observation: ObservationOptions

  func validate() throws { _ = try makeConfiguration() }

  private func makeConfiguration() throws -> RunConfiguration<CopyTask> {
    var configuration = RunConfiguration.demo(
      seed: seed, workers: workers ?? TrainingConfiguration.defaultWorkers)
    configuration.training.iterations = iterations
    do { try configuration.validate() } catch let error as ConfigurationError {
      throw ValidationError("--\(error.argument) \(error.value): expected \(error.expected).")
    }
    return configuration
  }

  func run() throws {
    let console = Console()
    let configuration = try makeConfiguration()
    let path = runFolder ?? RunFolder.unusedPath(in: "runs", prefix: "demo")
    let url = URL(fileURLWithPath: path)
    try RunFolder.checkUsable(url)
    let model = configuration.model
    let longest = configuration.training.curriculum.maximumLength
    console.print(
      """
      A Differentiable Neural Computer learns to copy.
      It sees up to \(longest) random vectors of \(configuration.task.bits) bits, then a marker, and \
      has to write them down again, in order.
      A controller of \(model.hiddenSize) LSTM units works on \(model.nrCells) memory cells of \
      \(model.cellSize) numbers; guessing gets half of the bits wrong.
      """)
    let session = try observation.session(console, path, configuration.training)
    let folder = try RunFolder.create(at: url, configuration: configuration)
    let (isSolved, network) = try session.run(
      configuration, in: folder, resuming: false, closing: false)

    var random = RandomNumbers(seed: seed, stream: RandomStream.evaluation)
    let task = configuration.task
    let twice = Evaluation.score(
      network, on: task, length: 2 * longest, sequences: 1000, using: &random)
    console.print(
      "At twice the length (\(2 * longest) vectors, never seen in training): "
        + "\(percentText(twice.errorRate)) of the bits wrong.")
    let example = task.makeBatch(count: 1, length: longest, using: &random)
    let output = network.evaluate(example.input, lengths: nil)
    console.print("\nA fresh sequence and the network's copy (x marks a wrong bit):\n")
    console.print(task.describe(0, of: example, output: output))
    let shown = path.quotedForShell
    console.print(
      """

      The run is in \(path). What to try next:
        \(programName) evaluate \(shown)
            the error at every length, up to ten times longer
        \(programName) show \(shown)
            what its memory does in a fresh sequence; `\(programName) watch \(shown)` on a page
        \(programName) inspect \(shown)
            what the network is made of
        \(programName) train copy --help
            your own settings
      """)
    if isSolved { return }
    console.print(
      "\nThe goal was not reached: there are still wrong bits after \(iterations) iterations.")
    throw ExitCode(2)
  }
}
