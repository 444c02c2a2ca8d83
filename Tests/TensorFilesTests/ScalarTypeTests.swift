import TensorCore
import Testing

@testable import TensorFiles

@Suite struct ScalarTypeTests {
  @Test func sizes() {
    let sizes = Dictionary(
      uniqueKeysWithValues: ScalarType.allCases.map { ($0.rawValue, $0.byteCount) })
    #expect(
      sizes == [
        "BOOL": 1, "U8": 1, "I8": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4, "I32": 4,
        "F32": 4, "U64": 8, "I64": 8, "F64": 8,
      ])
  }

  @Test func shortFloats() {
    func half(_ bits: UInt16) -> Float { Float(halfPrecisionBits: bits) }
    #expect(half(0x3c00) == 1 && half(0xc000) == -2 && half(0x7bff) == 65504)
    #expect(half(0x0001) == 0x1p-24 && half(0x03ff) == 1023 * 0x1p-24 && half(0x0400) == 0x1p-14)
    #expect(half(0x7c00) == .infinity && half(0xfc00) == -.infinity && half(0x7e00).isNaN)
    #expect(half(0x8000) == 0 && half(0x8000).sign == .minus)
    #expect(half(0x3555) == 0.33325195)
    let bf16: [UInt8] = [0x80, 0x3f, 0x00, 0xc0, 0x80, 0xff]
    #expect(bf16.withUnsafeBytes { ScalarType.bf16.floats(from: $0) } == [1, -2, -.infinity])
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func everyHalfPrecisionNumber() {
      for bits in 0...UInt16.max {
        let expected = Float(Float16(bitPattern: bits))
        let found = Float(halfPrecisionBits: bits)
        if expected.isNaN {
          #expect(found.isNaN)
        } else if found.bitPattern != expected.bitPattern {
          Issue.record("\(bits) gave \(found) instead of \(expected)")
        }
      }
    }
  #endif

  @Test func bytesNeedNotBeAligned() {
    let bytes: [UInt8] = [9, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
    let floats = bytes.withUnsafeBytes {
      ScalarType.f32.floats(from: UnsafeRawBufferPointer(rebasing: $0[1...]))
    }
    #expect(floats == [1, 2])
    #expect(Tensor([1, 2]).littleEndianBytes.elementsEqual(bytes.dropFirst()))
  }

  @Test func truthValuesAreZeroOrOne() {
    let bytes: [UInt8] = [0, 1, 255]
    #expect(bytes.withUnsafeBytes { ScalarType.bool.floats(from: $0) } == [0, 1, 1])
  }
}
