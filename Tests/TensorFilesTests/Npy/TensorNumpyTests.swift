import Foundation
import TensorCore
import TestSupport
import Testing

@testable import TensorFiles

/// An `.npy` file as NumPy would write it.
private func npy(
  _ descr: String, fortran: Bool = false, shape: String, payload: [UInt8], version: UInt8 = 1
) -> Data {
  let order = fortran ? "True" : "False"
  return npy(
    header: "{'descr': '\(descr)', 'fortran_order': \(order), 'shape': \(shape), }",
    payload: payload, version: version)
}

private func npy(header: String, payload: [UInt8] = [], version: UInt8 = 1) -> Data {
  var text = Array(header.utf8)
  let before = version == 1 ? 10 : 12
  while (text.count + 1 + before) % 64 != 0 { text.append(0x20) }
  text.append(0x0a)
  let length = version == 1 ? 2 : 4
  let size = (0..<length).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) }
  return Data([0x93] + Array("NUMPY".utf8) + [version, 0] + size + text + payload)
}

/// The little-endian bytes of numbers.
private func bytes<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] {
  numbers.withUnsafeBytes { Array($0) }
}

private func error(_ data: Data) -> NpyError? {
  #expect(throws: NpyError.self) { try Tensor(npy: data) }
}

@Suite struct TensorNumpyTests {
  @Test func roundTrips() throws {
    let folder = try TemporaryFolder()
    var random = RandomNumbers(seed: 5)
    var tensors = (0..<30).map { _ in randomTensor(&random) }
    tensors.append(Tensor(shape: [], values: [-1.5]))
    tensors.append(Tensor([.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude]))
    tensors.append(Tensor(shape: [1, 0, 7]))
    for tensor in tensors {
      #expect(try Tensor(npy: tensor.npyData()) == tensor)
      try tensor.write(npy: folder.file("a.npy"))
      #expect(try Tensor(npy: folder.file("a.npy")) == tensor)
    }
    let nan = Float(bitPattern: 0x7fc1_2345)
    #expect(try Tensor(npy: Tensor([nan]).npyData()).values[0].bitPattern == 0x7fc1_2345)
  }

  @Test func bytesAreThoseNumPyWrites() throws {
    // numpy.save(file, numpy.array([[1, 2]], dtype="<f4"))
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    var expected = Data([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0])
    expected += Data(text.utf8) + Data(repeating: 0x20, count: 117 - text.utf8.count) + [0x0a]
    expected += [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
    #expect(try Tensor(rows: [[1, 2]]).npyData() == expected)
    for shape in [[], [3], [2, 3], Array(repeating: 1, count: 40)] {
      let data = try Tensor(shape: shape).npyData()
      #expect((data.count - 4 * Tensor(shape: shape).count) % 64 == 0)
    }
  }

  @Test func everyKindOfNumber() throws {
    func values(_ descr: String, _ payload: [UInt8], _ count: Int) throws -> [Float] {
      try Tensor(npy: npy(descr, shape: "(\(count),)", payload: payload)).values
    }
    #expect(try values("<f4", bytes([1.5, -2] as [Float]), 2) == [1.5, -2])
    #expect(try values("<f8", bytes([0.1, -1e300]), 2) == [0.1, -.infinity])
    #expect(try values("<f2", [0x00, 0x3c, 0x00, 0xc0], 2) == [1, -2])
    #expect(try values("<i2", bytes([-3, 4] as [Int16]), 2) == [-3, 4])
    #expect(try values("<i4", bytes([-3, 1 << 30] as [Int32]), 2) == [-3, 0x1p30])
    #expect(try values("<i8", bytes([-3, 1 << 40] as [Int64]), 2) == [-3, 0x1p40])
    #expect(try values("|i1", bytes([-3, 4] as [Int8]), 2) == [-3, 4])
    #expect(try values("<u2", bytes([65535] as [UInt16]), 1) == [65535])
    #expect(try values("<u4", bytes([UInt32.max]), 1) == [0x1p32])
    #expect(try values("<u8", bytes([UInt64.max]), 1) == [0x1p64])
    #expect(try values("|u1", [255, 0], 2) == [255, 0])
    #expect(try values("|b1", [1, 0, 1], 3) == [1, 0, 1])
  }

  @Test func fortranOrderComesOutRowMajor() throws {
    // numpy.asfortranarray([[0, 1, 2], [3, 4, 5]])
    let columns = bytes([0, 3, 1, 4, 2, 5] as [Float])
    #expect(
      try Tensor(npy: npy("<f4", fortran: true, shape: "(2, 3)", payload: columns))
        == Tensor(rows: [[0, 1, 2], [3, 4, 5]]))
    // Element i, j, k of shape [2, 3, 4] is at i + 2 j + 6 k.
    let cube = try Tensor(
      npy: npy(
        "<f8", fortran: true, shape: "(2, 3, 4)", payload: bytes((0..<24).map { Double($0) })))
    for index in allIndices([2, 3, 4]) {
      #expect(naiveElement(cube, index) == Float(index[0] + 2 * index[1] + 6 * index[2]))
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt8])
  func allVersions(version: UInt8) throws {
    let data = npy("<f4", shape: "(1,)", payload: [0, 0, 0x80, 0x3f], version: version)
    #expect(try Tensor(npy: data) == Tensor([1]))
  }

  @Test(arguments: [
    "{'descr':'<f4','fortran_order':False,'shape':(2,)}",
    "{\"shape\": (2,) , \"descr\" : \"<f4\",\n\"fortran_order\":\tFalse , } ",
    "{ 'fortran_order': False, 'descr': '<f4', 'shape': ( 2 , ) }",
  ])
  func otherSpellingsOfTheHeader(header: String) throws {
    #expect(
      try Tensor(npy: npy(header: header, payload: bytes([1, 2] as [Float]))).values == [1, 2])
  }

  @Test func headersNeedNoPadding() throws {
    let folder = try TemporaryFolder()
    let text = Array("{'descr':'|u1','fortran_order':False,'shape':(1,)}".utf8)
    let data = Data(NpyHeader.magic + [1, 0, UInt8(text.count), 0] + text + [7])
    #expect(try Tensor(npy: data) == Tensor([7]))
    try data.write(to: folder.file("a"))
    #expect(try Tensor(npy: folder.file("a")) == Tensor([7]))
  }

  @Test func slicesOfDataAreRead() throws {
    let data = try Data([1, 2, 3]) + Tensor([4, 5]).npyData()
    #expect(try Tensor(npy: data.dropFirst(3)) == Tensor([4, 5]))
  }
}

@Suite struct TensorNumpyErrorTests {
  @Test func truncationAnywhereIsNoticed() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("a.npy")
    for version in [1, 2] as [UInt8] {
      let whole = npy(
        "<f4", shape: "(2, 2)", payload: bytes([1, 2, 3, 4] as [Float]), version: version)
      // A file is read in other steps than data.
      for length in 0..<whole.count {
        let part = whole.prefix(length)
        guard case .truncated = error(part) else {
          Issue.record("\(length) bytes gave \(String(describing: error(part)))")
          continue
        }
        try part.write(to: url)
        #expect(throws: NpyError.self) { try Tensor(npy: url) }
      }
      #expect(try Tensor(npy: whole).count == 4)
      #expect(error(whole + [0]) == .surplus(1))
    }
  }

  @Test func otherFiles() {
    #expect(error(Data("PK\u{3}\u{4}....".utf8)) == .notNpy(found: [80, 75, 3, 4, 46, 46]))
    #expect(error(Data("x".utf8)) == .notNpy(found: [120]))
    var data = npy("<f4", shape: "(0,)", payload: [])
    data[6] = 4
    #expect(error(data) == .unsupportedVersion(4))
  }

  @Test(arguments: ["<c8", ">f4", "|S3", "<U4", "|O", "<f16", "=f4", "f4", "<m8", ""])
  func kindsThatAreNotRead(descr: String) {
    #expect(
      error(npy(descr, shape: "(1,)", payload: [0, 0, 0, 0])) == .unsupportedType("'\(descr)'"))
  }

  @Test func records() {
    let header = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"
    #expect(error(npy(header: header)) == .unsupportedType("record"))
  }

  @Test func headersTooLong() {
    let long = Data(NpyHeader.magic + [2, 0, 0xff, 0xff, 0xff, 0xff])
    #expect(error(long) == .headerTooLong(length: 0xffff_ffff, limit: 65536))
    let beyond = Data(NpyHeader.magic + [1, 0, 0xff, 0xff])
    #expect(error(beyond) == .truncated(part: "the header", expected: 65535, found: 0))
    #expect(throws: NpyError.self) {
      try Tensor(shape: [Int](repeating: 1, count: 30000)).npyData()
    }
  }

  @Test(arguments: [
    "(4611686018427387904, 4)", "(9223372036854775807,)", "(4294967296, 4294967296)",
    "(0, 9223372036854775807, 9)", "(2, 4611686018427387904)",
  ])
  func shapesThatOverflow(shape: String) {
    guard case .shapeTooLarge = error(npy("<f4", shape: shape, payload: [])) else {
      Issue.record("\(shape) was not refused as too large")
      return
    }
  }

  @Test func largeShapesAreTruncatedFiles() {
    #expect(
      error(npy("<f4", shape: "(1000000000000,)", payload: [1, 2, 3]))
        == .truncated(
          part: "the array of shape [1000000000000]", expected: 4_000_000_000_000, found: 3))
  }

  @Test(arguments: [
    "", "{", "{}", "[]", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 3}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1.0,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (01,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<\\x664', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<f4\", 'fortran_order': False, 'shape': ()}",
    "{'descr' '<f4', 'fortran_order': False, 'shape': ()}",
  ])
  func damagedHeaders(header: String) {
    guard case .badHeader(_, let expected, let found) = error(npy(header: header)) else {
      Issue.record("\(header) was not refused as damaged")
      return
    }
    #expect(!expected.isEmpty && !found.isEmpty)
  }

  @Test func everyFlippedBitIsRefusedOrReadAsAnArray() {
    let whole = npy("<f4", shape: "(2, 2)", payload: bytes([1, 2, 3, 4] as [Float]))
    var refused = 0
    for position in 0..<(whole.count - 16) {
      for bit in 0..<8 {
        var damaged = whole
        damaged[position] ^= 1 << bit
        do {
          #expect(try Tensor(npy: damaged).count <= 16)
        } catch {
          #expect(error is NpyError)
          refused += 1
        }
      }
    }
    #expect(refused > 300)
  }

  @Test func missingFilesAndFolders() throws {
    let folder = try TemporaryFolder()
    #expect {
      try Tensor(npy: folder.file("none.npy"))
    } throws: { error in
      (error as? FileError)?.code == ENOENT && "\(error)".contains("none.npy")
    }
    #expect { try Tensor(npy: folder.url) } throws: { ($0 as? FileError)?.action == "read" }
  }

  @Test(arguments: [
    (NpyError.unsupportedVersion(9), "version 9 of the .npy format is not known; 1, 2 and 3 are"),
    (
      .truncated(part: "the header", expected: 8, found: 2),
      "the file is truncated: the header needs 8 bytes, there are 2"
    ),
    (
      .badHeader(offset: 3, expected: "\":\"", found: "\"x\""),
      "the header is damaged at byte 3: expected \":\", found \"x\""
    ),
    (.surplus(3), "3 bytes follow the end of the array"),
  ])
  func messages(error: NpyError, text: String) {
    #expect(error.description == text)
  }
}
