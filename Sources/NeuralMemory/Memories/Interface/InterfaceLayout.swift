import VectorKernels

/// Where the fields are in the interface vector that the engine computes.
///
/// Fields with the same squashing are neighbors, each such group padded to whole vectors: a step
/// squashes a group at once. The parameters keep the order of the fields (`docs/equations/dnc.md`,
/// `docs/equations/sam.md`, `docs/equations/sdnc.md`); packing the weights moves the rows.
struct InterfaceLayout: Sendable {
  struct Group: Sendable {
    let squashing: Squashing
    let offset: Int
    let count: Int
    /// Offset of the group's values among the slopes, for the squashings that need them.
    let slope: Int
  }

  let fields: [InterfaceField]
  /// Position of each field in the engine's vector.
  let offsets: [Int]
  /// Position of each field among the rows of the joint linear map.
  let rows: [Int]
  let groups: [Group]
  /// Length of the engine's vector, in whole vectors.
  let width: Int
  /// Values that the squashing keeps besides its result.
  let slopes: Int
  /// Rows of the joint linear map.
  let size: Int

  init(fields: [InterfaceField]) {
    self.fields = fields
    var offsets = [Int](repeating: 0, count: fields.count)
    var groups: [Group] = []
    var end = 0
    var slopes = 0
    for squashing in [Squashing.none, .tanh, .sigmoid, .oneplus, .softplus, .softmaxOfThree] {
      let start = end
      for (index, field) in fields.enumerated() where field.squashing == squashing {
        offsets[index] = end
        end += field.size
      }
      guard end > start else { continue }
      groups.append(Group(squashing: squashing, offset: start, count: end - start, slope: slopes))
      if squashing == .oneplus || squashing == .softplus { slopes += padded(end - start) }
      end = padded(end)
    }
    var rows: [Int] = []
    var row = 0
    for field in fields {
      rows.append(row)
      row += field.size
    }
    self.offsets = offsets
    self.rows = rows
    self.groups = groups
    self.width = end
    self.slopes = slopes
    self.size = row
  }

  /// The place of a field in the interface vector.
  func slot(_ name: String) -> Slot<Float> {
    guard let index = fields.firstIndex(where: { $0.name == name }) else {
      fatalError("the interface has no field \"\(name)\"")
    }
    return Slot(offset: offsets[index], stride: 0)
  }

  /// A field's name in words: `write key`.
  func plainName(_ field: Int) -> String {
    let words = fields[field].name.split(separator: "_")
    return (words.last == "transform" ? words.dropLast() : words[...]).joined(separator: " ")
  }
}
