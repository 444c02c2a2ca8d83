import NeuralMemory

/// A directed graph with labels on nodes and edges. No two edges that leave one node share a label,
/// so that a node and an edge label lead to one node at most.
struct LabelledGraph: Sendable, Equatable {
  struct Edge: Sendable, Equatable {
    let label: Int
    /// The number of the node it leads to.
    let to: Int
  }

  /// The labels of the nodes, all different.
  let labels: [Int]
  /// The edges that leave each node.
  let edges: [[Edge]]

  var nodeCount: Int { labels.count }

  init(labels: [Int], edges: [[Edge]]) {
    (self.labels, self.edges) = (labels, edges)
  }

  /// All edges with their labels.
  var triples: [Triple] {
    labels.indices.flatMap { node in edges[node].map { triple(from: node, $0) } }
  }

  func triple(from node: Int, _ edge: Edge) -> Triple {
    Triple(from: labels[node], edge: edge.label, to: labels[edge.to])
  }
}

// MARK: Ways through a graph

extension LabelledGraph {
  /// A walk along edges drawn evenly at each node, or nil where a node has none.
  func randomWalk(length: Int, using random: inout RandomNumbers) -> [Triple]? {
    var node = random.integer(in: 0...nodeCount - 1)
    var walk: [Triple] = []
    for _ in 0..<length {
      guard !edges[node].isEmpty else { return nil }
      let edge = random.pick(edges[node])
      walk.append(triple(from: node, edge))
      node = edge.to
    }
    return walk
  }

  /// How many edges a shortest path from `start` to each node has (nil where there is none), and
  /// how many shortest paths there are.
  ///
  /// Complexity: O(nodes + edges).
  func distances(from start: Int) -> (steps: [Int?], paths: [Int]) {
    var steps = [Int?](repeating: nil, count: nodeCount)
    var paths = [Int](repeating: 0, count: nodeCount)
    (steps[start], paths[start]) = (0, 1)
    var front = [start]
    var distance = 0
    while !front.isEmpty {
      distance += 1
      var next: [Int] = []
      for node in front {
        for edge in edges[node] {
          if steps[edge.to] == nil {
            steps[edge.to] = distance
            next.append(edge.to)
          }
          // Many equal paths may be more than an Int holds; one and many is all that matters.
          if steps[edge.to] == distance {
            paths[edge.to] = min(paths[edge.to] + paths[node], 1 << 32)
          }
        }
      }
      front = next
    }
    return (steps, paths)
  }

  /// The shortest path from one node to another that takes the smallest edge label at every node,
  /// or nil.
  func shortestPath(from start: Int, to goal: Int) -> [Triple]? {
    let left = reversed.distances(from: goal).steps
    guard var remaining = left[start] else { return nil }
    var node = start
    var path: [Triple] = []
    while remaining > 0 {
      remaining -= 1
      let edge = edges[node].filter { left[$0.to] == remaining }.min { $0.label < $1.label }!
      path.append(triple(from: node, edge))
      node = edge.to
    }
    return path
  }

  /// The same nodes with every edge turned round.
  private var reversed: LabelledGraph {
    var turned = [[Edge]](repeating: [], count: nodeCount)
    for (node, leaving) in edges.enumerated() {
      for edge in leaving { turned[edge.to].append(Edge(label: edge.label, to: node)) }
    }
    return LabelledGraph(labels: labels, edges: turned)
  }
}

// MARK: Random graphs

extension LabelledGraph {
  /// A random graph as in the DNC paper: points in the unit square, each with edges to its nearest
  /// neighbours; how many is drawn evenly from `outDegree` for each. The labels of nodes are
  /// different numbers below `labels`, those of edges too, among the edges of one node.
  static func random(
    nodes: Int, outDegree: ClosedRange<Int>, labels: Int, using random: inout RandomNumbers
  ) -> LabelledGraph {
    let points = (0..<nodes).map { _ in (x: random.uniform(), y: random.uniform()) }
    let edges = (0..<nodes).map { node in
      func distance(_ other: Int) -> Float {
        let (dx, dy) = (points[other].x - points[node].x, points[other].y - points[node].y)
        return dx * dx + dy * dy
      }
      let neighbours = (0..<nodes).filter { $0 != node }.sorted {
        (distance($0), $0) < (distance($1), $1)
      }
      let degree = min(random.integer(in: outDegree), nodes - 1)
      return zip(random.distinct(degree, below: labels), neighbours).map { Edge(label: $0, to: $1) }
    }
    return LabelledGraph(labels: random.distinct(nodes, below: labels), edges: edges)
  }
}
