import Foundation
import NeuralMemory

/// A file of events as TensorBoard reads them.
///
/// Records are framed as TFRecords: length, its check, content, its check (masked CRC-32C); the
/// contents are protocol buffers `Event` of tensorflow/core/util/event.proto, written by hand since
/// a few fields suffice.
public final class EventFile {
  /// Where it is.
  public let url: URL
  private let descriptor: Int32
  private let write: Writer
  private var buffer = Data()
  /// Bytes of whole records in the file.
  private var length = 0
  private var failure: FileError?

  /// The system's `write`, or a substitute in tests.
  typealias Writer = (Int32, UnsafeRawBufferPointer) -> Int

  /// Makes a new file.
  ///
  /// - Parameters:
  ///   - folder: where to put it; made if it is not there.
  ///   - now: seconds since 1970; part of the file's name, by which TensorBoard orders files.
  /// - Throws: `FileError`.
  public convenience init(in folder: URL, now: Double = Date().timeIntervalSince1970) throws {
    try self.init(in: folder, now: now) { Foundation.write($0, $1.baseAddress, $1.count) }
  }

  init(in folder: URL, now: Double, write: @escaping Writer) throws {
    self.write = write
    try Self.makeFolder(folder)
    var number = 0
    while true {
      let name = "events.out.tfevents.\(Int(now)).swift-dnc.\(getpid()).\(number)"
      let place = folder.appendingPathComponent(name)
      let opened = open(place.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      if opened >= 0 {
        (url, descriptor) = (place, opened)
        break
      }
      let code = errno
      guard code == EEXIST else { throw FileError(path: place.path, action: "create", code: code) }
      number += 1
    }
    var event = ProtocolBuffer()
    event.add(1, double: now)
    event.add(3, text: "brain.Event:2")
    append(event)
    try flush()
  }

  deinit { close(descriptor) }

  /// Makes a folder and those around it, by the system's own calls: Foundation's errors hide which
  /// of them could not be made.
  private static func makeFolder(_ folder: URL) throws {
    func fail(_ code: Int32) -> FileError {
      FileError(path: folder.path, action: "create the folder", code: code)
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw fail(ENOTDIR) }
      return
    }
    if mkdir(folder.path, 0o777) == 0 { return }
    var code = errno
    let parent = folder.deletingLastPathComponent()
    if code == ENOENT, parent.path != folder.path {
      try makeFolder(parent)
      code = mkdir(folder.path, 0o777) == 0 ? 0 : errno
    }
    guard code == 0 || code == EEXIST else { throw fail(code) }
  }

  /// Numbers by their tags, such as `loss`.
  public func add(
    scalars: [(tag: String, value: Double)], step: Int, now: Double = Date().timeIntervalSince1970
  ) {
    add(step: step, now: now) { summary in
      for (tag, value) in scalars {
        summary.add(1) { entry in
          entry.add(1, text: tag)
          entry.add(2, float: Float(value))
        }
      }
    }
  }

  /// A picture.
  public func add(
    image: PixelImage, tag: String, step: Int, now: Double = Date().timeIntervalSince1970
  ) {
    add(step: step, now: now) { summary in
      summary.add(1) { entry in
        entry.add(1, text: tag)
        entry.add(4) { picture in
          picture.add(1, integer: image.height)
          picture.add(2, integer: image.width)
          picture.add(3, integer: 3)
          picture.add(4, bytes: image.png())
        }
      }
    }
  }

  /// How numbers are spread; those that are not finite are left out.
  public func add(
    histogram values: some Sequence<Float>, tag: String, step: Int,
    now: Double = Date().timeIntervalSince1970
  ) {
    let histogram = Histogram(values)
    add(step: step, now: now) { summary in
      summary.add(1) { entry in
        entry.add(1, text: tag)
        entry.add(5) { body in
          body.add(1, double: histogram.minimum)
          body.add(2, double: histogram.maximum)
          body.add(3, double: histogram.count)
          body.add(4, double: histogram.sum)
          body.add(5, double: histogram.sumOfSquares)
          body.add(6, doubles: histogram.limits)
          body.add(7, doubles: histogram.counts)
        }
      }
    }
  }

  /// Hands everything added so far to the system.
  ///
  /// - Throws: `FileError`, for instance on a full disk. The file then ends with the last event
  ///   that is there in full, and gets no more: readers stop at a torn record and never see what
  ///   follows it.
  public func flush() throws {
    if let failure { throw failure }
    defer { buffer.removeAll(keepingCapacity: true) }
    var code: Int32 = 0
    buffer.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let count = write(descriptor, rest)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          code = count < 0 ? errno : ENOSPC
          return
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
    guard code == 0 else {
      ftruncate(descriptor, off_t(length))
      let error = FileError(path: url.path, action: "write to", code: code)
      failure = error
      throw error
    }
    length += buffer.count
  }

  private func add(step: Int, now: Double, _ body: (inout ProtocolBuffer) -> Void) {
    var event = ProtocolBuffer()
    event.add(1, double: now)
    event.add(2, integer: step)
    event.add(5, body)
    append(event)
  }

  private func append(_ event: ProtocolBuffer) {
    guard failure == nil else { return }
    var length = Data()
    length.append(littleEndian: UInt64(event.data.count))
    buffer.append(length)
    buffer.append(littleEndian: MaskedCheck.of(length))
    buffer.append(event.data)
    buffer.append(littleEndian: MaskedCheck.of(event.data))
  }
}

/// The wire format of protocol buffers, as far as it is needed.
struct ProtocolBuffer {
  private(set) var data = Data()

  mutating func add(_ field: Int, integer: Int) {
    key(field, 0)
    varint(UInt64(bitPattern: Int64(integer)))
  }

  mutating func add(_ field: Int, double: Double) {
    key(field, 1)
    data.append(littleEndian: double.bitPattern)
  }

  mutating func add(_ field: Int, float: Float) {
    key(field, 5)
    data.append(littleEndian: float.bitPattern)
  }

  mutating func add(_ field: Int, bytes: Data) {
    key(field, 2)
    varint(UInt64(bytes.count))
    data.append(bytes)
  }

  mutating func add(_ field: Int, text: String) { add(field, bytes: Data(text.utf8)) }

  mutating func add(_ field: Int, doubles: [Double]) {
    var packed = Data()
    for value in doubles { packed.append(littleEndian: value.bitPattern) }
    add(field, bytes: packed)
  }

  mutating func add(_ field: Int, _ body: (inout ProtocolBuffer) -> Void) {
    var message = ProtocolBuffer()
    body(&message)
    add(field, bytes: message.data)
  }

  private mutating func key(_ field: Int, _ type: Int) { varint(UInt64(field << 3 | type)) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 127 {
      data.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    data.append(UInt8(rest))
  }
}
