/// Names of the parameters: those of the Python package's `state_dict`.
enum ParameterNames {
  static func cell(_ rnnType: RNNType, layer: Int, _ part: String, depth: Int) -> String {
    "\(rnnType.rawValue)_layer_\(layer).\(part)_l\(depth)"
  }

  /// The linear map of an interface field, or of all of them.
  static func interface(memory: Int, shared: Bool, _ map: String) -> String {
    "rnn_layer_memory_\(shared ? "shared" : "\(memory)").\(map)"
  }

  static let joint = "interface_weights"
  static let outputWeight = "output.weight"
  static let outputBias = "output.bias"
}

extension NetworkPlan {
  /// Names and shapes of all parameters, in the order of the flat vector.
  var parameterLayout: ParameterLayout {
    var entries: [(String, [Int])] = []
    let rows = rnnType.gates * hidden
    for cell in cells {
      func name(_ part: String) -> String {
        ParameterNames.cell(rnnType, layer: cell.layer, part, depth: cell.depth)
      }
      let inputs = cell.below + (cell.depth == 0 ? readSize : 0)
      entries.append((name("weight_ih"), [rows, inputs]))
      entries.append((name("weight_hh"), [rows, hidden]))
      if bias {
        entries.append((name("bias_ih"), [rows]))
        entries.append((name("bias_hh"), [rows]))
      }
    }
    for memory in 0..<memories {
      for map in interfaceMaps(memory) {
        entries.append(("\(map.name).weight", [map.size, hidden]))
        entries.append(("\(map.name).bias", [map.size]))
      }
    }
    entries.append((ParameterNames.outputWeight, [outputSize, hidden + readSize]))
    entries.append((ParameterNames.outputBias, [outputSize]))
    return ParameterLayout(entries)
  }

  /// The linear maps of one memory's interface: all fields in one, or one each.
  func interfaceMaps(_ memory: Int) -> [(name: String, size: Int, fields: Range<Int>)] {
    let shared = sharesMemory
    if independentLinears {
      return interface.fields.enumerated().map { index, field in
        (
          ParameterNames.interface(memory: memory, shared: shared, field.name), field.size,
          index..<index + 1
        )
      }
    }
    let name = ParameterNames.interface(memory: memory, shared: shared, ParameterNames.joint)
    return [(name, interface.size, 0..<interface.fields.count)]
  }

  /// Fresh parameters: controllers uniform in ±1/√H; interface and output weights uniform in ±√(6/in), their biases in ±1/√in.
  func initialParameters(seed: UInt64) -> ParameterStore {
    var random = RandomNumbers(seed: seed)
    let layout = parameterLayout
    var values = [Float](repeating: 0, count: layout.count)
    for entry in layout.entries {
      let fanIn: Int
      let bound: Float
      if entry.name.contains("_layer_memory_") || entry.name.hasPrefix("output.") {
        fanIn = entry.name.hasPrefix("output.") ? hidden + readSize : hidden
        bound = (entry.shape.count == 2 ? 6 / Float(fanIn) : 1 / Float(fanIn)).squareRoot()
      } else {
        bound = 1 / Float(hidden).squareRoot()
      }
      for i in entry.range { values[i] = random.uniform(in: -bound..<bound) }
    }
    return ParameterStore(layout: layout, values: values)
  }
}
