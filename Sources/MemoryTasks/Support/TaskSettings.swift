import Foundation
import MemoryTraining
import NeuralMemory

extension MemoryTask {
  /// The same task with other values of some settings: how well does a network do on more repeats,
  /// or on a map, than it was trained on?
  ///
  /// - Parameter changes: values by the keys of a run's `configuration.json`, as written there;
  ///   text without quotation marks.
  /// - Throws: `ConfigurationError` for a key that the task does not have, or a value that cannot
  ///   be.
  public func with(settings changes: [String: String]) throws -> Self {
    var object = try Self.object(of: self)
    for (key, text) in changes.sorted(by: { $0.key < $1.key }) {
      guard let old = object[key] else {
        throw ConfigurationError(
          argument: key, value: text,
          expected: "one of the settings \(object.keys.sorted().joined(separator: ", "))")
      }
      let value =
        old is String
        ? text
        : try? JSONSerialization.jsonObject(
          with: Data(text.utf8), options: .fragmentsAllowed)
      guard let value, try Self.canRead(key, value, in: object) else {
        throw ConfigurationError(
          argument: key, value: text, expected: "a value like \(Self.text(of: old))")
      }
      object[key] = value
    }
    // All at once: one setting may need another one.
    return try JSONDecoder().decode(
      Self.self, from: JSONSerialization.data(withJSONObject: object))
  }

  /// All settings by their keys in `configuration.json`, as text.
  package func settings() throws -> [String: String] {
    try Self.object(of: self).mapValues { $0 as? String ?? Self.text(of: $0) }
  }

  private static func object(of task: Self) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(task))
    return object as? [String: Any] ?? [:]
  }

  /// Whether a value has the right form, be it valid together with the others or not.
  private static func canRead(
    _ key: String, _ value: Any, in object: [String: Any]
  ) throws -> Bool {
    var changed = object
    changed[key] = value
    let data = try JSONSerialization.data(withJSONObject: changed)
    do { _ = try JSONDecoder().decode(Self.self, from: data) } catch is DecodingError {
      return false
    } catch is ConfigurationError {}
    return true
  }

  private static func text(of value: Any) -> String {
    let data = try? JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"
  }
}
