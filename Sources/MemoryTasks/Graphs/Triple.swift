/// An edge of a graph as a sequence presents it: labels of the node it leaves, of the edge itself,
/// and of the node it leads to. `Triple.blank` stands for a label that is not said.
public struct Triple: Hashable, Sendable {
  /// Takes the place of a label that is not given.
  public static let blank = -1

  public var from: Int
  public var edge: Int
  public var to: Int

  public init(from: Int = blank, edge: Int = blank, to: Int = blank) {
    (self.from, self.edge, self.to) = (from, edge, to)
  }

  /// The three labels in order.
  var labels: [Int] { [from, edge, to] }
}
