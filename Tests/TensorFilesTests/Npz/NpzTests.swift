import Foundation
import TensorCore
import TestSupport
import Testing

@testable import TensorFiles

/// NumPy's archives: written here, read here and by NumPy itself.
@Suite struct NpzTests {
  private let tables = [
    "memory": Tensor(shape: [2, 3], values: [0, -1.5, 2, .infinity, 1e-38, 7]),
    "empty": Tensor(shape: [0, 4]), "one": Tensor([3.25]),
  ]

  @Test(arguments: [false, true])
  func readsWhatItWrites(compressed: Bool) throws {
    let data = try NpzFile.data(tables, compressed: compressed)
    #expect(try NpzFile.read(data, path: "x") == tables)
    #expect(try NpzFile.data(tables, compressed: compressed) == data)
    #expect(try NpzFile.read(NpzFile.data([:], compressed: compressed), path: "x").isEmpty)
    // positions count from the first byte, wherever the data begins
    let padded = Data([1, 2, 3]) + data
    #expect(try NpzFile.read(padded.dropFirst(3), path: "x") == tables)
  }

  @Test func compressedArchivesAreSmaller() throws {
    let table = ["x": Tensor(shape: [300, 100], repeating: 0.25)]
    let (plain, small) = try (NpzFile.data(table), NpzFile.data(table, compressed: true))
    #expect(small.count * 50 < plain.count)
    #expect(try NpzFile.read(small, path: "x") == table)
  }

  /// NumPy reads the archive, and what NumPy writes is read here.
  @Test(
    .enabled(if: Python.hasNumPy, "python3 with NumPy is not installed"), arguments: [false, true])
  func numpyReadsAndWrites(compressed: Bool) throws {
    let folder = try TemporaryFolder()
    try NpzFile.write(tables, to: folder.file("ours.npz"), compressed: compressed)
    let output = try Python.run(
      """
      import numpy, sys, zipfile
      a = numpy.load(sys.argv[1])
      assert sorted(a.files) == ['empty', 'memory', 'one'], a.files
      assert a['memory'].dtype == numpy.float32 and a['memory'].shape == (2, 3)
      assert a['memory'].tolist() == [[0, -1.5, 2], [float('inf'), float(numpy.float32(1e-38)), 7]]
      assert a['empty'].shape == (0, 4) and a['one'].tolist() == [3.25]
      compressed = sys.argv[3] == 'true'
      method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
      assert all(m.compress_type == method for m in zipfile.ZipFile(sys.argv[1]).infolist())
      save = numpy.savez_compressed if compressed else numpy.savez
      save(sys.argv[2], x=numpy.arange(6, dtype=numpy.float64).reshape(2, 3).T, y=numpy.float32(4),
           z=numpy.arange(300000, dtype=numpy.float32))
      print('read')
      """, folder.file("ours.npz").path, folder.file("theirs.npz").path, "\(compressed)")
    #expect(output == "read\n")
    let theirs = try NpzFile.read(folder.file("theirs.npz"))
    #expect(
      theirs == [
        "x": Tensor(shape: [3, 2], values: [0, 3, 1, 4, 2, 5]),
        "y": Tensor(shape: [], values: [4]),
        "z": Tensor((0..<300_000).map { Float($0) }),
      ])
  }

  /// Every damaged archive is refused with an error of ours; none crashes.
  @Test(arguments: [false, true])
  func damagedArchivesAreRefused(compressed: Bool) throws {
    let data = try NpzFile.data(["x": Tensor([1, 2, 3])], compressed: compressed)
    #expect(throws: NpzError.notAnArchive(path: "x")) {
      try NpzFile.read(Data("no archive".utf8), path: "x")
    }
    for length in 0..<data.count {
      #expect(throws: (any Error).self) { try NpzFile.read(data.prefix(length), path: "x") }
    }
    var refused = 0
    for position in data.indices {
      for mask in [0x55, 0x80, 0x01, 0xFF] as [UInt8] {
        var damaged = data
        damaged[position] ^= mask
        do { _ = try NpzFile.read(damaged, path: "x") } catch is NpzError {
          refused += 1
        } catch is NpyError { refused += 1 }
      }
    }
    // the check covers the content; dates, versions and the like are not looked at
    #expect(refused > 2 * data.count)
  }

  /// Sizes that so few bytes cannot hold are refused before memory is taken, and so are members
  /// that share bytes.
  @Test func archivesThatClaimTooMuchAreRefused() throws {
    let data = try NpzFile.data(["x": Tensor([1, 2, 3])], compressed: true)
    let directory = try #require(data.firstRange(of: Data([0x50, 0x4B, 1, 2])))
    for (size, reason) in [
      (0xFFFF_FFF0, "cannot hold"), (1 << 20, "cannot hold"), (141, "instead of 141"),
      (139, "more than the 139 bytes"), (0, "more than the 0 bytes"),
    ] {
      var claim = data
      for i in 0..<4 {
        claim[directory.lowerBound + 24 + i] = UInt8(truncatingIfNeeded: size >> (8 * i))
      }
      let error = #expect(throws: NpzError.self) { try NpzFile.read(claim, path: "f") }
      guard case .damaged("f", let found) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(found.contains(reason), "\(found)")
    }

    var twice = try NpzFile.data(["x": Tensor([1]), "y": Tensor([1])], compressed: true)
    let second = try #require(twice.lastRange(of: Data([0x50, 0x4B, 1, 2])))
    // the second entry of the directory leads to the first member
    for i in 42..<46 { twice[second.lowerBound + i] = 0 }
    let error = #expect(throws: NpzError.self) { try NpzFile.read(twice, path: "f") }
    #expect(error?.description.contains("overlaps") == true)
  }
}
