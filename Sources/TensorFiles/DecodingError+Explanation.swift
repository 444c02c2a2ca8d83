import Foundation

extension DecodingError {
  /// What was expected and where, in words, without a full stop: `"task.bits" is missing`.
  ///
  /// - Parameter json: what could not be decoded.
  package func explanation(in json: Data) -> String {
    func place(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
      let path = (context.codingPath + (last.map { [$0] } ?? [])).map(\.stringValue)
      return path.isEmpty ? "the top level" : "\"" + path.joined(separator: ".") + "\""
    }
    switch self {
    case .keyNotFound(let key, let context): return "\(place(context, key)) is missing"
    case .typeMismatch(let type, let context):
      return context.codingPath.isEmpty
        ? "the top level is no JSON object"
        : "\(place(context)) does not hold a value of type \(type)"
    case .valueNotFound(_, let context): return "\(place(context)) is null"
    case .dataCorrupted(let context):
      guard context.codingPath.isEmpty else {
        let text = context.debugDescription
        return "\(place(context)): " + (text.hasSuffix(".") ? String(text.dropLast()) : text)
      }
      // For a number of the wrong kind Foundation names neither the number nor its place.
      let isJSON =
        (try? JSONSerialization.jsonObject(with: json, options: .fragmentsAllowed)) != nil
      return isJSON
        ? "a number in it is not the whole number it should be" : "the top level is not JSON"
    @unknown default: return "\(self)"
    }
  }
}
