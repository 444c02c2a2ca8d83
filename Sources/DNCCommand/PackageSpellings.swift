/// The Python package's way to write flags, turned into the usual one before arguments are parsed.
///
/// The package's scripts write `-batch_size 32`. Here a known name is accepted with one dash or
/// two, with underscores or dashes, and with its value after a space or after `=`. A value that
/// begins with a dash (`-cuda -1`) is joined to its flag, which the parser would otherwise take for
/// another flag; so are negative numbers after all other long flags.
enum PackageSpellings {
  /// The flags of the package's scripts, all of which take a value.
  static let flags: Set<String> = [
    "input-size", "rnn-type", "nhid", "dropout", "memory-type", "nlayer", "nhlayer", "lr", "optim",
    "clip", "batch-size", "mem-size", "mem-slot", "read-heads", "sparse-reads", "temporal-reads",
    "sequence-max-length", "curriculum-increment", "curriculum-freq", "cuda", "iterations",
    "summarize-freq", "check-freq",
  ]

  /// The arguments in the usual spelling. What is not a known flag stays as it is, and so does
  /// everything after `--`.
  static func rewrite(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        result.append(argument)
        result += rest
        break
      }
      let (name, value) = split(argument)
      guard let name, flags.contains(name) else {
        if argument.hasPrefix("--"), value == nil, let next = rest.first, isNegative(next) {
          rest.removeFirst()
          result.append("\(argument)=\(next)")
        } else {
          result.append(argument)
        }
        continue
      }
      if let value {
        result.append("--\(name)=\(value)")
      } else if let next = rest.first, isValue(next) {
        rest.removeFirst()
        result.append("--\(name)=\(next)")
      } else {
        result.append("--\(name)")
      }
    }
    return result
  }

  /// The name of a flag in the usual spelling, and the value joined to it by `=`.
  private static func split(_ argument: String) -> (name: String?, value: String?) {
    guard argument.hasPrefix("-") else { return (nil, nil) }
    let body = argument.drop { $0 == "-" }
    let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map { String($0.map { $0 == "_" ? "-" : $0 }) }
    return (name, parts.count > 1 ? String(parts[1]) : nil)
  }

  /// Whether an argument is a value: anything without a dash in front, and negative numbers.
  private static func isValue(_ argument: String) -> Bool {
    !argument.hasPrefix("-") || isNegative(argument)
  }

  private static func isNegative(_ argument: String) -> Bool {
    argument.hasPrefix("-") && Double(argument) != nil
  }
}
