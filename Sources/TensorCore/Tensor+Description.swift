extension Tensor: CustomStringConvertible {
  /// The elements in nested brackets and aligned columns, as NumPy prints them. Of more than 1,000
  /// elements only the first and last three of every axis are shown. An empty tensor shows its
  /// shape.
  ///
  ///     [[ 1.    2.5 ]
  ///      [-3.    0.25]]
  public var description: String {
    if count == 0 { return "[] of shape \(shape)" }
    let printer = TensorPrinter(self)
    return printer.text(axis: 0, offset: 0, size: count, indent: 1, width: TensorPrinter.lineWidth)
  }
}

/// Lays out one tensor as text.
private struct TensorPrinter {
  static let lineWidth = 75
  static let threshold = 1000
  static let edge = 3

  let tensor: Tensor
  let isSummary: Bool
  let format: NumberFormat

  init(_ tensor: Tensor) {
    self.tensor = tensor
    isSummary = tensor.count > Self.threshold
    var shown: [Float] = []
    Self.collect(tensor, isSummary, axis: 0, offset: 0, size: tensor.count, into: &shown)
    format = NumberFormat(shown)
  }

  /// The part of the tensor that begins at `offset`, has `size` elements, and the axes from `axis`
  /// on.
  ///
  /// Lines after the first start with `indent` spaces; no line is to be longer than `width`.
  func text(axis: Int, offset: Int, size: Int, indent: Int, width: Int) -> String {
    if axis == tensor.rank { return format.string(tensor.values[offset]) }
    let length = tensor.shape[axis]
    let part = size / length
    let items = Self.items(length, isSummary).map { index in
      index.map {
        text(
          axis: axis + 1, offset: offset + $0 * part, size: part, indent: indent + 1,
          width: width - 1)
      } ?? "..."
    }
    let margin = String(repeating: " ", count: indent)
    if axis < tensor.rank - 1 {
      let newLines = String(repeating: "\n", count: tensor.rank - axis - 1)
      return "[" + items.joined(separator: newLines + margin) + "]"
    }
    var lines: [String] = []
    var line = margin
    for item in items {
      // A line takes at least one number, however long.
      if line.count > indent && line.count + item.count > width - 1 {
        lines.append(String(Self.withoutFinalSpaces(line)))
        line = margin
      }
      line += item + " "
    }
    line.removeLast()
    lines.append(line)
    return "[" + lines.joined(separator: "\n").dropFirst(indent) + "]"
  }

  /// The indices of an axis that are shown; nil stands for those left out.
  private static func items(_ length: Int, _ isSummary: Bool) -> [Int?] {
    guard isSummary && length > 2 * edge else { return Array(0..<length) }
    return Array(0..<edge) + [nil] + Array((length - edge)..<length)
  }

  private static func collect(
    _ tensor: Tensor, _ isSummary: Bool, axis: Int, offset: Int, size: Int,
    into shown: inout [Float]
  ) {
    if axis == tensor.rank {
      shown.append(tensor.values[offset])
      return
    }
    let part = size / tensor.shape[axis]
    for case let index? in items(tensor.shape[axis], isSummary) {
      collect(
        tensor, isSummary, axis: axis + 1, offset: offset + index * part, size: part, into: &shown)
    }
  }

  private static func withoutFinalSpaces(_ line: String) -> Substring {
    var rest = line[...]
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
