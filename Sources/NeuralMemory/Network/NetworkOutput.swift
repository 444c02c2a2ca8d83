/// What a call returns.
public struct NetworkOutput<Memory: NeuralMemory.Memory>: Sendable {
  /// [batch, time, outputSize], or [time, batch, outputSize] if the network is not batch-first.
  /// Zero past the end of a sequence.
  public var output: Tensor
  /// The state after the last step of each sequence.
  public var state: NetworkState<Memory>
  /// With `configuration.debug`, what the memory did to batch element 0: tables with one row for
  /// each layer and time step (row `t · layers + l`), under the Python package's keys.
  public var trace: [String: Tensor]?
  /// With `configuration.debug`, what the controllers told the memory, in rows as those of `trace`:
  /// `write_gate`, `allocation_gate` (dense) or `interpolation_gate` (sparse) of one column,
  /// `free_gates` (dense) of one for each head, `read_modes` (not SAM) of three for each head:
  /// backward, forward, content.
  public var gates: [String: Tensor]?
}

/// What the backward pass of a call gives.
public struct NetworkGradients<Memory: NeuralMemory.Memory>: Sendable {
  /// Of the parameters, in their layout.
  public var parameters: ParameterStore
  /// Of the input, in its shape.
  public var input: Tensor
  /// Of the state that the call started with.
  public var initialState: NetworkState<Memory>
}

/// The backward pass of one call. May be called any number of times, from any thread.
///
/// Holds what the forward pass recorded until it is released.
public final class NetworkPullback<Memory: NeuralMemory.Memory>: Sendable {
  private let shape: CallShape
  private let plan: NetworkPlan
  private let run:
    @Sendable (_ output: Tensor, _ state: NetworkState<Memory>?) -> NetworkGradients<Memory>
  private let look: @Sendable (Examined.Direction, (Examined) -> Void) -> Void

  init(
    _ shape: CallShape, _ plan: NetworkPlan,
    run: @escaping @Sendable (Tensor, NetworkState<Memory>?) -> NetworkGradients<Memory>,
    examine look: @escaping @Sendable (Examined.Direction, (Examined) -> Void) -> Void
  ) {
    self.shape = shape
    self.plan = plan
    self.run = run
    self.look = look
  }

  /// Shows everything that was computed, in the order of execution: for the search for a value that
  /// is not finite.
  ///
  /// The backward pass can be examined after the pullback was called, and shows its last call.
  /// - Precondition: the network's `recomputeEvery` is 0: otherwise the records of most steps are
  ///   not there.
  /// - Complexity: O(values shown): all that the call recorded.
  package func examine(_ direction: Examined.Direction, _ visit: (Examined) -> Void) {
    require(
      plan.recomputeEvery == 0,
      "with recomputeEvery \(plan.recomputeEvery) only some steps' records are kept; examine a "
        + "network with 0")
    look(direction, visit)
  }

  /// From the gradient of the output, and of the final state if wanted, to those of parameters,
  /// input and initial state.
  ///
  /// - Parameters:
  ///   - output: in the output's shape; ignored past the end of a sequence.
  ///   - state: gradient of the call's final state; nil: zero.
  public func callAsFunction(
    _ output: Tensor, state: NetworkState<Memory>? = nil
  ) -> NetworkGradients<Memory> {
    require(
      output.shape == shape.outputShape,
      "the output's gradient has shape \(shape.outputShape), not \(output.shape)")
    if let state { plan.check(state, batch: shape.batch, "the state's gradient") }
    return run(output, state)
  }
}
