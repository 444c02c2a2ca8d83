/// An edge of a graph as a sequence presents it: labels of the node it leaves, of the edge itself,
/// and of the node it leads to. `Triple.blank` stands for a label that is not said.
struct Triple: Hashable, Sendable {
  /// Takes the place of a label that is not given.
  static let blank = -1

  var from: Int
  var edge: Int
  var to: Int

  init(from: Int = blank, edge: Int = blank, to: Int = blank) {
    (self.from, self.edge, self.to) = (from, edge, to)
  }

  /// The three labels in order.
  var labels: [Int] { [from, edge, to] }
}
