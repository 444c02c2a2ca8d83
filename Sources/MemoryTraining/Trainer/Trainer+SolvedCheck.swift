import NeuralMemory

extension Trainer {
  /// The score of the confirming check if the task is solved now, nil if it is not or no check is
  /// due.
  ///
  /// Checks use random numbers of their own and leave the trainer's state alone, so that they make
  /// no difference to the training, and the same one can be made again from a checkpoint.
  public func solvedScore() -> TaskScore? {
    guard let check = configuration.stopWhenSolved, state.iteration > 0,
      state.iteration % check.every == 0, state.cleanIterations >= min(20, check.every),
      state.curriculum.isAtLastStage
    else { return nil }
    let lengths = Evaluation.trainedLengths(of: task, upTo: state.curriculum.maximumLength)
    // Where one error is one too many, the first one ends the check.
    let almost = TaskScore(wrong: 1, total: .max, wrongSequences: 1, sequences: .max)
    var confirmed = TaskScore()
    for stream in [RandomStream.solvedCheck, RandomStream.confirmation] {
      var random = RandomNumbers(
        seed: configuration.seed, stream: stream + UInt64(state.iteration))
      let scores = Evaluation.scores(
        network, on: task, lengths: lengths, sequences: check.sequences,
        stopAtFirstError: !task.isSolved(almost), using: &random)
      confirmed = scores.reduce(TaskScore()) { $0 + $1.score }
      if !task.isSolved(confirmed) { return nil }
    }
    return confirmed
  }
}
