/// Graph sequences in words.
struct GraphText {
  /// The name of a node's label, and of an edge's.
  let node: (Int) -> String
  let edge: (Int) -> String

  /// Labels as numbers of so many digits, in the radix of the coding.
  init(coding: TripleCoding) {
    func text(_ label: Int) -> String {
      let digits = coding.digits(of: label)
      // Digits above 9 need a sign between them.
      return digits.map { $0.map(String.init) ?? "_" }.joined(
        separator: coding.radix > 10 ? "." : "")
    }
    (node, edge) = (text, text)
  }

  init(node: @escaping (Int) -> String, edge: @escaping (Int) -> String) {
    (self.node, self.edge) = (node, edge)
  }

  /// The names of a map's labels where the notes say them, else numbers.
  init(coding: TripleCoding, notes: [Int]) {
    let numbers = GraphText(coding: coding)
    let names = LondonUnderground.names(ofNotes: notes)
    self.init(
      node: { names.stations[$0] ?? numbers.node($0) },
      edge: { names.edges[$0] ?? numbers.edge($0) })
  }

  /// `(Bank, Central westbound, St. Paul's)`, `_` for a blank.
  func triple(_ triple: Triple) -> String {
    func name(_ label: Int, _ text: (Int) -> String) -> String {
      label == Triple.blank ? "_" : text(label)
    }
    return "(\(name(triple.from, node)), \(name(triple.edge, edge)), \(name(triple.to, node)))"
  }

  /// The phases of a sequence, one a line; only the first triples of a large graph. If there is an
  /// answer of a network, it stands below, with what is wrong with it.
  func sequence(_ sequence: GraphSequence, found: [Triple]?, isRight: Bool) -> String {
    func list(_ triples: [Triple], atMost: Int = .max) -> String {
      let rest = triples.count - atMost
      return triples.prefix(atMost).map(triple).joined(separator: " ")
        + (rest > 0 ? " … and \(rest) more" : "")
    }
    var lines = [
      "graph:    \(list(sequence.description, atMost: 12))",
      "question: \(list(sequence.question))",
      "answer:   \(list(sequence.answer))",
    ]
    if let found { lines.append("network:  \(list(found)): \(isRight ? "right" : "wrong")") }
    return lines.joined(separator: "\n")
  }
}
