import Foundation
import NeuralMemory

/// What an examination of every value of one iteration found.
public struct Diagnosis: Sendable, Equatable {
  /// The first value that is infinite or NaN, in the order in which an iteration computes.
  public struct NonFinite: Sendable, Equatable {
    /// The place among an iteration's computations, by its words in a report.
    public enum Pass: String, Sendable {
      /// A parameter before the iteration.
      case parameters = "among the parameters"
      /// Input or target.
      case data = "in the examples"
      /// What the network computes from the input.
      case forward = "in the forward pass"
      /// The loss or its gradient.
      case loss = "in the loss"
      /// What the network computes from the gradient of its output.
      case backward = "in the backward pass"
      /// The gradient of a parameter.
      case gradients = "among the parameters' gradients"
      /// What the optimizer remembers, after its update.
      case moments = "among the optimizer's moments"
    }
    /// Where it was computed.
    public let pass: Pass
    /// Time step, counted from 0.
    public let step: Int?
    /// Layer, counted from 0; nil: outside of the layers.
    public let layer: Int?
    /// Batch element, counted from 0.
    public let item: Int?
    /// What computed it, such as `write weights`.
    public let mechanism: String
    /// What it is an element of.
    public let tensor: String
    /// Its place in the tensor.
    public let indices: [Int]
    /// The value as text: `inf`, `-inf` or `nan`.
    public let value: String

    init(
      _ pass: Pass, step: Int? = nil, layer: Int? = nil, item: Int? = nil, mechanism: String,
      tensor: String, indices: [Int], value: some CustomStringConvertible
    ) {
      (self.pass, self.step, self.layer, self.item) = (pass, step, layer, item)
      (self.mechanism, self.tensor, self.indices) = (mechanism, tensor, indices)
      self.value = "\(value)"
    }
  }

  /// The iteration, counted from 1; nil: examples drawn for this look.
  public let iteration: Int?
  /// nil: every value is finite.
  public let nonFinite: NonFinite?
  /// Mean loss of the batch, if it was computed.
  public let loss: Double?
  /// Global norm of the gradient before clipping, if it was computed.
  public let gradientNorm: Double?
  /// What else is remarkable, in sentences.
  public let remarks: [String]
}

extension Diagnosis: CustomStringConvertible {
  public var description: String {
    let subject = iteration.map { "Iteration \($0)" } ?? "A fresh batch"
    var lines: [String] = []
    if let found = nonFinite {
      lines.append("\(subject): the first value that is not finite is \(found.pass.rawValue).")
      func add(_ name: String, _ text: String?) {
        if let text {
          lines.append("  \(name.padding(toLength: 10, withPad: " ", startingAt: 0)) \(text)")
        }
      }
      add("layer", found.layer.map(String.init))
      add("step", found.step.map(String.init))
      add("mechanism", found.mechanism)
      add("tensor", found.tensor)
      add("element", found.indices.isEmpty ? nil : "\(found.indices)")
      add("item", found.item.map { "\($0) of the batch" })
      add("value", found.value)
    } else {
      lines.append("\(subject): every value is finite, forward and backward.")
    }
    if let loss {
      lines.append(
        "Loss \(loss.short)" + (gradientNorm.map { ", gradient norm \($0.short)." } ?? "."))
    }
    if remarks.isEmpty {
      lines.append("Nothing else is remarkable.")
    } else {
      lines.append("")
      lines += remarks.map { "- \($0)" }
    }
    return lines.joined(separator: "\n")
  }
}

extension Double {
  /// Four digits.
  var short: String { numberText(Float(self)) }
}
