import ArgumentParser
import MemoryTasks
import MemoryTraining

extension BuiltInOptimizer: ExpressibleByArgument {}
extension Curriculum.Kind: ExpressibleByArgument {}
extension LearningRate.Decay.Kind: ExpressibleByArgument {}

/// How it learns.
struct LearningOptions<Task: MemoryTask>: ParsableArguments {
  @Option(
    help: """
      Optimizer: \(BuiltInOptimizer.allCases.map(\.rawValue).alternatives). (default: adam)
      """)
  var optim: BuiltInOptimizer?
  @Option(help: "Learning rate. (default: 0.0001)")
  var lr: Double?
  @Option(help: "Iterations over which the learning rate grows from nearly 0. (default: 0)")
  var lrWarmup: Int?
  @Option(
    help: """
      How the learning rate falls after that: none, linear, cosine, exponential or step. \
      (default: none)
      """)
  var lrDecay: LearningRate.Decay.Kind?
  @Option(
    help: """
      Iterations until linear and cosine decay end, or after which the others have fallen by their \
      factor once. (default: all; 1000 for exponential and step)
      """)
  var lrDecayIterations: Int?
  @Option(
    help: "Share of the learning rate that is left then. (default: 0; 0.5 for exponential and step)"
  )
  var lrDecayFactor: Double?
  @Option(help: "Factor of the parameters that is added to their gradients. (default: 0)")
  var weightDecay: Double?
  @Option(help: "Greatest global norm of a gradient; 0 turns clipping off. (default: 50)")
  var clip: Double?
  @Option(help: "Sequences per batch. (default: \(Task.defaultTraining.batchSize))")
  var batchSize: Int?
  @Option(help: "Batches per iteration, for batches that would not fit. (default: 1)")
  var accumulate: Int?
  @Option(help: "Iterations. (default: \(Task.defaultTraining.iterations))")
  var iterations: Int?
  @Option(
    help: """
      Greatest length of the first stage, in \(Task.standard.lengthUnit). \
      (default: \(Task.defaultTraining.curriculum.maximumLength))
      """)
  var sequenceMaxLength: Int?
  @Option(
    help: """
      What leads to the next stage: linear, time; exponential, a small loss, which doubles the length; \
      lessons, a small error rate. (default: linear)
      """)
  var curriculum: Curriculum.Kind?
  @Option(help: "What is added to the greatest length at each stage. (default: 0; lessons: 1)")
  var curriculumIncrement: Int?
  @Option(help: "Iterations per stage, or between two looks at loss or errors. (default: 1000)")
  var curriculumFreq: Int?
  @Option(
    help: "What the mean loss or error rate has to fall under for the next stage. (default: 0.01)")
  var curriculumThreshold: Double?
  @Option(help: "Where the greatest length stops growing. (default: where the task ends)")
  var curriculumLimit: Int?
  @Flag(
    inversion: .prefixedNo,
    help: "Stop once the task is solved, as 2,000 fresh sequences show. (default: no)")
  var untilSolved: Bool?

  /// - Throws: `ValidationError` for a flag that a run to be resumed cannot take.
  func apply(to editor: inout ConfigurationEditor<Task>) throws {
    try editor.set("--optim", optim, \.training.optimizer)
    try editor.set("--weight-decay", weightDecay, \.training.weightDecay)
    try editor.set("--clip", clip, \.training.gradientClip)
    try editor.set("--batch-size", batchSize, \.training.batchSize)
    try editor.set("--accumulate", accumulate, \.training.accumulate)
    let before = editor.configuration.training
    try editor.set("--iterations", iterations, \.training.iterations, free: true)
    try editor.set("--lr", lr, \.training.learningRate.base)
    try editor.set("--lr-warmup", lrWarmup, \.training.learningRate.warmup)
    try editor.set(
      "--lr-decay", decay(in: editor, before: before), \.training.learningRate.decay)
    try editor.set(
      "--sequence-max-length", sequenceMaxLength, \.training.curriculum.maximumLength)
    try editor.set("--curriculum", curriculum, \.training.curriculum.kind)
    let isFirstLesson =
      curriculum == .lessons && editor.configuration.training.curriculum.increment == 0
    try editor.set(
      "--curriculum-increment", curriculumIncrement ?? (isFirstLesson ? 1 : nil),
      \.training.curriculum.increment)
    try editor.set("--curriculum-freq", curriculumFreq, \.training.curriculum.frequency)
    try editor.set("--curriculum-threshold", curriculumThreshold, \.training.curriculum.threshold)
    // Mapped, or no flag would be taken for the value nil.
    try editor.set(
      "--curriculum-limit", curriculumLimit.map(Int?.some), \.training.curriculum.limit)
    let longest = editor.configuration.task.lengths.upperBound
    let (current, isNew) = (editor.configuration.training.curriculum, !editor.resuming)
    if isNew && current.isOn && current.limit == nil && longest < .max
      && current.maximumLength <= longest
    {
      editor.configuration.training.curriculum.limit = longest
    }
    if let untilSolved {
      editor.configuration.training.stopWhenSolved =
        untilSolved
        ? editor.configuration.training.stopWhenSolved ?? TrainingConfiguration.SolvedCheck() : nil
    }
  }

  /// The decay that the flags make of the present one.
  private func decay(
    in editor: ConfigurationEditor<Task>, before: TrainingConfiguration
  ) throws -> LearningRate.Decay {
    let training = editor.configuration.training
    var decay = training.learningRate.decay
    if let kind = lrDecay, kind != decay.kind || !editor.resuming {
      let isByFactor = kind == .exponential || kind == .step
      decay =
        kind == .none
        ? .none
        : LearningRate.Decay(
          kind,
          iterations: isByFactor
            ? 1000 : max(1, training.iterations - training.learningRate.warmup),
          factor: isByFactor ? 0.5 : 0)
    } else if !editor.resuming && before.learningRate.lastIteration == before.iterations {
      // A preset's rate that falls over all its iterations falls over all of another number too.
      decay.iterations = max(1, training.iterations - training.learningRate.warmup)
    }
    if decay.kind == .none {
      if let (flag, value) = [
        ("--lr-decay-iterations", lrDecayIterations.map { "\($0)" }),
        ("--lr-decay-factor", lrDecayFactor.map { "\($0)" }),
      ].first(where: { $0.1 != nil }) {
        throw ValidationError(
          "\(flag) \(value!): it needs --lr-decay, which says how the rate falls.")
      }
    }
    decay.iterations = lrDecayIterations ?? decay.iterations
    decay.factor = lrDecayFactor ?? decay.factor
    return decay
  }
}

extension LearningRate.Decay: CustomStringConvertible {
  public var description: String {
    kind == .none ? "none" : "\(kind.rawValue) over \(iterations) iterations, factor \(factor)"
  }
}
