import NeuralMemory

/// A family: one person's ancestors over some generations, and the brothers and sisters of each of them.
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
  ///   - generations: 3 ends with the grandparents of the first person, 4 with the great-grandparents.
  ///   - maxSiblings: Each of the descendants has 0 up to so many brothers and sisters, evenly drawn.
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

  /// The direct relations as triples of persons' numbers and labels of `Kinship`: who is whose father
  /// and mother, and who is whose first, second, … son and daughter. `(a, Father, b)`: the father of a
  /// is b.
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

/// The words of kinship and their labels, the same in all examples: a network learns what they mean.
enum Kinship {
  /// A relation that has to be inferred: ancestors of a person, or brothers or sisters of some.
  struct Relation: Sendable, Equatable {
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
  /// The label of the relation of a number.
  static func label(_ relation: Int) -> Int { 2 + 2 * mostChildren + relation }

  /// All relations to infer; those of a lesson are the first so many.
  static let relations = [
    Relation(name: "paternal grandfather", ancestors: ["FF"]),
    Relation(name: "paternal grandmother", ancestors: ["FM"]),
    Relation(name: "maternal grandfather", ancestors: ["MF"]),
    Relation(name: "maternal grandmother", ancestors: ["MM"]),
    Relation(name: "brother", ancestors: [""], siblingIsMale: true),
    Relation(name: "sister", ancestors: [""], siblingIsMale: false),
    Relation(name: "paternal uncle", ancestors: ["F"], siblingIsMale: true),
    Relation(name: "paternal aunt", ancestors: ["F"], siblingIsMale: false),
    Relation(name: "maternal uncle", ancestors: ["M"], siblingIsMale: true),
    Relation(name: "maternal aunt", ancestors: ["M"], siblingIsMale: false),
    Relation(name: "father of the paternal grandfather", ancestors: ["FFF"]),
    Relation(name: "mother of the paternal grandfather", ancestors: ["FFM"]),
    Relation(name: "father of the paternal grandmother", ancestors: ["FMF"]),
    Relation(name: "mother of the paternal grandmother", ancestors: ["FMM"]),
    Relation(name: "father of the maternal grandfather", ancestors: ["MFF"]),
    Relation(name: "mother of the maternal grandfather", ancestors: ["MFM"]),
    Relation(name: "father of the maternal grandmother", ancestors: ["MMF"]),
    Relation(name: "mother of the maternal grandmother", ancestors: ["MMM"]),
    Relation(name: "paternal great uncle", ancestors: ["FF", "FM"], siblingIsMale: true),
    Relation(name: "paternal great aunt", ancestors: ["FF", "FM"], siblingIsMale: false),
    Relation(name: "maternal great uncle", ancestors: ["MF", "MM"], siblingIsMale: true),
    Relation(name: "maternal great aunt", ancestors: ["MF", "MM"], siblingIsMale: false),
  ]

  /// Labels in use.
  static var labelCount: Int { label(relations.count) }

  /// What a label says.
  static func name(_ label: Int) -> String {
    switch label {
    case father: "father"
    case mother: "mother"
    case son(0)..<daughter(0): "son \(label - son(0) + 1)"
    case daughter(0)..<Self.label(0): "daughter \(label - daughter(0) + 1)"
    default: relations[label - Self.label(0)].name
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
