import MemoryTraining
import NeuralMemory

/// Where the graphs of a task come from.
public enum GraphMap: String, Sendable, Codable, CaseIterable {
  /// Random graphs, as in the DNC paper: points in the unit square joined to their nearest
  /// neighbours.
  case random
  /// Connected parts of the London Underground, or all of it, with fresh labels for each example.
  case london
  /// The same within fare zone 1.
  case londonZone1 = "london-zone-1"
}

/// The settings that graph traversal and shortest path share: how labels are coded, and how far the
/// lessons of the curriculum go.
///
/// The standard ones are those of the DNC paper's format: labels of three digits of ten, so that a
/// triple takes 90 channels. Fewer digits or a smaller radix make a task that a laptop learns in
/// minutes.
///
/// A lesson is a length of the curriculum, from 1 up to `lessons`. In lesson `l`
/// - a random graph has up to `3 + 2 l` nodes, at most `maxNodes`, and at least four fewer (at
///   least 3);
/// - each node has 2 to `2 + l / 2` edges, at most `maxOutDegree`;
/// - a walk or path has 1 to `l` edges, at most `maxPath`.
///
/// The paper's curricula grow the same three quantities; the numbers of the steps are this
/// library's. On the London Underground, the nodes of a lesson are as many neighbouring stations
/// around one drawn at random; the last lessons see the whole map if `maxNodes` is at least its
/// number of stations and four.
public struct GraphSettings: Sendable, Equatable, Codable {
  /// The graphs that lessons are drawn from.
  public let map: GraphMap
  /// Digits of a label.
  public let digits: Int
  /// Values of a digit.
  public let radix: Int
  /// Nodes of the greatest graph.
  public let maxNodes: Int
  /// The most edges that leave a node of a random graph.
  public let maxOutDegree: Int
  /// The most edges of a walk or path.
  public let maxPath: Int

  /// - Throws: `ConfigurationError` for a number out of its range, or if there are too few labels.
  public init(
    map: GraphMap = .random, digits: Int = 3, radix: Int = 10, maxNodes: Int = 20,
    maxOutDegree: Int = 6, maxPath: Int = 8
  ) throws {
    try ConfigurationError.check("digits", digits, in: 1...6)
    try ConfigurationError.check("radix", radix, in: 2...100)
    try ConfigurationError.check("maxNodes", maxNodes, atLeast: 3)
    try ConfigurationError.check("maxOutDegree", maxOutDegree, atLeast: 2)
    try ConfigurationError.check("maxPath", maxPath, in: 1...100)
    self.map = map
    (self.digits, self.radix) = (digits, radix)
    (self.maxNodes, self.maxOutDegree, self.maxPath) = (maxNodes, maxOutDegree, maxPath)
    let labels = coding.labelCount
    try ConfigurationError.check("maxNodes", maxNodes, in: 3...max(labels, 3))
    try ConfigurationError.check("maxOutDegree", maxOutDegree, in: 2...max(labels, 2))
    guard labels >= 3 else {
      throw ConfigurationError(
        argument: "radix", value: radix,
        expected: "a radix that gives at least 3 labels of \(digits) digits")
    }
    let names = LondonUnderground.edgeNames.count
    if map != .random && labels < names {
      throw ConfigurationError(
        argument: "map", value: map.rawValue,
        expected:
          "labels of enough digits for the \(names) line names (these give \(labels)), or \"random\""
      )
    }
  }

  /// How triples become channels.
  var coding: TripleCoding { TripleCoding(digits: digits, radix: radix) }

  /// The number of lessons: in the last one everything is as large as it gets.
  package var lessons: Int {
    max((max(maxNodes - 3, 0) + 1) / 2, 2 * (maxOutDegree - 2), maxPath, 1)
  }

  /// How large the graphs of a lesson are, and how long its paths.
  package func lesson(_ number: Int) -> GraphLesson {
    let nodes = min(maxNodes, 3 + 2 * min(number, lessons))
    return GraphLesson(
      nodes: max(3, nodes - 4)...nodes,
      outDegree: 2...min(maxOutDegree, 2 + number / 2),
      path: 1...min(maxPath, number))
  }

  /// The most edges that a graph of a lesson has.
  func mostEdges(lesson number: Int) -> Int {
    let lesson = lesson(number)
    let nodes = lesson.nodes.upperBound
    switch map {
    case .random: return nodes * min(lesson.outDegree.upperBound, nodes - 1)
    case .london, .londonZone1: return LondonUnderground.mostEdges(stations: nodes)
    }
  }

  /// A graph of a lesson, and on a map what its labels mean (`TaskBatch.notes`).
  func graph(
    _ lesson: GraphLesson, using random: inout RandomNumbers
  ) -> (graph: LabelledGraph, notes: [Int]) {
    let nodes = random.integer(in: lesson.nodes)
    switch map {
    case .random:
      let graph = LabelledGraph.random(
        nodes: nodes, outDegree: lesson.outDegree, labels: coding.labelCount, using: &random)
      return (graph, [])
    case .london, .londonZone1:
      return LondonUnderground.part(
        stations: nodes, of: map == .londonZone1 ? LondonUnderground.zone1 : nil,
        labels: coding.labelCount, using: &random)
    }
  }

  enum CodingKeys: String, CodingKey {
    case map, digits, radix
    case maxNodes = "max_nodes"
    case maxOutDegree = "max_out_degree"
    case maxPath = "max_path"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let standard = try GraphSettings()
    func read(_ key: CodingKeys, _ value: Int) throws -> Int {
      try values.decodeIfPresent(Int.self, forKey: key) ?? value
    }
    try self.init(
      map: values.decodeIfPresent(GraphMap.self, forKey: .map) ?? standard.map,
      digits: read(.digits, standard.digits), radix: read(.radix, standard.radix),
      maxNodes: read(.maxNodes, standard.maxNodes),
      maxOutDegree: read(.maxOutDegree, standard.maxOutDegree),
      maxPath: read(.maxPath, standard.maxPath))
  }
}

/// One lesson of a curriculum of graphs.
package struct GraphLesson: Sendable, Equatable {
  /// Nodes of a graph.
  package let nodes: ClosedRange<Int>
  /// Edges that leave a node of a random graph.
  package let outDegree: ClosedRange<Int>
  /// Edges of a walk or a path.
  package let path: ClosedRange<Int>

  package init(nodes: ClosedRange<Int>, outDegree: ClosedRange<Int>, path: ClosedRange<Int>) {
    (self.nodes, self.outDegree, self.path) = (nodes, outDegree, path)
  }
}
