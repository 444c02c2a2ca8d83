/// The kind of recurrence that the hidden layers of a controller have: one of the library's, or any
/// `Controller`.
public struct RNNType: Sendable, Equatable, CaseIterable {
  /// The recurrence with its settings.
  public let controller: any Controller

  /// A recurrence of your own.
  public init(_ controller: any Controller) { self.controller = controller }

  /// Long short-term memory (Hochreiter & Schmidhuber 1997), PyTorch's form.
  public static let lstm = RNNType(LSTM())
  /// Gated recurrent unit (Cho et al. 2014), PyTorch's form: the reset gate acts after the
  /// recurrent bias.
  public static let gru = RNNType(GRU())
  /// Plain recurrent units with the configuration's nonlinearity.
  public static let rnn = RNNType(RNN())

  /// The recurrences of the library: the one place where a name becomes a controller.
  public static let allCases: [RNNType] = [.lstm, .gru, .rnn]

  public static func == (a: RNNType, b: RNNType) -> Bool {
    func isEqual<C: Controller>(_ controller: C) -> Bool { controller == b.controller as? C }
    return isEqual(a.controller)
  }
}

extension RNNType: RawRepresentable {
  /// The name in configurations.
  public var rawValue: String { type(of: controller).name }

  /// One of the library's recurrences.
  public init?(rawValue: String) {
    guard let found = RNNType.allCases.first(where: { $0.rawValue == rawValue }) else {
      return nil
    }
    self = found
  }
}

extension RNNType {
  private struct Settings: CodingKey {
    let stringValue = "rnn_settings"
    var intValue: Int? { nil }
    init() {}
    init?(stringValue: String) { nil }
    init?(intValue: Int) { nil }
  }

  /// Reads the name under `key`, and the controller's settings if there are any.
  init<Key: CodingKey>(from decoder: any Decoder, key: Key) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let name = try values.decodeIfPresent(String.self, forKey: key) ?? RNNType.lstm.rawValue
    let settings = try decoder.container(keyedBy: Settings.self)
    let builtIn = RNNType(rawValue: name)
    if let builtIn, !settings.contains(Settings()) {
      self = builtIn
      return
    }
    let own = decoder.userInfo[.controllers] as? [any Controller.Type] ?? []
    let type = builtIn.map { Swift.type(of: $0.controller) } ?? own.first { $0.name == name }
    guard let type else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values,
        debugDescription: "Cannot initialize RNNType from invalid String value \(name)")
    }
    func read<C: Controller>(_: C.Type) throws -> any Controller {
      try settings.decode(C.self, forKey: Settings())
    }
    self.init(try read(type))
  }

  /// Writes the name, and the settings unless they are the defaults of one of the library's.
  func encode<Key: CodingKey>(to encoder: any Encoder, key: Key) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(rawValue, forKey: key)
    guard RNNType(rawValue: rawValue) != self else { return }
    var settings = encoder.container(keyedBy: Settings.self)
    try settings.encode(controller, forKey: Settings())
  }
}
