/// This build talks to no browser and no Visdom server: the package trait `Dashboard`, by which it
/// would have SwiftNIO, is off.
public struct DashboardMissing: Error, CustomStringConvertible {
  public let description = """
    this build has no live page and cannot send to Visdom. Use ./dnc, or build with the package \
    trait Dashboard: swift build -c release --traits default,Dashboard
    """
}
