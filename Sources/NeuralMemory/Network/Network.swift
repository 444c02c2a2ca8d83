/// A recurrent network with an external memory: controllers that take turns on a memory, and an
/// output layer (`docs/equations/model.md`).
///
/// `DNC`, `SAM`, `SDNC` and `ControllerNetwork` are names for networks around the library's
/// memories.
///
/// ```swift
/// let dnc = DNC(
///   inputSize: 64, hiddenSize: 128, numLayers: 4, nrCells: 100, readHeads: 4, cellSize: 32)
/// let result = dnc(Tensor(shape: [10, 4, 64]))                  // [batch, time, feature]
/// let next = dnc(Tensor(shape: [10, 4, 64]), state: result.state)
/// ```
///
/// A network is a value: a configuration and parameters. What it carries from call to call is an
/// explicit `State`. Copies share working memory, and may be called from several threads at once.
public struct Network<Memory: NeuralMemory.Memory>: AnyNetwork {
  /// Everything but the values of the parameters.
  public typealias Configuration = NetworkConfiguration
  /// What it carries from call to call.
  public typealias State = NetworkState<Memory>
  /// What a call returns.
  public typealias Output = NetworkOutput<Memory>
  /// What the backward pass of a call gives.
  public typealias Gradients = NetworkGradients<Memory>
  /// The backward pass of a call.
  public typealias Pullback = NetworkPullback<Memory>

  /// Everything but the values of the parameters.
  public let configuration: NetworkConfiguration
  /// What runs the network.
  public let device: Device

  /// The parameters, under the names of the Python package's `state_dict`.
  ///
  /// - Precondition: What is assigned has the layout of this network.
  public var parameters: ParameterStore {
    didSet { checkLayout(parameters) }
  }

  let engine: any Engine<Memory>

  public var network: Network<Memory> { self }

  /// A network with given parameters.
  ///
  /// - Precondition: `configuration.validate()` does not throw, the memory is this network's, and
  ///   the layout is `parameterLayout(configuration)`.
  public init(
    configuration: NetworkConfiguration, parameters: ParameterStore, device: Device = .cpu
  ) {
    self.init(configuration, device) { _ in parameters }
  }

  /// A network with fresh parameters drawn from `seed`: hidden layers uniform in ±1/√H, interface
  /// and output weights uniform in ±√(6/in), their biases in ±1/√in.
  ///
  /// - Precondition: `configuration.validate()` does not throw, and the memory is this network's.
  public init(configuration: NetworkConfiguration, seed: UInt64 = 0, device: Device = .cpu) {
    self.init(configuration, device) { $0.initialParameters(seed: seed) }
  }

  private init(
    _ configuration: NetworkConfiguration, _ device: Device,
    _ parameters: (NetworkPlan) -> ParameterStore
  ) {
    do { try configuration.validate(for: Memory.self) } catch {
      fatalError("\(error)")
    }
    self.configuration = configuration
    self.device = device
    engine = device.engine(for: Memory.self, configuration)
    self.parameters = parameters(engine.plan)
    checkLayout(self.parameters)
  }

  private func checkLayout(_ parameters: ParameterStore) {
    require(
      parameters.layout == engine.plan.parameterLayout,
      "these parameters belong to another configuration")
  }

  /// Names and shapes of a network's parameters, without the network.
  ///
  /// - Throws: `ConfigurationError`.
  public static func parameterLayout(
    _ configuration: NetworkConfiguration
  ) throws -> ParameterLayout {
    try configuration.validate(for: Memory.self)
    return NetworkPlan(configuration).parameterLayout
  }
}
