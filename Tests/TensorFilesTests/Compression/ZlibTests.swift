import Foundation
import TensorCore
import TestSupport
import Testing

@testable import TensorFiles

@Suite struct ZlibTests {
  /// Bytes that compress well and such that do not compress at all, of many sizes.
  private static func samples() -> [Data] {
    var random = RandomNumbers(seed: 3)
    return [0, 1, 2, 100, 32_768, 200_001].flatMap { count in
      [
        Data(count: count), Data((0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }),
        Data((0..<count).map { _ in UInt8(random.integer(in: 0...255)) }),
      ]
    }
  }

  @Test(arguments: Zlib.Format.allCases)
  func bytesComeBack(format: Zlib.Format) throws {
    for data in Self.samples() {
      let small = Zlib.compress(data, format)
      #expect(try Zlib.decompress(small, size: data.count, format) == data)
      #expect(small.count <= data.count + data.count / 1000 + 64)
      // a slice of larger data
      let slice = (Data([9]) + small + Data([9])).dropFirst().dropLast()
      #expect(try Zlib.decompress(slice, size: data.count, format) == data)
    }
  }

  @Test(.enabled(if: Python.hasModule("zlib"), "python3 is not installed"))
  func pythonReadsAndWrites() throws {
    let folder = try TemporaryFolder()
    let data = Self.samples()[16]
    try Zlib.compress(data, .zlib).write(to: folder.file("ours"))
    try data.write(to: folder.file("plain"))
    let output = try Python.run(
      """
      import sys, zlib
      ours, plain, theirs = sys.argv[1:]
      data = open(plain, 'rb').read()
      assert zlib.decompress(open(ours, 'rb').read()) == data
      raw = zlib.compressobj(9, zlib.DEFLATED, -15)
      open(theirs, 'wb').write(raw.compress(data) + raw.flush())
      print(zlib.crc32(data))
      """, folder.file("ours").path, folder.file("plain").path, folder.file("theirs").path)
    #expect(output == "\(Zlib.check(data))\n")
    let theirs = try Data(contentsOf: folder.file("theirs"))
    #expect(try Zlib.decompress(theirs, size: data.count, .raw) == data)
  }

  @Test(arguments: Zlib.Format.allCases)
  func sizesMustBeThoseOfTheStream(format: Zlib.Format) throws {
    for data in Self.samples() where !data.isEmpty {
      let small = Zlib.compress(data, format)
      #expect(throws: ZlibError.tooLong(expected: data.count - 1)) {
        try Zlib.decompress(small, size: data.count - 1, format)
      }
      #expect(throws: ZlibError.tooShort(expected: data.count + 1, found: data.count)) {
        try Zlib.decompress(small, size: data.count + 1, format)
      }
      #expect(throws: ZlibError.surplus(2)) {
        try Zlib.decompress(small + Data([0, 0]), size: data.count, format)
      }
      #expect(throws: ZlibError.truncated) {
        try Zlib.decompress(small.dropLast(), size: data.count, format)
      }
    }
    for size in [-1, 20 * Zlib.greatestRatio, Int.max] {
      #expect(throws: ZlibError.impossibleSize(size, compressed: 10)) {
        try Zlib.decompress(Data(count: 10), size: size, format)
      }
    }
  }

  /// A stream with a check of its own: no change of a bit goes unnoticed but in the header's hints.
  @Test func damagedStreamsAreRefused() throws {
    let data = Data((0..<500).map { UInt8(truncatingIfNeeded: $0 * $0) })
    let small = Zlib.compress(data, .zlib)
    for position in small.indices {
      for bit in 0..<8 {
        var damaged = small
        damaged[position] ^= 1 << bit
        let found = try? Zlib.decompress(damaged, size: data.count, .zlib)
        #expect(found == nil || found == data, "byte \(position), bit \(bit)")
      }
    }
  }

  @Test func checksAreThoseOfTheStandard() {
    #expect(Zlib.check(Data("123456789".utf8)) == 0xCBF4_3926)
    #expect(Zlib.check(Data()) == 0)
    #expect(Zlib.check(Data("x123456789".utf8).dropFirst()) == 0xCBF4_3926)
  }
}
