/// How one field of the interface is squashed.
enum Squashing {
  case none
  case tanh
  case sigmoid
  /// 1 + softplus(x)
  case oneplus
  case softplus
  /// Over groups of three.
  case softmaxOfThree
}

/// One field of the interface, in the order of the parameters.
struct InterfaceField {
  /// Name of its own linear map, with independent linears.
  let name: String
  let size: Int
  let squashing: Squashing
}

/// Where the fields stand in the interface vector that the engine computes.
///
/// Fields with the same squashing stand together, each such group padded to whole vectors: a step squashes a group at once. The parameters keep the
/// order of the specification; packing the weights moves the rows.
struct InterfaceLayout {
  struct Group {
    let squashing: Squashing
    let offset: Int
    let count: Int
    /// Where the group's values of `Squashing.slope` stand, for the squashings that need them.
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
  /// Numbers that the squashing keeps besides its result.
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
}
