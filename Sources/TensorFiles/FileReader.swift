import Foundation
import TensorCore

/// Reads a regular file from front to back, in parts: headers can be checked against the size of
/// the file before memory is taken for what they announce.
package final class FileReader {
  /// The size of the file when it was opened, in bytes.
  package let size: Int
  private let descriptor: Int32
  private let path: String

  /// Opens a file.
  ///
  /// - Throws: `FileError` if it cannot be opened or is not a regular file.
  package init(_ url: URL) throws {
    path = url.path
    // Not to wait for a writer, should this be a pipe.
    descriptor = Int32(
      retryingInterrupts { Int(open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) })
    if descriptor < 0 { throw FileError(path: path, action: "open", code: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw FileError(path: path, action: "examine", code: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(
        path: path, action: "read", code: EINVAL, reason: "it is not a regular file")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads the next bytes; fewer than asked for only at the end of the file.
  ///
  /// - Throws: `FileError` if the system cannot read them.
  package func read(_ count: Int) throws -> Data {
    var data = Data(count: count)
    let filled = try data.withUnsafeMutableBytes { buffer in
      var filled = 0
      while filled < count {
        let got = retryingInterrupts {
          Foundation.read(descriptor, buffer.baseAddress! + filled, count - filled)
        }
        if got < 0 { throw FileError(path: path, action: "read", code: errno) }
        if got == 0 { break }
        filled += got
      }
      return filled
    }
    return filled == count ? data : data.prefix(filled)
  }
}
