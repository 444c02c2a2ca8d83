import Foundation

/// A number of seconds as people say it: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
package func durationText(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
  if seconds < 10 { return String(format: "%.1f s", seconds) }
  let whole = Int(seconds.rounded())
  let (minutes, hours, days) = (whole / 60, whole / 3600, whole / 86_400)
  func pair(_ a: Int, _ unitA: String, _ b: Int, _ unitB: String) -> String {
    b == 0 ? "\(a) \(unitA)" : "\(a) \(unitA) \(b) \(unitB)"
  }
  if minutes == 0 { return "\(whole) s" }
  if hours == 0 { return pair(minutes, "min", whole % 60, "s") }
  if days == 0 { return pair(hours, "h", minutes % 60, "min") }
  return pair(days, "d", hours % 24, "h")
}

/// A rate as a percentage that never rounds a mistake away: 0 is shown as `0 %` only if it is 0.
package func percentText(_ rate: Double) -> String {
  let percent = rate * 100
  if percent == 0 { return "0 %" }
  if percent >= 0.01 { return String(format: "%.2f %%", percent) }
  return String(format: "%.1e %%", percent)
}
