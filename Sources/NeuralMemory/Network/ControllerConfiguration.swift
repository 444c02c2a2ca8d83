/// The part of a network's configuration that belongs to its controllers.
public struct ControllerConfiguration: Sendable, Equatable {
  /// The recurrence of every hidden layer.
  public var rnnType = RNNType.lstm
  /// Units of every hidden layer, H.
  public var hiddenSize: Int
  /// Layers: controllers that take turns on the memory.
  public var numLayers = 1
  /// Hidden layers of each layer: the depth of one controller.
  public var numHiddenLayers = 2
  /// Whether the hidden layers have biases.
  public var bias = true
  /// Probability with which a unit is dropped between the hidden layers of a controller, in
  /// training.
  public var dropout: Float = 0
  /// Squashing of plain recurrent hidden layers (`RNNType.rnn`).
  public var nonlinearity = Nonlinearity.tanh
  /// Limit of a controller's output: clipped to ±clip; 0 turns it off.
  public var clip: Float = 20

  /// LSTMs with the Python package's defaults.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  func validate() throws {
    try rnnType.controller.validate()
    try ConfigurationError.check("hidden_size", hiddenSize)
    try ConfigurationError.check("num_layers", numLayers)
    try ConfigurationError.check("num_hidden_layers", numHiddenLayers)
    if !(dropout >= 0 && dropout < 1) {
      throw ConfigurationError(
        argument: "dropout", value: "\(dropout)", expected: "a probability from 0 to below 1")
    }
    if !(clip >= 0 && clip.isFinite) {
      throw ConfigurationError(
        argument: "clip", value: "\(clip)", expected: "0 (no clipping) or a positive number")
    }
    try ConfigurationError.check(
      "num_layers × num_hidden_layers × 2^24", product: numLayers, numHiddenLayers, 1 << 24)
    try ConfigurationError.check(
      "hidden_size × hidden_size", product: hiddenSize, hiddenSize, 8)
  }
}

extension ControllerConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case rnnType = "rnn_type"
    case hiddenSize = "hidden_size"
    case numLayers = "num_layers"
    case numHiddenLayers = "num_hidden_layers"
    case bias, dropout, nonlinearity, clip
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    hiddenSize = try values.decode(Int.self, forKey: .hiddenSize)
    if values.contains(.rnnType) { rnnType = try RNNType(from: decoder, key: CodingKeys.rnnType) }
    try values.read(.numLayers, into: &numLayers)
    try values.read(.numHiddenLayers, into: &numHiddenLayers)
    try values.read(.bias, into: &bias)
    try values.read(.dropout, into: &dropout)
    try values.read(.nonlinearity, into: &nonlinearity)
    try values.read(.clip, into: &clip)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try rnnType.encode(to: encoder, key: CodingKeys.rnnType)
    try values.encode(hiddenSize, forKey: .hiddenSize)
    try values.encode(numLayers, forKey: .numLayers)
    try values.encode(numHiddenLayers, forKey: .numHiddenLayers)
    try values.encode(bias, forKey: .bias)
    try values.encode(dropout, forKey: .dropout)
    try values.encode(nonlinearity, forKey: .nonlinearity)
    try values.encode(clip, forKey: .clip)
  }
}

/// The squashing function of plain recurrent hidden layers (`RNNType.rnn`).
public enum Nonlinearity: String, Sendable, Codable, CaseIterable {
  /// The hyperbolic tangent.
  case tanh
  /// max(0, x).
  case relu
}
