/// An edge of a graph as a sequence presents it: labels of the node it leaves, of the edge itself,
/// and of the node it leads to. `Triple.blank` stands for a label that is not said.
package struct Triple: Hashable, Sendable {
  /// Takes the place of a label that is not given.
  package static let blank = -1

  package var from: Int
  package var edge: Int
  package var to: Int

  package init(from: Int = blank, edge: Int = blank, to: Int = blank) {
    (self.from, self.edge, self.to) = (from, edge, to)
  }

  /// The three labels in order.
  var labels: [Int] { [from, edge, to] }
}
