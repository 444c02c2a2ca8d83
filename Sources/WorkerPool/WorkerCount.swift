import ForkJoin

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension WorkerPool {
  /// The largest number of workers a pool accepts.
  package static let mostWorkers = 1024

  /// Processors this process may use, within its affinity mask and control group.
  package static var availableCores: Int { min(Int(fj_available_cores()), mostWorkers) }

  /// The environment variable that overrides the number of workers of `shared`.
  package static let environmentName = "DNC_WORKERS"

  /// One worker per available processor, or as many as the environment variable `DNC_WORKERS`
  /// says. A value that is no number from 1 to 1024 is reported on standard error, once, and
  /// ignored.
  package static let defaultWorkers: Int = {
    let value = getenv(environmentName).map { String(cString: $0) }
    let choice = chooseWorkers(environmentValue: value, cores: availableCores)
    if let complaint = choice.complaint {
      let line = Array("warning: \(complaint)\n".utf8)
      _ = write(STDERR_FILENO, line, line.count)  // no matter if nobody listens
    }
    return choice.workers
  }()

  /// The pool of `defaultWorkers` that the whole process shares; started at its first use.
  package static let shared = WorkerPool(workers: defaultWorkers)

  /// What `environmentValue` and `cores` ask for, and what is wrong with the value, if anything.
  static func chooseWorkers(
    environmentValue: String?, cores: Int
  ) -> (workers: Int, complaint: String?) {
    guard let value = environmentValue, !value.isEmpty else { return (cores, nil) }
    if let workers = Int(value), (1...mostWorkers).contains(workers) { return (workers, nil) }
    return (
      cores,
      "\(environmentName) must be a number from 1 to \(mostWorkers), not '\(value)': using \(cores)"
    )
  }
}
