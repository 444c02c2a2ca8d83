import NeuralMemory

/// Clipping of gradients by their global norm.
public enum GradientClipping {
  /// Scales `gradient` so that its Euclidean norm over all parameters is at most `maximum`, and says
  /// the norm before.
  ///
  /// The formula is PyTorch's `clip_grad_norm_`: the factor is `min(1, maximum / (norm + 1e-6))`. A
  /// `maximum` of 0 only measures. A norm that is not finite is returned with the gradient untouched,
  /// so that the caller can say which value it was.
  ///
  /// Complexity: O(parameters); the norm is added up in Double.
  @discardableResult
  public static func clipGlobalNorm(_ gradient: inout ParameterStore, maximum: Double) -> Double {
    require(
      maximum >= 0, "A gradient norm is clipped to a number of at least 0, not \(maximum)")
    let norm = Double(gradient.globalNorm)
    guard maximum > 0, norm.isFinite else { return norm }
    let factor = maximum / (norm + 1e-6)
    guard factor < 1 else { return norm }
    let scale = Float(factor)
    gradient.withUnsafeMutableValues { values in
      for i in values.indices { values[i] *= scale }
    }
    return norm
  }
}
