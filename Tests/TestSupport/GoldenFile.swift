import Foundation
import NeuralMemory

/// A file of golden vectors: a model's configuration, parameters, input, and what must come out.
///
/// Its tensors are `input`, `output`, `cotangent`, `grad_input`, `param/NAME`, `grad/NAME`, and
/// where there are any `state/NAME` and `trace/NAME`.
public struct GoldenFile: Sendable {
  /// One value of the configuration.
  public enum Value: Sendable, Equatable {
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
  }

  /// What is wrong with a file of golden vectors.
  public struct Malformed: Error, CustomStringConvertible {
    public let description: String
  }

  /// The file's name without its extension.
  public let name: String
  /// The configuration, under the Python package's names.
  public let config: [String: Value]
  /// The same as JSON.
  public let configJSON: Data
  /// [batch, time, inputSize]
  public let input: Tensor
  /// [batch, time, inputSize]
  public let output: Tensor
  /// [batch, time, inputSize]: the loss is the sum of `output` times this.
  public let cotangent: Tensor
  /// [batch, time, inputSize]: the gradient of the loss with respect to the input.
  public let inputGradient: Tensor
  /// The parameters by name.
  public let parameters: [String: Tensor]
  /// The gradients of the loss by the name of the parameter.
  public let gradients: [String: Tensor]
  /// The starting state by name; empty if everything starts at zero.
  public let state: [String: Tensor]
  /// The memory's state after every access, [time · layers, ...], of batch element 0; may be empty.
  public let traces: [String: Tensor]

  /// Reads a file.
  ///
  /// - Throws: `FileError`, `SafeTensorsError`, `DecodingError`, or `Malformed` if something is
  ///   missing.
  public init(_ url: URL) throws {
    let file = try SafeTensors(contentsOf: url)
    func tensor(_ name: String) throws -> Tensor {
      guard let tensor = file[name] else {
        throw Malformed(description: "\(url.lastPathComponent) has no tensor \"\(name)\"")
      }
      return tensor
    }
    func group(_ prefix: String) -> [String: Tensor] {
      let names = file.names.filter { $0.hasPrefix(prefix) }
      return Dictionary(
        uniqueKeysWithValues: names.map { (String($0.dropFirst(prefix.count)), file[$0]!) })
    }
    guard let json = file.metadata["config"] else {
      throw Malformed(description: "\(url.lastPathComponent) has no \"config\" in its metadata")
    }
    name = url.deletingPathExtension().lastPathComponent
    configJSON = Data(json.utf8)
    config = try JSONDecoder().decode([String: Value].self, from: configJSON)
    input = try tensor("input")
    output = try tensor("output")
    cotangent = try tensor("cotangent")
    inputGradient = try tensor("grad_input")
    parameters = group("param/")
    gradients = group("grad/")
    state = group("state/")
    traces = group("trace/")
  }

  /// An integer of the configuration, or nil.
  public func integer(_ key: String) -> Int? {
    if case .integer(let value) = config[key] { value } else { nil }
  }

  /// A number of the configuration, or nil; integers are numbers too.
  public func number(_ key: String) -> Double? {
    switch config[key] {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// A truth value of the configuration, or nil.
  public func flag(_ key: String) -> Bool? {
    if case .flag(let value) = config[key] { value } else { nil }
  }

  /// A string of the configuration, or nil.
  public func text(_ key: String) -> String? {
    if case .text(let value) = config[key] { value } else { nil }
  }
}

extension GoldenFile.Value: Decodable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }
}
