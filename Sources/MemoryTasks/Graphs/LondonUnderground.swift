import NeuralMemory

/// The London Underground as a graph: stations, and for each pair of neighbours on a line an edge
/// in each direction, named by line and direction (`Central westbound`).
package enum LondonUnderground {
  /// One stretch between two neighbouring stations in one direction.
  package struct Connection: Sendable, Hashable {
    /// Numbers of stations.
    package let from, to: Int
    /// The number of the edge's name.
    package let name: Int
  }

  /// All stations, in the order of the lines.
  package static let stations: [String] = {
    var seen: Set<String> = []
    return routes.flatMap(\.stations).filter { seen.insert($0).inserted }
  }()

  /// All edge names: lines or branches with a direction.
  package static let edgeNames: [String] = routes.flatMap { route in
    [route.directions.there, route.directions.back].compactMap { $0 }.map { "\(route.line) \($0)" }
  }

  /// All stretches, each once.
  package static let connections: [Connection] = {
    let station = numbers(stations)
    let name = numbers(edgeNames)
    return routes.flatMap { route in
      zip(route.stations, route.stations.dropFirst()).flatMap { a, b in
        let there = Connection(
          from: station[a]!, to: station[b]!, name: name["\(route.line) \(route.directions.there)"]!
        )
        guard let back = route.directions.back else { return [there] }
        return [
          there, Connection(from: there.to, to: there.from, name: name["\(route.line) \(back)"]!),
        ]
      }
    }
  }()

  /// The numbers of the stations in fare zone 1, those on its border included.
  package static let zone1: Set<Int> = {
    let station = numbers(stations)
    return Set(zone1Names.map { station[$0]! })
  }()

  /// The lines that stop at a station, branches as lines of their own.
  package static func lines(at station: String) -> Set<String> {
    Set(routes.filter { $0.stations.contains(station) }.map(\.line))
  }

  private static func numbers(_ names: [String]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
  }
}

// MARK: Examples of tasks

extension LondonUnderground {
  /// The connections that leave each station.
  private static let leaving: [[Connection]] = {
    var leaving = [[Connection]](repeating: [], count: stations.count)
    for connection in connections { leaving[connection.from].append(connection) }
    return leaving
  }()

  /// An upper bound of the connections between so many stations.
  static func mostEdges(stations count: Int) -> Int {
    leaving.map(\.count).sorted(by: >).prefix(count).reduce(0, +)
  }

  /// Stations found around one drawn at random, nearest first, with the connections between them,
  /// under random labels below `labels`. With `allowed`, only these stations.
  ///
  /// The notes say what the labels mean: pairs of a station's number and its label, and of an edge
  /// name's number, as `−1 − number`, and its label.
  static func part(
    stations count: Int, of allowed: Set<Int>? = nil, labels: Int,
    using random: inout RandomNumbers
  ) -> (graph: LabelledGraph, notes: [Int]) {
    let start = random.pick(allowed?.sorted() ?? Array(stations.indices))
    var found = [start]
    var place = [start: 0]
    var next = 0
    while next < found.count && found.count < count {
      for connection in random.shuffled(leaving[found[next]]) where found.count < count {
        let station = connection.to
        if place[station] == nil && allowed?.contains(station) != false {
          place[station] = found.count
          found.append(station)
        }
      }
      next += 1
    }
    let inside = found.map { leaving[$0].filter { place[$0.to] != nil } }
    let names = Set(inside.joined().map(\.name)).sorted()
    let nameLabels = Dictionary(
      uniqueKeysWithValues: zip(names, random.distinct(names.count, below: labels)))
    let stationLabels = random.distinct(found.count, below: labels)
    let graph = LabelledGraph(
      labels: stationLabels,
      edges: inside.map { connections in
        connections.map { LabelledGraph.Edge(label: nameLabels[$0.name]!, to: place[$0.to]!) }
      })
    let notes =
      zip(found, stationLabels).flatMap { [$0, $1] } + names.flatMap { [-1 - $0, nameLabels[$0]!] }
    return (graph, notes)
  }

  /// What the labels of an example mean.
  static func names(ofNotes notes: [Int]) -> (stations: [Int: String], edges: [Int: String]) {
    var names: (stations: [Int: String], edges: [Int: String]) = ([:], [:])
    for i in stride(from: 0, to: notes.count - 1, by: 2) {
      let (number, label) = (notes[i], notes[i + 1])
      if number >= 0 {
        names.stations[label] = stations[number]
      } else {
        names.edges[label] = edgeNames[-1 - number]
      }
    }
    return names
  }
}
