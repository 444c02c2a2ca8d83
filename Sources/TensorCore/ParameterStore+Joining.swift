extension ParameterStore {
  /// A store of the given tensors, in the given order.
  ///
  /// - Precondition: No name occurs twice.
  /// - Complexity: O(values).
  public init(_ tensors: KeyValuePairs<String, Tensor>) {
    self.init(layout: ParameterLayout(tensors.map { ($0.key, $0.value.shape) }))
    for (name, tensor) in tensors { self[name] = tensor }
  }

  /// Joins stores into one: the tensors of each in turn, named `prefix.name`.
  ///
  /// Parameters of several models are trained together this way, with one optimizer and one global
  /// norm; so are their gradients.
  ///
  /// ```swift
  /// var gradients = ParameterStore(joining: ["embedding": embedding, "dnc": dnc.parameters])
  /// gradients.clipGlobalNorm(50)
  /// gradients[prefix: "dnc"]  // those of the DNC again
  /// ```
  ///
  /// - Precondition: As for `ParameterLayout.init(joining:)`.
  /// - Complexity: O(values).
  public init(joining stores: KeyValuePairs<String, ParameterStore>) {
    let layout = ParameterLayout(joining: stores.map { ($0.key, $0.value.layout) })
    var values: [Float] = []
    values.reserveCapacity(layout.count)
    for (_, store) in stores { values.append(contentsOf: store.values) }
    self.init(layout: layout, values: values)
  }

  /// The store that was joined under a prefix: a copy to read, or one whose values are to be
  /// stored.
  ///
  /// Storing changes the joined store in place, without allocation if nothing else holds it.
  ///
  /// - Precondition: There are tensors under `prefix`; a store to be assigned has their layout.
  /// - Complexity: O(values under the prefix).
  public subscript(prefix prefix: String) -> ParameterStore {
    get {
      let (layout, range) = joined(under: prefix)
      return ParameterStore(layout: layout, values: Array(values[range]))
    }
    set {
      let (layout, range) = joined(under: prefix)
      newValue.requireLayout(layout, under: prefix)
      withUnsafeMutableValues { target in
        newValue.withUnsafeValues { source in
          for i in 0..<source.count { target[range.lowerBound + i] = source[i] }
        }
      }
    }
  }

  /// Copies what was joined under a prefix into a store that is there already: the subscript
  /// without its allocation.
  ///
  /// - Precondition: There are tensors under `prefix`, and `store` has their layout.
  /// - Complexity: O(values under the prefix).
  public func copy(prefix: String, to store: inout ParameterStore) {
    let (layout, range) = joined(under: prefix)
    store.requireLayout(layout, under: prefix)
    store.withUnsafeMutableValues { target in
      withUnsafeValues { source in
        for i in 0..<target.count { target[i] = source[range.lowerBound + i] }
      }
    }
  }

  private func joined(under prefix: String) -> (layout: ParameterLayout, range: Range<Int>) {
    guard let found = layout.joined(under: prefix) else {
      fatalError("there are no parameters under the prefix \"\(prefix)\"")
    }
    return found
  }

  private func requireLayout(_ expected: ParameterLayout, under prefix: String) {
    guard layout != expected else { return }
    let other = zip(layout.entries, expected.entries).first { $0 != $1 }
    fatalError(
      "a store of \(layout.entries.count) tensors and \(layout.count) values does not have the "
        + "layout joined under \"\(prefix)\", which has \(expected.entries.count) tensors and "
        + "\(expected.count) values"
        + (other.map { found, wanted in
          "; the first that differs is \"\(found.name)\" \(found.shape) for "
            + "\"\(wanted.name)\" \(wanted.shape)"
        } ?? ""))
  }
}
