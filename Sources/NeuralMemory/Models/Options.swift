/// The kind of recurrent cell a controller is made of.
public enum RNNType: String, Sendable, Codable, CaseIterable {
  /// Long short-term memory (Hochreiter & Schmidhuber 1997), PyTorch's form.
  case lstm
  /// Gated recurrent unit (Cho et al. 2014), PyTorch's form: the reset gate acts after the recurrent bias.
  case gru
  /// A plain recurrent cell with the chosen nonlinearity.
  case rnn

  /// Blocks of `hidden_size` rows in the weights of one cell.
  var gates: Int {
    switch self {
    case .lstm: 4
    case .gru: 3
    case .rnn: 1
    }
  }
}

/// The squashing function of plain recurrent cells (`RNNType.rnn`).
public enum Nonlinearity: String, Sendable, Codable, CaseIterable {
  case tanh
  case relu
}

/// Whose equations a DNC follows where the published paper and the Python package differ.
public enum Dialect: String, Sendable, Codable, CaseIterable {
  /// Graves et al. 2016: unsquashed keys, strengths `1 + softplus(x)`.
  case nature
  /// The Python package `dnc` 1.1.0, so that its networks give the same numbers here: keys and write
  /// vector squashed by tanh, strengths by softplus, and layer 0 sees at every step of a call the reads that
  /// the call started with.
  case pytorchDNC = "pytorch-dnc"
}

/// How a sparse memory finds the cells nearest to a query.
public enum MemoryIndex: String, Sendable, Codable, CaseIterable {
  /// By a scan of all cells touched so far: the published networks, and the fastest way for tens of thousands of cells.
  case exact
  /// By FAISS's inverted lists once many cells are in use, see `NetworkConfiguration.indexThreshold`: fewer are looked at, and now and then one of the nearest is missed.
  /// Needs the package trait `FAISS`.
  case faiss

  /// Whether this build of the library has it.
  public var isAvailable: Bool {
    #if FAISS
      true
    #else
      self == .exact
    #endif
  }
}
