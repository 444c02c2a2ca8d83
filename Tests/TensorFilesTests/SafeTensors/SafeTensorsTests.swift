import Foundation
import TensorCore
import TestSupport
import Testing

@testable import TensorFiles

@Suite struct SafeTensorsTests {
  private func sample() -> SafeTensors {
    var file = SafeTensors()
    file.metadata = ["config": "{\"a\": 1}", "": "empty key", "ü\u{1}\n\\": "\u{1F600} \"x\""]
    file.set("flags", dtype: .bool, shape: [3], bytes: Data([1, 0, 1]))
    file.set("weight", Tensor(rows: [[1, 2, 3], [4, 5, 6]]))
    file.set("step", dtype: .i64, shape: [], bytes: Data([1, 2, 3, 4, 5, 6, 7, 0x80]))
    file.set("none", Tensor(shape: [0, 4]))
    file.set("a \"quoted\"\\ name/\u{7f}é", Tensor([-0.5]))
    return file
  }

  @Test func roundTrip() throws {
    let folder = try TemporaryFolder()
    let file = sample()
    try file.write(to: folder.file("a.safetensors"))
    #expect(try folder.names == ["a.safetensors"])
    for copy in [
      try SafeTensors(contentsOf: folder.file("a.safetensors")),
      try SafeTensors(data: file.encoded()),
      try SafeTensors(data: (Data([1, 2, 3]) + file.encoded()).dropFirst(3)),
    ] {
      #expect(copy == file)
      #expect(copy.metadata == file.metadata)
      #expect(copy.names == file.names)
      #expect(copy["weight"] == Tensor(rows: [[1, 2, 3], [4, 5, 6]]))
      #expect(copy["none"] == Tensor(shape: [0, 4]))
      #expect(copy["flags"] == Tensor([1, 0, 1]))
      #expect(copy["a \"quoted\"\\ name/\u{7f}é"] == Tensor([-0.5]))
      #expect(copy.dtype(of: "step") == .i64)
      #expect(copy.shape(of: "step") == [])
      #expect(copy["absent"] == nil && copy.dtype(of: "absent") == nil)
      #expect(copy.shape(of: "absent") == nil && copy.bytes(named: "absent") == nil)
    }
    #expect(try Data(contentsOf: folder.file("a.safetensors")) == file.encoded())
  }

  @Test func wideIntegersSurviveExactly() throws {
    let copy = try SafeTensors(data: sample().encoded())
    let bytes = try #require(copy.bytes(named: "step"))
    #expect(bytes.startIndex == 0)
    #expect(bytes == Data([1, 2, 3, 4, 5, 6, 7, 0x80]))
  }

  @Test func bitsOfFloatsSurvive() throws {
    let bits: [UInt32] = [0x7fc1_2345, 0xffa0_0001, 0x8000_0000, 1, 0x7f80_0000]
    var file = SafeTensors()
    file.set("x", Tensor(bits.map { Float(bitPattern: $0) }))
    let copy = try SafeTensors(data: file.encoded())
    #expect(copy["x"]?.values.map(\.bitPattern) == bits)
  }

  @Test func layoutOfTheBytes() throws {
    var file = SafeTensors()
    file.metadata = ["b": "2", "a": "1"]
    file.set("byte", dtype: .u8, shape: [1], bytes: Data([9]))
    file.set("x", Tensor([1]))
    // Wider numbers first in the payload, spaces up to a multiple of eight.
    let header =
      #"{"__metadata__":{"a":"1","b":"2"},"byte":{"dtype":"U8","shape":[1],"data_offsets":[4,5]},"#
      + #""x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var expected = safeTensorsBytes(padded)
    expected += [0, 0, 0x80, 0x3f, 9]
    #expect(try file.encoded() == expected)
    #expect(try SafeTensors().encoded() == safeTensorsBytes("{}      "))
  }

  @Test func tensorsAreReplacedInPlace() {
    var file = sample()
    file.set("weight", Tensor([7]))
    #expect(file.names == sample().names)
    #expect(file["weight"] == Tensor([7]))
    file.set("weight", dtype: .u8, shape: [2], bytes: Data([3, 4]))
    #expect(file["weight"] == Tensor([3, 4]))
  }

  @Test(
    arguments: [
      (ScalarType.f16, [0x00, 0x3c, 0x00, 0xc0], [1, -2]),
      (.bf16, [0x80, 0x3f, 0x00, 0xc0], [1, -2]),
      (.f64, [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]),
      (.i32, [0xfe, 0xff, 0xff, 0xff], [-2]),
      (.u8, [200, 3], [200, 3]),
      (.i8, [200, 3], [-56, 3]),
      (.u16, [1, 2], [513]),
      (.u64, [0, 0, 0, 0, 0, 0, 0, 0x80], [0x1p63]),
    ] as [(ScalarType, [UInt8], [Float])])
  func otherNumbersBecomeFloats(dtype: ScalarType, bytes: [UInt8], values: [Float]) throws {
    var file = SafeTensors()
    file.set("x", dtype: dtype, shape: [values.count], bytes: Data(bytes))
    let copy = try SafeTensors(data: file.encoded())
    #expect(copy["x"]?.values == values)
    #expect(copy.dtype(of: "x") == dtype)
  }

  @Test func filesOfThePythonPackage() throws {
    // From safetensors 0.8 for {"a": float32 [[0, 1]], "b": int64 [2**60]}, metadata {"k": "é"}.
    let header =
      #"{"__metadata__":{"k":"é"},"b":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"#
      + #""a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}"#
    var data = safeTensorsBytes(header)
    data += [0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0x80, 0x3f]
    let file = try SafeTensors(data: data)
    #expect(file.names == ["b", "a"])
    #expect(file["a"] == Tensor(rows: [[0, 1]]))
    #expect(file["b"] == Tensor([0x1p60]))
    #expect(file.metadata == ["k": "é"])
  }

  @Test func unwritablePlaces() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.self) { try sample().write(to: folder.file("none/a")) }
    #expect(try folder.names.isEmpty)
  }

  #if compiler(>=6.2)
    @Test func slipsStopTheProgram() async {
      await #expect(processExitsWith: .failure) {
        var file = SafeTensors()
        file.set("x", dtype: .f32, shape: [2], bytes: Data([1, 2, 3, 4]))
      }
      await #expect(processExitsWith: .failure) {
        var file = SafeTensors()
        file.set("__metadata__", Tensor([1]))
      }
    }
  #endif
}
