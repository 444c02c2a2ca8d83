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

  @Test func readsWhatItWrites() throws {
    let data = try NpzFile.data(tables)
    #expect(try NpzFile.read(data, path: "x") == tables)
    #expect(try NpzFile.data(tables) == data)
    #expect(try NpzFile.read(NpzFile.data([:]), path: "x").isEmpty)
  }

  /// NumPy reads the archive, and what NumPy writes is read here.
  @Test(.enabled(if: Python.hasNumPy, "python3 with NumPy is not installed"))
  func numpyReadsAndWrites() throws {
    let folder = try TemporaryFolder()
    try NpzFile.write(tables, to: folder.file("ours.npz"))
    let output = try Python.run(
      """
      import numpy, sys
      a = numpy.load(sys.argv[1])
      assert sorted(a.files) == ['empty', 'memory', 'one'], a.files
      assert a['memory'].dtype == numpy.float32 and a['memory'].shape == (2, 3)
      assert a['memory'].tolist() == [[0, -1.5, 2], [float('inf'), float(numpy.float32(1e-38)), 7]]
      assert a['empty'].shape == (0, 4) and a['one'].tolist() == [3.25]
      numpy.savez(sys.argv[2], x=numpy.arange(6, dtype=numpy.float64).reshape(2, 3).T, y=numpy.float32(4))
      print('read')
      """, folder.file("ours.npz").path, folder.file("theirs.npz").path)
    #expect(output == "read\n")
    let theirs = try NpzFile.read(folder.file("theirs.npz"))
    #expect(
      theirs == [
        "x": Tensor(shape: [3, 2], values: [0, 3, 1, 4, 2, 5]),
        "y": Tensor(shape: [], values: [4]),
      ])
  }

  /// Every damaged archive is refused with an error of ours; none crashes.
  @Test func damagedArchivesAreRefused() throws {
    let data = try NpzFile.data(["x": Tensor([1, 2, 3])])
    #expect(throws: NpzError.notAnArchive(path: "x")) {
      try NpzFile.read(Data("no archive".utf8), path: "x")
    }
    for length in 0..<data.count {
      #expect(throws: (any Error).self) { try NpzFile.read(data.prefix(length), path: "x") }
    }
    var refused = 0
    for position in data.indices {
      var damaged = data
      damaged[position] ^= 0x55
      do { _ = try NpzFile.read(damaged, path: "x") } catch is NpzError {
        refused += 1
      } catch is NpyError { refused += 1 }
    }
    // the check covers the content; dates, versions and the like are not looked at
    #expect(refused > data.count / 2)
  }

  @Test func checksAreThoseOfTheStandards() {
    let digits = Data("123456789".utf8)
    #expect(CyclicCheck.ieee(digits) == 0xCBF4_3926)
    #expect(CyclicCheck.castagnoli(digits) == 0xE306_9283)
    #expect(adler32(Array("Wikipedia".utf8)) == 0x11E6_0398)
  }
}
