import NeuralMemory

/// A key–value memory: one matrix A [value, key] of associations, corrected towards a new value,
/// A' = A + g (v − A k) kᵀ, and read at a query, r = s A' q.
struct KeyValueMemory: PlainMemory {
  struct Configuration: MemoryConfiguration {
    typealias Memory = KeyValueMemory
    static var kind: MemoryType { MemoryType(rawValue: "key-value") }

    var keySize = 3
    var valueSize = 4
    var independentLinears = false
    var shareMemory = true

    var readSize: Int { valueSize }

    func validate(in network: NetworkConfiguration) throws {
      try ConfigurationError.check("keySize", keySize, atLeast: 1, atMost: 1 << 16)
      try ConfigurationError.check("valueSize", valueSize, atLeast: 1, atMost: 1 << 16)
    }
  }

  let configuration: Configuration

  init(_ configuration: Configuration) { self.configuration = configuration }

  private var keySize: Int { configuration.keySize }
  private var valueSize: Int { configuration.valueSize }

  var interface: [InterfaceField] {
    [
      InterfaceField("read_strength_transform", size: 1, squashing: .oneplus),
      InterfaceField("write_value_transform", size: valueSize),
      InterfaceField("write_key_transform", size: keySize, squashing: .tanh),
      InterfaceField("write_gate_transform", size: 1, squashing: .sigmoid),
      InterfaceField("read_key_transform", size: keySize, squashing: .tanh),
    ]
  }

  var stateSize: Int { keySize * valueSize }

  /// The fields of an interface vector.
  struct Fields: Sendable {
    let strength: Float
    let value: ArraySlice<Float>
    let key: ArraySlice<Float>
    let gate: Float
    let query: ArraySlice<Float>

    init(_ interface: [Float], _ c: Configuration) {
      var rest = interface[...]
      func take(_ count: Int) -> ArraySlice<Float> {
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
      }
      strength = take(1).first!
      value = take(c.valueSize)
      key = take(c.keySize)
      gate = take(1).first!
      query = take(c.keySize)
    }
  }

  struct Saved: Sendable {
    let fields: Fields
    let old: [Float]
    let new: [Float]
  }

  private func product(_ a: [Float], _ row: Int, _ x: ArraySlice<Float>) -> Float {
    zip(a[row * keySize..<(row + 1) * keySize], x).reduce(0) { $0 + $1.0 * $1.1 }
  }

  func forward(interface: [Float], state: inout [Float], reads: inout [Float]) -> Saved {
    let (fields, old) = (Fields(interface, configuration), state)
    for (row, value) in fields.value.enumerated() {
      let correction = fields.gate * (value - product(old, row, fields.key))
      for (column, key) in fields.key.enumerated() {
        state[row * keySize + column] += correction * key
      }
      reads[row] = fields.strength * product(state, row, fields.query)
    }
    return Saved(fields: fields, old: old, new: state)
  }

  func backward(
    saved: Saved, readGradient: [Float], stateGradient: inout [Float],
    interfaceGradient: inout [Float]
  ) {
    let fields = saved.fields
    let (key, query) = (Array(fields.key), Array(fields.query))
    var (dstrength, dgate) = (Float(0), Float(0))
    var dvalue: [Float] = []
    var dkey = [Float](repeating: 0, count: keySize)
    var dquery = dkey
    for (row, value) in fields.value.enumerated() {
      dstrength += readGradient[row] * product(saved.new, row, fields.query)
      let error = value - product(saved.old, row, fields.key)
      // of the correction g (v − A k), whose product with the key is added to the row
      var dcorrection: Float = 0
      for j in 0..<keySize {
        let i = row * keySize + j
        dquery[j] += readGradient[row] * fields.strength * saved.new[i]
        stateGradient[i] += readGradient[row] * fields.strength * query[j]
        dcorrection += stateGradient[i] * key[j]
        dkey[j] += stateGradient[i] * fields.gate * error
      }
      dgate += dcorrection * error
      dvalue.append(dcorrection * fields.gate)
      for j in 0..<keySize {
        let i = row * keySize + j
        dkey[j] -= dcorrection * fields.gate * saved.old[i]
        stateGradient[i] -= dcorrection * fields.gate * key[j]
      }
    }
    interfaceGradient = [dstrength] + dvalue + dkey + [dgate] + dquery
  }
}
