/// Rounds up to whole vectors of 16 lanes: the engine's rows are padded with zeros to such lengths.
@inline(__always)
func padded(_ count: Int) -> Int { (count + 15) & ~15 }

/// The sizes of a network as an engine uses them, and where its parameters are, resolved once from
/// its configuration.
///
/// The input of every hidden layer is one row [below | reads | own h] ("joint row"), so that a step
/// is one matrix product; below is the network's input, the layer below, or the hidden layer below.
/// Only the first hidden layer of a layer has reads.
struct NetworkPlan: Sendable {
  let configuration: NetworkConfiguration
  let inputSize: Int
  let outputSize: Int
  let outputPadded: Int
  /// Units of a hidden layer, H.
  let units: Int
  let unitsPadded: Int
  let layers: Int
  /// Hidden layers of each layer.
  let depth: Int
  let memories: Int
  /// Length of the read vectors, R·W.
  let readSize: Int
  let readPadded: Int
  let clip: Float
  let dropout: Float
  let hasCellState: Bool
  /// Whether layer 0 sees the reads that the call started with (the dialect `pytorchDNC`).
  let seesStartReads: Bool
  /// Steps whose memory records are kept at a time; 0: all.
  let recomputeEvery: Int
  let interface: InterfaceLayout

  let hiddenLayers: [HiddenLayerPlan]
  /// The linear maps of each memory's interface: all fields in one, or one each.
  let interfaceMaps: [[InterfaceMap]]
  let outputWeight: ParameterLayout.Entry
  let outputBias: ParameterLayout.Entry
  let parameterLayout: ParameterLayout
  private let initialValues: [ControllerParameter.InitialValues]

  /// Length of a row that goes into the output layer: [clipped h | reads] of the last layer.
  var topWidth: Int { unitsPadded + readPadded }

  func memory(of layer: Int) -> Int { memories == 1 ? 0 : layer }
  /// Accesses of one memory in one time step: one for each layer that shares it.
  var accessesPerStep: Int { memories == 1 ? layers : 1 }

  init(_ configuration: NetworkConfiguration, interface: InterfaceLayout) {
    let c = configuration.controller
    self.configuration = configuration
    self.interface = interface
    inputSize = configuration.inputSize
    outputSize = configuration.outputs
    outputPadded = padded(configuration.outputs)
    units = c.hiddenSize
    unitsPadded = padded(c.hiddenSize)
    layers = c.numLayers
    depth = c.numHiddenLayers
    memories = configuration.memories
    readSize = configuration.memory.readSize
    readPadded = padded(readSize)
    clip = c.clip
    dropout = c.dropout
    hasCellState = c.rnnType.controller.hasCellState
    let dense = configuration.memory as? DenseMemory.Configuration
    seesStartReads = dense?.dialect == .pytorchDNC
    recomputeEvery = dense?.recomputeEvery ?? 0

    var parameters = ParameterList()
    var hiddenLayers: [HiddenLayerPlan] = []
    for layer in 0..<layers {
      for depth in 0..<depth {
        hiddenLayers.append(
          HiddenLayerPlan(
            layer: layer, depth: depth,
            below: layer == 0 && depth == 0 ? inputSize : units,
            readSize: depth == 0 ? readSize : 0, c, &parameters))
      }
    }
    self.hiddenLayers = hiddenLayers
    interfaceMaps = (0..<memories).map {
      InterfaceMap.maps(memory: $0, configuration, interface, &parameters)
    }
    let inputs = Float(units + readSize)
    outputWeight = parameters.add(
      "output.weight", [outputSize, units + readSize], .uniform((6 / inputs).squareRoot()))
    outputBias = parameters.add(
      "output.bias", [outputSize], .uniform((1 / inputs).squareRoot()))
    parameterLayout = ParameterLayout(parameters.entries)
    initialValues = parameters.initialValues
  }

  /// Fresh parameters: hidden layers as their controller says; interface and output weights uniform
  /// in ±√(6/in), their biases in ±1/√in (docs/equations/model.md, Parameters).
  func initialParameters(seed: UInt64) -> ParameterStore {
    var random = RandomNumbers(seed: seed)
    var values = [Float](repeating: 0, count: parameterLayout.count)
    for (entry, initial) in zip(parameterLayout.entries, initialValues) {
      switch initial {
      case .uniform(let bound):
        for i in entry.range { values[i] = random.uniform(in: -bound..<bound) }
      case .constant(let value):
        for i in entry.range { values[i] = value }
      }
    }
    return ParameterStore(layout: parameterLayout, values: values)
  }
}

/// One hidden layer: where its parts are in the joint row, and its parameters.
struct HiddenLayerPlan: Sendable {
  let layer: Int
  /// Which hidden layer of the controller.
  let depth: Int
  /// Size of what is below, and padded.
  let below: Int
  let belowPadded: Int
  /// Size of the reads, 0 but for the first hidden layer of a layer, and padded.
  let readSize: Int
  let readPadded: Int
  /// In the order of `Controller.parameters(inputs:units:bias:)`.
  let parameters: [ParameterLayout.Entry]

  /// Offset of the reads in the joint row.
  var reads: Int { belowPadded }
  /// Offset of the own h in the joint row.
  var own: Int { belowPadded + readPadded }
  /// Length of the joint row.
  let width: Int
  /// Length of the input vectors.
  var inputs: Int { below + readSize }

  fileprivate init(
    layer: Int, depth: Int, below: Int, readSize: Int, _ c: ControllerConfiguration,
    _ parameters: inout ParameterList
  ) {
    self.layer = layer
    self.depth = depth
    self.below = below
    belowPadded = padded(below)
    self.readSize = readSize
    readPadded = padded(readSize)
    width = padded(below) + padded(readSize) + padded(c.hiddenSize)
    let controller = c.rnnType.controller
    let own = controller.parameters(
      inputs: below + readSize, units: c.hiddenSize, bias: c.bias)
    self.parameters = own.map {
      parameters.add(
        "\(type(of: controller).name)_layer_\(layer).\($0.name)_l\(depth)", $0.shape,
        $0.initialValues)
    }
  }
}

/// One linear map from h to fields of a memory's interface.
struct InterfaceMap: Sendable {
  /// A field's rows in the map and its columns in the engine's interface vector.
  struct Field: Sendable {
    let row: Int
    let column: Int
    let size: Int
  }

  let fields: [Field]
  let weight: ParameterLayout.Entry
  let bias: ParameterLayout.Entry

  /// The maps of one memory, under the Python package's names.
  fileprivate static func maps(
    memory: Int, _ configuration: NetworkConfiguration, _ interface: InterfaceLayout,
    _ parameters: inout ParameterList
  ) -> [InterfaceMap] {
    let prefix =
      "rnn_layer_memory_\(configuration.memory.shareMemory ? "shared" : "\(memory)")."
    let all = interface.fields.indices
    let groups: [(name: String, fields: Range<Int>)] =
      configuration.memory.independentLinears
      ? all.map { (interface.fields[$0].name, $0..<$0 + 1) }
      : [("interface_weights", all.startIndex..<all.endIndex)]
    let units = configuration.controller.hiddenSize
    let inputs = Float(units)
    return groups.map { name, fields in
      let first = interface.rows[fields.lowerBound]
      let size = fields.reduce(0) { $0 + interface.fields[$1].size }
      return InterfaceMap(
        fields: fields.map {
          Field(
            row: interface.rows[$0] - first, column: interface.offsets[$0],
            size: interface.fields[$0].size)
        },
        weight: parameters.add(
          "\(prefix)\(name).weight", [size, units], .uniform((6 / inputs).squareRoot())),
        bias: parameters.add(
          "\(prefix)\(name).bias", [size], .uniform((1 / inputs).squareRoot())))
    }
  }
}

/// Parameters as they are added one after the other.
private struct ParameterList {
  private(set) var entries: [(String, [Int])] = []
  private(set) var initialValues: [ControllerParameter.InitialValues] = []
  private var end = 0

  mutating func add(
    _ name: String, _ shape: [Int], _ initial: ControllerParameter.InitialValues
  ) -> ParameterLayout.Entry {
    let count = Tensor.elementCount(of: shape)
    defer { end += count }
    entries.append((name, shape))
    initialValues.append(initial)
    return ParameterLayout.Entry(name: name, shape: shape, offset: end, count: count)
  }
}
