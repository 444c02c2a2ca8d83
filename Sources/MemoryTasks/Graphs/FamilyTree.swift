import NeuralMemory

/// A family: one person's ancestors over some generations, and the brothers and sisters of each of
/// them.
struct FamilyTree: Sendable, Equatable {
  struct Person: Sendable, Equatable {
    let isMale: Bool
    /// Numbers of persons; nil for the oldest generation.
    var father: Int?
    var mother: Int?
  }

  private(set) var persons: [Person] = []
  /// The children of each couple, the eldest first.
  private(set) var children: [[Int]] = []

  /// - Parameters:
  ///   - generations: 3 ends with the grandparents of the first person, 4 with the
  ///     great-grandparents.
  ///   - maxSiblings: Each of the descendants has 0 up to so many brothers and sisters, evenly
  ///     drawn.
  init(generations: Int, maxSiblings: Int, using random: inout RandomNumbers) {
    persons = [Person(isMale: random.bit())]
    var front = [0]
    for _ in 1..<generations {
      var parents: [Int] = []
      for child in front {
        let (father, mother) = (persons.count, persons.count + 1)
        persons += [Person(isMale: true), Person(isMale: false)]
        parents += [father, mother]
        let first = persons.count
        let siblings = random.integer(in: 0...maxSiblings)
        for _ in 0..<siblings { persons.append(Person(isMale: random.bit())) }
        let all = random.shuffled([child] + (first..<first + siblings))
        for sibling in all {
          persons[sibling].father = father
          persons[sibling].mother = mother
        }
        children.append(all)
      }
      front = parents
    }
  }

  /// The persons who stand in a relation to somebody.
  func relatives(_ relation: Kinship.Relation, of person: Int) -> [Int] {
    let found = relation.ancestors.compactMap { ancestor(person, $0) }
    guard let isMale = relation.siblingIsMale else { return found }
    return found.flatMap { one in
      (children.first { $0.contains(one) } ?? []).filter {
        $0 != one && persons[$0].isMale == isMale
      }
    }
  }

  /// The ancestor reached by steps to a father (`F`) or a mother (`M`).
  private func ancestor(_ person: Int, _ steps: String) -> Int? {
    steps.reduce(Optional(person)) { found, step in
      found.flatMap { step == "F" ? persons[$0].father : persons[$0].mother }
    }
  }

  /// The direct relations as triples of persons' numbers and labels of `Kinship`: who is whose
  /// father and mother, and who is whose first, second, … son and daughter. `(a, Father, b)`: the
  /// father of a is b.
  var triples: [Triple] {
    children.flatMap { siblings in
      var sons = 0
      var daughters = 0
      return siblings.flatMap { child -> [Triple] in
        let (father, mother) = (persons[child].father!, persons[child].mother!)
        let asChild: Int
        if persons[child].isMale {
          asChild = Kinship.son(sons)
          sons += 1
        } else {
          asChild = Kinship.daughter(daughters)
          daughters += 1
        }
        return [
          Triple(from: child, edge: Kinship.father, to: father),
          Triple(from: child, edge: Kinship.mother, to: mother),
          Triple(from: father, edge: asChild, to: child),
          Triple(from: mother, edge: asChild, to: child),
        ]
      }
    }
  }
}

/// The words of kinship and their labels, the same in all examples: a network learns what they
/// mean.
enum Kinship {
  /// What can be asked for: ancestors of a person, or brothers or sisters of some.
  struct Relation: Sendable, Equatable {
    let label: Int
    let name: String
    /// Steps to a father (`F`) or a mother (`M`); empty for the person itself.
    let ancestors: [String]
    /// Whether brothers or sisters of the ancestors are meant, or they themselves.
    var siblingIsMale: Bool?
  }

  static let father = 0
  static let mother = 1
  /// Sons and daughters of one couple are told apart by number, this many at most.
  static let mostChildren = 4
  static func son(_ number: Int) -> Int { 2 + number }
  static func daughter(_ number: Int) -> Int { 2 + mostChildren + number }
  /// The label of the first relation that has to be inferred.
  private static var firstInferred: Int { 2 + 2 * mostChildren }

  /// The relations that the description names for everybody who has them.
  static let parents = [
    Relation(label: father, name: "father", ancestors: ["F"]),
    Relation(label: mother, name: "mother", ancestors: ["M"]),
  ]

  /// All relations to infer; those of a lesson are the first so many.
  static let relations = inferred.enumerated().map {
    Relation(
      label: firstInferred + $0, name: $1.name, ancestors: $1.ancestors,
      siblingIsMale: $1.siblingIsMale)
  }

  private static let inferred: [(name: String, ancestors: [String], siblingIsMale: Bool?)] = [
    ("paternal grandfather", ["FF"], nil),
    ("paternal grandmother", ["FM"], nil),
    ("maternal grandfather", ["MF"], nil),
    ("maternal grandmother", ["MM"], nil),
    ("brother", [""], true),
    ("sister", [""], false),
    ("paternal uncle", ["F"], true),
    ("paternal aunt", ["F"], false),
    ("maternal uncle", ["M"], true),
    ("maternal aunt", ["M"], false),
    ("father of the paternal grandfather", ["FFF"], nil),
    ("mother of the paternal grandfather", ["FFM"], nil),
    ("father of the paternal grandmother", ["FMF"], nil),
    ("mother of the paternal grandmother", ["FMM"], nil),
    ("father of the maternal grandfather", ["MFF"], nil),
    ("mother of the maternal grandfather", ["MFM"], nil),
    ("father of the maternal grandmother", ["MMF"], nil),
    ("mother of the maternal grandmother", ["MMM"], nil),
    ("paternal great uncle", ["FF", "FM"], true),
    ("paternal great aunt", ["FF", "FM"], false),
    ("maternal great uncle", ["MF", "MM"], true),
    ("maternal great aunt", ["MF", "MM"], false),
  ]

  /// Labels in use.
  static var labelCount: Int { firstInferred + relations.count }

  /// What a label says.
  static func name(_ label: Int) -> String {
    switch label {
    case father, mother: parents[label].name
    case son(0)..<daughter(0): "son \(label - son(0) + 1)"
    case daughter(0)..<firstInferred: "daughter \(label - daughter(0) + 1)"
    default: relations[label - firstInferred].name
    }
  }

  /// Names for persons, men and women in turn.
  static let givenNames: (men: [String], women: [String]) = (
    [
      "Alan", "Ben", "Carl", "David", "Edward", "Fergus", "George", "Henry", "Ian", "James",
      "Keith",
      "Liam", "Mark", "Neil", "Oliver", "Peter", "Ralph", "Simon", "Thomas", "Victor", "William",
    ],
    [
      "Alice", "Beth", "Clara", "Diana", "Emma", "Freya", "Grace", "Helen", "Iris", "Jane", "Kate",
      "Lucy", "Mary", "Nina", "Olivia", "Paula", "Rose", "Susan", "Tessa", "Vera", "Wendy",
    ]
  )
}
