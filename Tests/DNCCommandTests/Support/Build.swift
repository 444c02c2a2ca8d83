/// What this build has.
enum Build {
  /// Whether the package trait `Dashboard` is on.
  static let hasDashboard: Bool = {
    #if Dashboard
      true
    #else
      false
    #endif
  }()
}
