import Foundation
import TensorCore
import TestSupport
import Testing

@testable import TensorFiles

/// Random damage: whatever the bytes, reading ends in an error or in tensors the file has room for.
@Suite struct SafeTensorsDamageTests {
  private func whole() throws -> Data {
    var file = SafeTensors()
    file.metadata = ["config": "{\"é\": 1}"]
    file.set("weight", Tensor(rows: [[1, 2], [3, 4]]))
    file.set("bias", Tensor([5]))
    file.set("step", dtype: .i64, shape: [], bytes: Data(repeating: 7, count: 8))
    return try file.encoded()
  }

  /// Whether the bytes are refused. If they are not, what was read must make sense.
  private func isRefused(_ data: Data) -> Bool {
    do {
      let file = try SafeTensors(data: data)
      var total = 0
      for name in file.names {
        let bytes = file.bytes(named: name)?.count ?? -1
        let count = file[name]?.count ?? -1
        #expect(bytes == count * (file.dtype(of: name)?.byteCount ?? -1))
        total += bytes
      }
      #expect(total < data.count)
      return false
    } catch {
      #expect(error is SafeTensorsError)
      return true
    }
  }

  @Test func everyFlippedBitOfTheHeader() throws {
    let data = try whole()
    let payload = 28
    var refused = 0
    for position in 0..<(data.count - payload) {
      for bit in 0..<8 {
        var damaged = data
        damaged[position] ^= 1 << bit
        if isRefused(damaged) { refused += 1 }
      }
    }
    // What remains valid: other names, other metadata, other kinds of the same size.
    let all = (data.count - payload) * 8
    #expect(refused > all / 2 && refused < all)
    #expect(!isRefused(data))
  }

  @Test func everyByteReplacedByTheOnesThatMatterInJSON() throws {
    let data = try whole()
    for position in 8..<(data.count - 28) {
      for byte in "{}[],:\"\\ -.0e9".utf8 {
        var damaged = data
        damaged[position] = byte
        _ = isRefused(damaged)
      }
    }
  }

  @Test func everyBytePairOfTheLength() throws {
    let data = try whole()
    for low in 0...UInt8.max {
      for position in 1..<8 {
        var damaged = data
        damaged[0] = low
        damaged[position] = 0xff - low
        let isSame = damaged == data
        #expect(isRefused(damaged) != isSame)
      }
    }
  }

  @Test func randomDamageInManyPlaces() throws {
    let data = try whole()
    var random = RandomNumbers(seed: 20)
    for _ in 0..<3000 {
      var damaged = data
      for _ in 0...random.integer(in: 0...5) {
        let position = random.integer(in: 0...(damaged.count - 1))
        switch random.integer(in: 0...3) {
        case 0: damaged[position] = UInt8(random.integer(in: 0...255))
        case 1: damaged.remove(at: position)
        case 2: damaged.insert(UInt8(random.integer(in: 0...255)), at: position)
        default: damaged[position] = data[random.integer(in: 0...(data.count - 1))]
        }
      }
      _ = isRefused(damaged)
    }
  }

  @Test(arguments: ["[", "{", "{\"a\":", "[[],", "\"", "{\"x\":{\"shape\":["])
  func deepNestingDoesNotExhaustTheStack(opening: String) {
    let bomb = String(repeating: opening, count: 300_000)
    for header in [
      bomb, "{\"x\":" + bomb, "{\"x\":{\"shape\":" + bomb, "{\"__metadata__\":" + bomb,
    ] {
      #expect(isRefused(safeTensorsBytes(header)))
    }
  }

  @Test func manyTensorsAreReadInReasonableTime() throws {
    var file = SafeTensors()
    for i in 0..<20_000 { file.set("tensor \(i)", Tensor([Float(i)])) }
    let copy = try SafeTensors(data: file.encoded())
    #expect(copy.names.count == 20_000)
    #expect(copy["tensor 19999"] == Tensor([19999]))
  }

  @Test func hugeClaimsTakeNoMemory() throws {
    // A file that says it holds a tebibyte; were it believed, this would end the process.
    let folder = try TemporaryFolder()
    let header = #"{"x":{"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1099511627776]}}"#
    try safeTensorsBytes(header).write(to: folder.file("a"))
    #expect(
      throws: SafeTensorsError.offsetsOutOfRange(
        tensor: "x", begin: 0, end: 1 << 40, payload: 0)
    ) { try SafeTensors(contentsOf: folder.file("a")) }
  }

  @Test func payloadIsNotTouchedBeforeTheHeaderIsChecked() throws {
    // A sparse file of a tebibyte with a damaged header: refused without reading what follows.
    let folder = try TemporaryFolder()
    let url = folder.file("a")
    try safeTensorsBytes(#"{"x":{"dtype":"U9"}}"#).write(to: url)
    let file = try FileHandle(forWritingTo: url)
    try file.truncate(atOffset: 1 << 40)
    try file.close()
    #expect(throws: SafeTensorsError.self) { try SafeTensors(contentsOf: url) }
  }
}
