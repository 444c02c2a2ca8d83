import Foundation

/// Time and memory of this process.
public enum ProcessMeasures {
  /// The most bytes that were resident since the process began.
  public static var peak: Int {
    #if canImport(Darwin)
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #else
      // Not getrusage's: that one starts with the peak of the process that started this one.
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let number = line?.split(separator: " ").compactMap { Int($0) }.first
      return (number ?? 0) * 1024
    #endif
  }

  /// Milliseconds that a piece of work takes.
  public static func milliseconds(_ work: () -> Void) -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    work()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
  }
}
