/// A recurrence of your own, over plain arrays: one batch element at one time step.
///
/// The engine does the rest: batches, sequences of different lengths, several layers, dropout, the
/// memory, states and checkpoints. It is slower than the library's recurrences, which work on whole
/// vectors of a batch.
///
/// `docs/extending.md` adds a leaky integrator and checks its gradient by finite differences.
public protocol PlainController: Controller {
  /// What `backward` needs of a time step.
  associatedtype Saved: Sendable

  /// One time step.
  ///
  /// - Parameters:
  ///   - input: the input vector.
  ///   - state: the old state of the units in, the new one out.
  ///   - parameters: in the order of `parameters(inputs:units:bias:)`.
  func forward(
    input: [Float], state: inout UnitState, parameters: [Tensor]
  ) -> Saved

  /// The backward pass of one time step.
  ///
  /// - Parameters:
  ///   - saved: what `forward` returned.
  ///   - stateGradient: the gradient of the new state in, that of the old state out.
  ///   - parameters: as in `forward`.
  ///   - parameterGradients: are added to, in the order of the parameters.
  /// - Returns: the gradient of the input vector.
  func backward(
    saved: Saved, stateGradient: inout UnitState, parameters: [Tensor],
    parameterGradients: inout [Tensor]
  ) -> [Float]
}

/// What the units of a hidden layer carry from one time step to the next, for one batch element.
public struct UnitState: Sendable, Equatable {
  /// Outputs h: H values.
  public var h: [Float]
  /// Cell states c: H values, or none if the recurrence has no cell state.
  public var c: [Float]

  /// A state of outputs h, H values, and cell states c: H values, or none.
  public init(h: [Float], c: [Float] = []) {
    self.h = h
    self.c = c
  }
}
