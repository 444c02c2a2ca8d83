import NeuralMemory

/// A second implementation of the controllers alone: doubles, plain loops, one batch element after
/// the other.
///
/// As `ReferenceDNC`, it takes all numbers from one dictionary: parameters, `input` [batch, time,
/// feature], the start's `state/NAME`.
struct ReferenceStack {
  let configuration: NetworkConfiguration
  let batch: Int
  let steps: Int
  var lengths: [Int]
  /// Dropout's factors of a cell's output, by element, step and number of the cell; nil: no
  /// dropout.
  var dropout: ((_ item: Int, _ step: Int, _ cell: Int) -> [Double])?

  struct Result {
    /// [batch, time, output]
    var output: [Double] = []
    /// `h.LAYER.DEPTH`, `c.LAYER.DEPTH`
    var state: [String: [Double]] = [:]
    var kink = Double.infinity
  }

  func run(_ numbers: [String: [Double]]) -> Result {
    var result = Result()
    let size = configuration.inputSize
    for item in 0..<batch {
      var controller = ReferenceController(configuration, numbers) { name, count in
        numbers["state/\(name)"].map { Array($0[item * count..<(item + 1) * count]) }
          ?? Array(repeating: 0, count: count)
      }
      for step in 0..<steps {
        guard step < lengths[item] else {
          result.output += [Double](repeating: 0, count: configuration.outputs)
          continue
        }
        let at = (item * steps + step) * size
        var below = Array(numbers["input"]![at..<at + size])
        for layer in 0..<configuration.numLayers {
          below = controller.step(
            layer, below, dropout: dropout.map { factors in { factors(item, step, $0) } })
        }
        result.output += controller.linear("output", below)
      }
      controller.append(to: &result.state)
      result.kink = min(result.kink, controller.kink)
    }
    return result
  }
}
