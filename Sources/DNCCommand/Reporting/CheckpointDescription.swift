import Foundation
import MemoryTraining
import NeuralMemory

/// What is in a checkpoint, in words and columns.
struct CheckpointDescription {
  private let content: SafeTensors
  private let name: String

  init(of content: SafeTensors, name: String) {
    self.content = content
    self.name = name
  }

  /// - Throws: `TrainingCheckpoint.Mismatch` if the record of the training is damaged.
  func text() throws -> String {
    let parameters = content.names.filter { !$0.hasPrefix(TrainingCheckpoint.prefix) }
    let others = content.names.count - parameters.count
    var lines = [name, "", "Configuration"]
    lines += configuration()
    lines += ["", "Parameters"]
    let width = parameters.map(\.count).max() ?? 0
    var total = 0
    for parameter in parameters {
      let shape = content.shape(of: parameter) ?? []
      let count = shape.reduce(1, *)
      total += count
      lines.append(
        "  \(pad(parameter, width))  \(pad(shape.map(String.init).joined(separator: " × "), 12))"
          + "  \(count)")
    }
    lines.append(
      "  \(total) numbers in \(parameters.count) tensors, \(sizeText(4 * total)) in single precision"
    )
    guard let record = try TrainingCheckpoint.record(of: content) else {
      lines += ["", "No state of a training."]
      return lines.joined(separator: "\n")
    }
    let settings = record.hyperparameters.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    lines += [
      "", "Training",
      "  iterations          \(record.state.iteration)",
      "  greatest length     \(record.state.curriculum.maximumLength)",
      "  optimizer           \(record.optimizer) (\(settings))",
      "  moments             "
        + "\(record.moments.isEmpty ? "none" : record.moments.joined(separator: ", ")) "
        + "(\(others) tensors)",
    ]
    return lines.joined(separator: "\n")
  }

  private func configuration() -> [String] {
    guard let text = content.metadata["config"],
      let values = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    else { return ["  none: the file holds tensors only"] }
    let width = values.keys.map(\.count).max() ?? 0
    // As JSON writes it: booleans are not numbers there.
    return values.sorted { $0.key < $1.key }.map { key, value in
      let data = try? JSONSerialization.data(
        withJSONObject: value, options: [.fragmentsAllowed, .withoutEscapingSlashes])
      return
        "  \(pad(key, width))  \(data.map { String(decoding: $0, as: UTF8.self) } ?? "\(value)")"
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func sizeText(_ bytes: Int) -> String {
    bytes < 1 << 20
      ? String(format: "%.1f KiB", Double(bytes) / 1024)
      : String(format: "%.1f MiB", Double(bytes) / 1_048_576)
  }
}
