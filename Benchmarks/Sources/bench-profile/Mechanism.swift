/// A part of a training step, as samples are counted by.
enum Mechanism: String, CaseIterable {
  case products = "products of the time loop"
  case weightGradients = "weight gradients"
  case gates = "gates of the controllers"
  case link = "link matrix and directions"
  case memory = "memory: write, lookups, reads"
  case weighting = "usage, allocation, weights"
  case rest = "interface, loss, optimizer, copies"

  /// The mechanism whose work a function does; nil: look at its caller.
  init?(function: String) {
    func has(_ prefixes: String...) -> Bool { prefixes.contains { function.hasPrefix($0) } }
    if has("k_gemm_panels") {
      self = .products
    } else if has("sgemm", "cblas", "vk_product") {
      self = .weightGradients
    } else if has("k_lstm", "k_gru", "k_relu") {
      self = .gates
    } else if has("k_link") {
      self = .link
    } else if has("k_memory", "k_gemm", "k_dots", "k_lookup", "k_content", "k_cosines") {
      self = .memory
    } else if has(
      "k_usage", "k_order", "k_allocation", "k_write_weights", "k_precedence", "k_read_weights")
    {
      self = .weighting
    } else if has("k_", "$s") {
      self = .rest
    } else {
      return nil
    }
  }
}

/// Forward or backward.
enum Direction: CaseIterable {
  case forward
  case backward
}
