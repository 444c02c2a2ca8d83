import NeuralMemory

/// How the labels of a triple become channels: each digit of each label is a one-hot group of
/// `radix` channels, the most significant digit first; a blank label is all zeros. With three
/// digits of ten a triple takes 90 channels (DNC paper, Methods).
struct TripleCoding: Sendable, Equatable {
  /// Digits of a label.
  let digits: Int
  /// Values of a digit.
  let radix: Int

  /// Channels of a triple.
  var channels: Int { 3 * digits * radix }
  /// Groups of channels in a triple: its digits.
  var groups: Int { 3 * digits }
  /// How many labels there are.
  var labelCount: Int { (0..<digits).reduce(1) { count, _ in count * radix } }

  /// The digits of a label, the most significant one first; nil for each digit of a blank.
  func digits(of label: Int) -> [Int?] {
    guard label != Triple.blank else { return Array(repeating: nil, count: digits) }
    var rest = label
    var found: [Int?] = []
    for _ in 0..<digits {
      found.insert(rest % radix, at: 0)
      rest /= radix
    }
    return found
  }

  /// The digits of a triple's labels in order.
  func digits(of triple: Triple) -> [Int?] { triple.labels.flatMap { digits(of: $0) } }

  /// The channels of a triple, each 0 or 1.
  func row(_ triple: Triple) -> [Float] {
    var row = [Float](repeating: 0, count: channels)
    for (group, digit) in digits(of: triple).enumerated() {
      if let digit { row[group * radix + digit] = 1 }
    }
    return row
  }

  /// The triple whose channels are 1; a label with an empty digit is blank.
  func triple(ofRow row: ArraySlice<Float>) -> Triple {
    triple { group in
      (0..<radix).first { row[row.startIndex + group * radix + $0] > 0.5 }
    }
  }

  /// The triple of the greatest logit of each digit.
  func triple(ofLogits row: ArraySlice<Float>) -> Triple {
    triple { group in
      let start = row.startIndex + group * radix
      return (0..<radix).max { row[start + $0] < row[start + $1] }
    }
  }

  private func triple(_ digit: (Int) -> Int?) -> Triple {
    func label(_ first: Int) -> Int {
      var label = 0
      for group in first..<first + digits {
        guard let digit = digit(group) else { return Triple.blank }
        label = label * radix + digit
      }
      return label
    }
    return Triple(from: label(0), edge: label(digits), to: label(2 * digits))
  }
}
