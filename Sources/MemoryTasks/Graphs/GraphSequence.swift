import MemoryTraining
import NeuralMemory

/// One example of a graph task in its phases (DNC paper, Methods): the triples of a graph in random
/// order, the question, some steps to plan without input, and the answer.
struct GraphSequence: Sendable, Equatable {
  var description: [Triple]
  var question: [Triple]
  var planningSteps = 0
  var answer: [Triple]
  /// What the task remembers for `describe`.
  var notes: [Int] = []

  var steps: Int { description.count + question.count + planningSteps + answer.count }
}

/// Batches of graph sequences. Behind the channels of a triple come two more: one is 1 at the first
/// step of each phase, the other at each step of the answer, which has no other input. Both phases
/// and answers can so be found in the input alone.
extension TripleCoding {
  /// Channels that go into a network: 92 with three digits of ten.
  var inputSize: Int { channels + 2 }

  /// The batch of some sequences, shorter ones padded. The target holds the digits of the answers.
  func batch(_ sequences: [GraphSequence]) -> TaskBatch {
    let steps = sequences.map(\.steps).max() ?? 0
    var input = BatchRows(elements: sequences.count, steps: steps, channels: inputSize)
    var target = BatchRows(elements: sequences.count, steps: steps, channels: groups)
    var mask = BatchRows(elements: sequences.count, steps: steps, channels: 1)
    for (item, sequence) in sequences.enumerated() {
      var step = 0
      func begin(_ count: Int) { if count > 0 { input[item, step, channels] = 1 } }
      for phase in [sequence.description, sequence.question] {
        begin(phase.count)
        for triple in phase {
          input.put(row(triple), item: item, step: step)
          step += 1
        }
      }
      begin(sequence.planningSteps)
      step += sequence.planningSteps
      begin(sequence.answer.count)
      for triple in sequence.answer {
        input[item, step, channels + 1] = 1
        target.put(digits(of: triple).map { Float($0 ?? 0) }, item: item, step: step)
        mask[item, step, 0] = 1
        step += 1
      }
    }
    let hasNotes = sequences.contains { !$0.notes.isEmpty }
    return TaskBatch(
      input: input.tensor, target: target.tensor, mask: mask.stepMask,
      lengths: sequences.map(\.steps),
      lossWeight: Double(sequences.reduce(0) { $0 + $1.answer.count }),
      notes: hasNotes ? sequences.map(\.notes) : nil)
  }

  /// A batch element as it was before it was coded.
  func sequence(_ item: Int, of batch: TaskBatch) -> GraphSequence {
    let steps = batch.input.shape[1]
    let rows = batch.input.values
    var sequence = GraphSequence(description: [], question: [], answer: [])
    sequence.notes = batch.notes?[item] ?? []
    var phase = 0
    for step in 0..<(batch.lengths?[item] ?? steps) {
      let start = (item * steps + step) * inputSize
      if rows[start + channels] > 0.5 { phase += 1 }
      let triple = triple(ofRow: rows[start..<start + channels])
      if rows[start + channels + 1] > 0.5 {
        let first = (item * steps + step) * groups
        sequence.answer.append(answer(batch.target.values[first..<first + groups]))
      } else if phase == 1 {
        sequence.description.append(triple)
      } else if phase == 2 {
        sequence.question.append(triple)
      } else {
        sequence.planningSteps += 1
      }
    }
    return sequence
  }

  private func answer(_ target: ArraySlice<Float>) -> Triple {
    func label(_ place: Int) -> Int {
      target.dropFirst(place * digits).prefix(digits).reduce(0) { $0 * radix + Int($1) }
    }
    return Triple(from: label(0), edge: label(1), to: label(2))
  }

  /// The answer of a network: `row` is the element's place in the output, `item` that in the batch.
  func answer(_ output: Tensor, row: Int, item: Int, of batch: TaskBatch) -> [Triple] {
    let steps = batch.input.shape[1]
    require(
      output.shape.dropFirst() == [steps, channels],
      "Outputs are [elements, \(steps), \(channels)], not \(output.shape)")
    let (input, logits) = (batch.input.values, output.values)
    return (0..<steps).filter { input[(item * steps + $0) * inputSize + channels + 1] > 0.5 }
      .map { step in
        let start = (row * steps + step) * channels
        return triple(ofLogits: logits[start..<start + channels])
      }
  }

  /// How many triples of the answers are right in all their digits.
  func scoreTriples(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    var score = TaskScore(sequences: elements.count)
    for (row, item) in elements.enumerated() {
      let wanted = sequence(item, of: batch).answer
      let found = answer(output, row: row, item: item, of: batch)
      let wrong = zip(wanted, found).count { $0 != $1 }
      score.total += wanted.count
      score.wrong += wrong
      if wrong > 0 { score.wrongSequences += 1 }
    }
    return score
  }
}
