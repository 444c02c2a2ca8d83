import NeuralMemory

extension ParameterStore {
  /// Scales gradients so that their Euclidean norm, over all parameters, is at most `maximum`.
  ///
  /// ```swift
  /// var step = network.valueAndGradient(x, target: y, loss: SigmoidCrossEntropy())
  /// step.gradients.clipGlobalNorm(50)
  /// optimizer.update(&network, step.gradients)
  /// ```
  ///
  /// The formula is that of PyTorch's `clip_grad_norm_`: the factor is
  /// `min(1, maximum / (norm + 1e-6))`. A norm that is not finite is returned with the gradients
  /// untouched, so that the caller can say which value it was.
  ///
  /// - Parameter maximum: the greatest norm; 0 only measures.
  /// - Returns: the norm before, added up in double precision.
  /// - Precondition: `maximum` is at least 0.
  /// - Complexity: O(values).
  @discardableResult
  public mutating func clipGlobalNorm(_ maximum: Double) -> Double {
    require(maximum >= 0, "gradients are clipped to a norm of at least 0, not \(maximum)")
    let norm = globalNorm
    guard maximum > 0, norm.isFinite else { return norm }
    let factor = maximum / (norm + 1e-6)
    guard factor < 1 else { return norm }
    let scale = Float(factor)
    withUnsafeMutableValues { values in
      for i in values.indices { values[i] *= scale }
    }
    return norm
  }
}
