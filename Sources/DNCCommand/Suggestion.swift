import ArgumentParser

/// What a user may have meant by a name that there is not.
enum Suggestion {
  /// The error for a name that is not among those there are: it says the nearest, or all of them.
  static func unknown(_ what: String, _ name: String, among names: [String]) -> ValidationError {
    let nearest = nearest(to: name, among: names).map { "Did you mean \($0)? " } ?? ""
    return ValidationError(
      "There is no \(what) '\(name)'. \(nearest)There are: \(names.joined(separator: ", ")).")
  }

  /// The name with the fewest changed letters, if they are at most a third of its letters.
  static func nearest(to name: String, among names: [String]) -> String? {
    names.map { (name: $0, distance: distance(Array(name), Array($0))) }
      .filter { $0.distance <= max(1, $0.name.count / 3) }
      .min { $0.distance < $1.distance }?.name
  }

  /// How many letters have to be put in, taken out, or changed (Levenshtein).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let change = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, diagonal + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
