/// One line of `metrics.jsonl`: a flat JSON object of numbers, one per iteration.
package struct MetricsLine {
  /// The number of the iteration.
  package let iteration: Int
  private let text: String

  /// Reads a line; nil if it is not a whole one, such as a line cut short by a crash.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    guard text.hasPrefix("{"), text.hasSuffix("}"),
      let iteration = Self.value("iteration", in: text).flatMap({ Int($0) })
    else { return nil }
    self.iteration = iteration
    self.text = text
  }

  /// The number under a key, or nil if there is none.
  package subscript(key: String) -> Double? {
    Self.value(key, in: text).flatMap { Double($0) }
  }

  /// The line of an iteration, without the line break. Its values are finite: a run stops at the
  /// first one that is not.
  static func text(of report: IterationReport) -> String {
    let speed = (report.itemsPerSecond * 10).rounded() / 10
    return """
      {"iteration":\(report.iteration),"loss":\(report.loss),"error_rate":\(report.errorRate),\
      "gradient_norm":\(report.gradientNorm),"items_per_second":\(speed),\
      "length":\(report.length),"maximum_length":\(report.maximumLength)}
      """
  }

  /// The characters of a value. The lines are flat and written here, so no parser of all of JSON
  /// is needed.
  private static func value(_ key: String, in text: String) -> String? {
    guard let start = text.utf8.firstRange(of: "\"\(key)\":".utf8)?.upperBound else { return nil }
    let digits = text.utf8[start...].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
    return String(decoding: digits, as: UTF8.self)
  }
}
