import MemoryTasks
import Testing

/// What anybody knows who has been there.
struct LondonUndergroundTests {
  let neighbours: [[Int]] = {
    var neighbours = [[Int]](repeating: [], count: LondonUnderground.stations.count)
    for connection in LondonUnderground.connections {
      neighbours[connection.from].append(connection.to)
    }
    return neighbours
  }()

  func number(_ station: String) throws -> Int {
    try #require(LondonUnderground.stations.firstIndex(of: station), "\(station) is missing")
  }

  /// Stops from one station to another.
  func stops(_ from: String, _ to: String) throws -> Int? {
    let (start, goal) = (try number(from), try number(to))
    var distance = [start: 0]
    var front = [start]
    while !front.isEmpty && distance[goal] == nil {
      var next: [Int] = []
      for station in front {
        for other in neighbours[station] where distance[other] == nil {
          distance[other] = distance[station]! + 1
          next.append(other)
        }
      }
      front = next
    }
    return distance[goal]
  }

  /// 272 stations as counted by Transport for London, three pairs of which have one name here.
  @Test func hasAllStations() {
    #expect(LondonUnderground.stations.count == 269)
    #expect(Set(LondonUnderground.stations).count == LondonUnderground.stations.count)
    #expect(Set(LondonUnderground.edgeNames).count == LondonUnderground.edgeNames.count)
    #expect(LondonUnderground.zone1.count == 65)
  }

  @Test func isConnected() throws {
    for station in LondonUnderground.stations {
      #expect(try stops("Oxford Circus", station) != nil, "\(station)")
      #expect(try stops(station, "Oxford Circus") != nil, "\(station)")
    }
  }

  @Test func zone1IsConnectedInItself() {
    let zone1 = LondonUnderground.zone1
    var seen: Set<Int> = [zone1.min()!]
    var front = Array(seen)
    while let station = front.popLast() {
      for other in neighbours[station] where zone1.contains(other) && seen.insert(other).inserted {
        front.append(other)
      }
    }
    #expect(seen == zone1)
  }

  /// A line and a direction lead from a station to one other station.
  @Test func directionsAreUnique() {
    let connections = LondonUnderground.connections
    #expect(Set(connections).count == connections.count)
    #expect(Set(connections.map { [$0.from, $0.name] }).count == connections.count)
    #expect(connections.allSatisfy { $0.from != $0.to })
  }

  @Test(arguments: [
    ("Oxford Circus", ["Bakerloo", "Central", "Victoria"]),
    ("Green Park", ["Jubilee", "Piccadilly", "Victoria"]),
    (
      "King's Cross St. Pancras",
      [
        "Circle", "Hammersmith & City", "Metropolitan", "Northern (Bank)", "Piccadilly",
        "Victoria",
      ]
    ),
    ("Waterloo", ["Bakerloo", "Jubilee", "Northern (Charing Cross)", "Waterloo & City"]),
    ("Victoria", ["Circle", "District", "Victoria"]),
    ("Bond Street", ["Central", "Jubilee"]),
    (
      "Baker Street",
      ["Bakerloo", "Circle", "Hammersmith & City", "Jubilee", "Metropolitan"]
    ),
    ("Covent Garden", ["Piccadilly"]),
    ("Holborn", ["Central", "Piccadilly"]),
  ])
  func interchangesAreThose(_ station: String, _ lines: [String]) {
    #expect(LondonUnderground.lines(at: station) == Set(lines))
  }

  @Test(arguments: [
    ("Oxford Circus", "Bond Street", 1),
    ("Waterloo", "Bank & Monument", 1),
    ("Victoria", "Oxford Circus", 2),
    ("Leicester Square", "Covent Garden", 1),
    ("King's Cross St. Pancras", "Finsbury Park", 2),
    ("Piccadilly Circus", "Waterloo", 3),
    ("Brixton", "Walthamstow Central", 15),
    ("Amersham", "Chalfont & Latimer", 1),
    ("Heathrow Terminal 4", "Hatton Cross", 2),
    ("Hatton Cross", "Heathrow Terminal 4", 1),
  ])
  func journeysHaveTheirStops(_ from: String, _ to: String, _ count: Int) throws {
    #expect(try stops(from, to) == count)
  }

  /// The journey of the paper's figure: Moorgate to Piccadilly Circus.
  @Test func theShortestWayOfThePaperIsThere() throws {
    let found = try #require(try stops("Moorgate", "Piccadilly Circus"))
    // Bank, St. Paul's, Chancery Lane, Holborn, Tottenham Court Road, Leicester Square, Piccadilly.
    #expect(found <= 7)
  }
}
