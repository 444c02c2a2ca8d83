import Foundation

/// Why a safetensors file, though well formed, is not the checkpoint it should be.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// The metadata has no entry of this name.
  case missingMetadata(file: String, entry: String, expected: String)
  /// An entry of the metadata is not what it should be.
  case badMetadata(file: String, entry: String, problem: String)
  /// Tensors that the configuration asks for are not there.
  case missingTensors(file: String, names: [String])
  /// Tensors are there that the configuration does not know.
  case unknownTensors(file: String, names: [String])
  /// A tensor has another shape than the configuration asks for.
  case wrongShape(file: String, tensor: String, expected: [Int], found: [Int])
  /// A tensor holds something else than floats.
  case wrongDtype(file: String, tensor: String, found: ScalarType)
  /// A tensor's values are not what they must be.
  case badTensor(file: String, tensor: String, problem: String)

  public var description: String {
    func list(_ names: [String]) -> String {
      names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
        + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
    switch self {
    case .missingMetadata(let file, let entry, let expected):
      return "\(file): the metadata has no entry \"\(entry)\"; expected \(expected)"
    case .badMetadata(let file, let entry, let problem):
      return "\(file): the metadata's entry \"\(entry)\" \(problem)"
    case .missingTensors(let file, let names):
      return "\(file): missing \(list(names)), which the configuration asks for"
    case .unknownTensors(let file, let names):
      return "\(file): holds \(list(names)), which the configuration does not know"
    case .wrongShape(let file, let tensor, let expected, let found):
      return "\(file): \"\(tensor)\" has shape \(found); the configuration asks for \(expected)"
    case .wrongDtype(let file, let tensor, let found):
      return "\(file): \"\(tensor)\" holds \(found.rawValue); floats were expected"
    case .badTensor(let file, let tensor, let problem):
      return "\(file): \"\(tensor)\" \(problem)"
    }
  }
}

extension SafeTensors {
  /// The tensors of a layout, after checking that they are there, and nothing else but tensors
  /// under the prefixes `ignoring`.
  ///
  /// - Throws: `CheckpointError`. Nothing is allocated before all names, shapes and dtypes are
  ///   checked.
  func values(
    of layout: ParameterLayout, file: String, ignoring prefixes: [String]
  ) throws -> ParameterStore {
    let present = Set(names)
    let missing = layout.entries.map(\.name).filter { !present.contains($0) }
    if !missing.isEmpty { throw CheckpointError.missingTensors(file: file, names: missing) }
    let unknown = names.filter { name in
      layout[name] == nil && !prefixes.contains { name.hasPrefix($0) }
    }
    if !unknown.isEmpty { throw CheckpointError.unknownTensors(file: file, names: unknown) }
    for entry in layout.entries {
      let shape = shape(of: entry.name) ?? []
      if shape != entry.shape {
        throw CheckpointError.wrongShape(
          file: file, tensor: entry.name, expected: entry.shape, found: shape)
      }
      let dtype = dtype(of: entry.name) ?? .f32
      if ![.f32, .f64, .f16, .bf16].contains(dtype) {
        throw CheckpointError.wrongDtype(file: file, tensor: entry.name, found: dtype)
      }
    }
    var store = ParameterStore(layout: layout)
    for entry in layout.entries {
      if let tensor = self[entry.name] { store[entry.name] = tensor }
    }
    return store
  }
}
