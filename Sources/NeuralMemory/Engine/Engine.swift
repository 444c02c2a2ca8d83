/// What runs the calls of one network. A network knows its memory's kind, not how it is computed.
///
/// An engine is a folder of its own: the CPU's is `Engine/CPU`. `Device.engine(for:_:)` makes it.
protocol Engine<Memory>: AnyObject, Sendable {
  associatedtype Memory: NeuralMemory.Memory

  /// The network's sizes and parameters.
  var plan: NetworkPlan { get }

  /// The state at the start: all zero.
  func initialState(batch: Int) -> NetworkState<Memory>

  /// Runs sequences without records.
  func infer(
    _ input: Tensor, _ shape: CallShape, _ state: NetworkState<Memory>?,
    _ parameters: ParameterStore, _ options: CallOptions
  ) -> NetworkOutput<Memory>

  /// One step of [batch, input] into [batch, output], the state changed in place.
  func step(
    _ input: Tensor, state: inout NetworkState<Memory>, _ parameters: ParameterStore,
    passThroughMemory: Bool, into output: inout Tensor)

  /// Runs sequences and records what their backward pass needs.
  func record(
    _ input: Tensor, _ shape: CallShape, _ state: NetworkState<Memory>?, resetsMemory: Bool,
    _ parameters: ParameterStore, _ options: CallOptions
  ) -> (output: NetworkOutput<Memory>, pullback: NetworkPullback<Memory>)

  /// One training pass, as `TrainableNetwork.lossAndGradient` describes it.
  func lossAndGradient(
    _ input: Tensor, _ shape: CallShape, _ parameters: ParameterStore, dropoutSeed: UInt64?,
    workers: Int?, into gradient: inout ParameterStore,
    loss: @Sendable (_ elements: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double
}

/// What a call may be told besides its input and state.
struct CallOptions: Sendable {
  var passThroughMemory = true
  var debug = false
  var dropoutSeed: UInt64?
  var workers: Int?
}
