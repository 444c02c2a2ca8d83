import ForkJoin
import Foundation
import TestSupport
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

  /// A tree of groups as under /sys/fs/cgroup, and what the kernel says of the process's own.
  @Test(arguments: [
    (["/a/b": "300000 100000"], "0::/a/b\n", 3),
    // the tightest of all around it
    (["/a/b/c": "max 100000", "/a/b": "400000 100000", "/a": "200000 100000"], "0::/a/b/c\n", 2),
    (["/a/b": "100000 100000", "/a": "200000 100000", "": "800000 100000"], "0::/a/b\n", 1),
    (["/a/b": "max 100000", "/a": "max 100000"], "0::/a/b\n", 0),
    // a neighbour's does not count
    (["/a/c": "100000 100000", "/a": "500000 100000"], "0::/a/b\n", 5),
    // in a container: its own group at the mount, under a name from outside or none
    (["": "200000 100000"], "0::/\n", 2), (["": "200000 100000"], "0::/docker/0123\n", 2),
    (["": "200000 100000", "/x": "100000 100000"], "0::/../x\n", 2),
    // beside groups of version 1
    (["/a": "200000 100000"], "12:cpu,cpuacct:/b\n1:name=systemd:/a\n0::/a\n", 2),
    (["/a": "200000 100000"], "12:cpu,cpuacct:/a\n", -1), ([:], "0::/a/b\n", -1),
    (["": "200000 100000"], "", 2), (["/a": "no quota"], "0::/a\n", 0),
  ])
  func quotaOfTheGroupsAround(groups: [String: String], membership: String, cores: Int32) throws {
    let folder = try TemporaryFolder()
    for (group, quota) in groups {
      let place = folder.url.path + "/mount" + group
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      try Data((quota + "\n").utf8).write(to: URL(fileURLWithPath: place + "/cpu.max"))
    }
    try Data(membership.utf8).write(to: folder.file("cgroup"))
    #expect(fj_group_cores(folder.url.path + "/mount", folder.file("cgroup").path) == cores)
    if membership.isEmpty {
      #expect(fj_group_cores(folder.url.path + "/mount", folder.file("none").path) == cores)
    }
  }
}
