import Foundation
import NeuralMemory
import TestSupport
import Testing

@testable import MemoryInspection

@Suite struct TensorBoardTests {
  /// The real TensorBoard reads what is written.
  @Test(
    .enabled(
      if: Python.hasModule("tensorboard"),
      "DNC_TEST_PYTHON names no Python with tensorboard; Scripts/check-formats installs one"))
  func tensorBoardReadsTheFile() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(in: folder.url)
    for step in 1...5 {
      file.add(scalars: [("loss", 1 / Double(step)), ("error", 0.25)], step: step)
    }
    let map = HeatMap(
      key: "m", title: "m", rowTitle: "r", columnTitle: "c", rows: 2, columns: 3,
      values: [0, 0.2, 0.4, 0.6, 0.8, 1], range: 0...1, scale: .sequential)
    file.add(image: PixelImage(map, scale: 4), tag: "memory/usage", step: 3)
    file.add(histogram: [-1, 0, 0.5, 3, .nan], tag: "parameters/w", step: 4)
    try file.flush()
    let output = try Python.run(
      """
      import sys
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      a = EventAccumulator(sys.argv[1]); a.Reload()
      t = a.Tags()
      assert sorted(t['scalars']) == ['error', 'loss'], t
      assert [(s.step, round(s.value, 4)) for s in a.Scalars('loss')] == [(1, 1), (2, .5), (3, .3333), (4, .25), (5, .2)]
      i = a.Images('memory/usage')[0]
      assert (i.width, i.height, i.step) == (12, 8, 3) and i.encoded_image_string[:4] == b'\\x89PNG'
      h = a.Histograms('parameters/w')[0].histogram_value
      assert (h.min, h.max, h.num, h.sum) == (-1, 3, 4, 2.5) and sum(h.bucket) == 4
      assert len(h.bucket) == len(h.bucket_limit) == 30 and h.bucket_limit[-1] == 3
      print('read')
      """, folder.url.path)
    #expect(output.hasSuffix("read\n"))
  }

  @Test func recordsAreFramed() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(in: folder.url, now: 17)
    let data = try Data(contentsOf: file.url)
    // length, its check, Event {wall_time: 17, file_version: "brain.Event:2"}, its check
    #expect(data.count == 8 + 4 + 9 + 15 + 4)
    #expect(data.prefix(8) == Data([24, 0, 0, 0, 0, 0, 0, 0]))
    // masked CRC-32C of that length, as TensorFlow's own files have it
    #expect(data[8..<12] == Data([0xa3, 0x7f, 0x4b, 0x22]))
    #expect(String(decoding: data[23..<36], as: UTF8.self) == "brain.Event:2")
    #expect(MaskedCheck.castagnoli(Data("123456789".utf8)) == 0xE306_9283)
    // a second file of the same second does not replace the first
    #expect(try EventFile(in: folder.url, now: 17).url != file.url)
  }

  /// A disk that is full for a while: what was whole stays so, and nothing follows.
  @Test func tornRecordsAreTakenBack() throws {
    let folder = try TemporaryFolder()
    var room = Int.max
    let file = try EventFile(in: folder.url, now: 17) { descriptor, bytes in
      guard room > 0 else {
        errno = ENOSPC
        return -1
      }
      let count = min(room, bytes.count)
      room -= count
      return write(descriptor, bytes.baseAddress, count)
    }
    file.add(scalars: [("loss", 1)], step: 1)
    try file.flush()
    let whole = try Data(contentsOf: file.url)
    for _ in 0..<3 {
      room = 20
      file.add(scalars: [("loss", 2)], step: 2)
      #expect(throws: FileError(path: file.url.path, action: "write to", code: ENOSPC)) {
        try file.flush()
      }
      #expect(try Data(contentsOf: file.url) == whole)
    }
  }

  @Test func foldersInTheWayAreNamed() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("file")
    try Data().write(to: file)
    for place in [file, file.appendingPathComponent("a"), file.appendingPathComponent("a/b")] {
      let error = #expect(throws: FileError.self) { try EventFile(in: place) }
      #expect(error?.code == ENOTDIR && error?.action == "create the folder")
    }
    let deep = folder.file("x/y/z")
    #expect(try EventFile(in: deep).url.path.hasPrefix(deep.path))
  }

  @Test func histogramsCountEveryFiniteNumber() {
    let histogram = Histogram([1, 1, 2, 3, .infinity], buckets: 4)
    #expect(histogram.counts == [2, 0, 1, 1] && histogram.limits == [1.5, 2, 2.5, 3])
    #expect(histogram.sum == 7 && histogram.sumOfSquares == 15)
    #expect(Histogram([5, 5]).counts == [2] && Histogram([]).count == 0)
  }
}
