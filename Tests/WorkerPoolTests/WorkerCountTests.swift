import ForkJoin
import Testing

@testable import WorkerPool

@Suite struct WorkerCountTests {
  @Test func availableCoresAreAtLeastOne() {
    #expect((1...WorkerPool.mostWorkers).contains(WorkerPool.availableCores))
  }

  @Test(arguments: [(nil, 6), ("", 6), ("1", 1), ("3", 3), ("1024", 1024)])
  func environmentOverridesTheCores(value: String?, workers: Int) {
    let choice = WorkerPool.chooseWorkers(environmentValue: value, cores: 6)
    #expect(choice.workers == workers)
    #expect(choice.complaint == nil)
  }

  @Test(arguments: ["0", "-2", "1025", "two", "2.5", " 2", "99999999999999999999"])
  func otherValuesAreReportedAndIgnored(value: String) {
    let choice = WorkerPool.chooseWorkers(environmentValue: value, cores: 6)
    #expect(choice.workers == 6)
    #expect(
      choice.complaint == "DNC_WORKERS must be a number from 1 to 1024, not '\(value)': using 6")
  }

  /// What Linux writes into a control group's `cpu.max`, and texts that are no such thing.
  @Test(arguments: [
    ("200000 100000\n", 2), ("150000 100000\n", 2), ("50000 100000", 1), ("1000 100000", 1),
    ("max 100000\n", 0), ("-1 100000 ", 0), ("0 100000", 0), ("200000", 0), ("200000 0", 0),
    ("", 0), ("many few", 0), ("9000000000000000000 1", 0),
  ])
  func quotaIsReadInWholeCores(text: String, cores: Int32) {
    #expect(fj_quota_cores(text) == cores)
  }
}
