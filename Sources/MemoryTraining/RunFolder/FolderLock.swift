import Foundation

/// An exclusive lock on a run folder, released when the process ends, however it ends.
///
/// The lock is the operating system's (`flock`) on a file in the folder; the file itself stays and
/// means nothing without it.
final class FolderLock: Sendable {
  static let name = ".lock"
  private let descriptor: Int32

  /// Takes the lock.
  /// - Throws: `RunFolderError.inUse` if another process, or another lock of this one, holds it;
  ///   `.inaccessible` if the file cannot be made.
  init(folder: URL) throws {
    let path = folder.appendingPathComponent(Self.name).path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw RunFolderError.inaccessible(path: folder.path, reason: systemErrorText())
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      let owner = Self.readText(descriptor)
      close(descriptor)
      throw reason == EWOULDBLOCK
        ? RunFolderError.inUse(folder: folder.path, process: owner)
        : RunFolderError.inaccessible(path: path, reason: String(cString: strerror(reason)))
    }
    // For the message to others only; a failure to write it does no harm.
    let owner = Array("process \(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = write(descriptor, owner, owner.count)
  }

  deinit { close(descriptor) }

  private static func readText(_ descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
