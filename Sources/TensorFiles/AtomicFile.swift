import Foundation
import TensorCore

/// Writes files that are either there in full or not at all.
///
/// The bytes go to a temporary file in the same folder, are forced to the disk, and only then take
/// the name of the target in one step. A reader of the target finds the old content or the new
/// one, even if the process is killed or the power fails meanwhile. If writing fails, the temporary
/// file is removed and the target stays as it was.
public enum AtomicFile {
  /// Replaces the content of a file, or creates it.
  ///
  /// A symbolic link is followed: the file it leads to is replaced. Its permissions stay as they
  /// are.
  /// - Throws: `FileError` if the folder is missing or not writable, or the disk is full.
  public static func write(_ data: Data, to url: URL) throws {
    try write(to: url) { try $0.write(data) }
  }

  /// Replaces the content of a file by several pieces one after the other.
  ///
  /// - Throws: `FileError` as `write(_:to:)`.
  public static func write(chunks: some Sequence<Data>, to url: URL) throws {
    try write(to: url) { sink in
      for chunk in chunks { try sink.write(chunk) }
    }
  }

  /// Where the bytes of a file being written go.
  package struct Sink: ~Copyable {
    fileprivate let descriptor: Int32
    fileprivate let path: String

    /// Appends bytes.
    package func write(_ data: Data) throws {
      try data.withUnsafeBytes { try write($0) }
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
      var rest = bytes
      while let start = rest.baseAddress, !rest.isEmpty {
        let written = retryingInterrupts { Foundation.write(descriptor, start, rest.count) }
        if written < 0 { throw FileError(path: path, action: "write to", code: errno) }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
    }
  }

  /// Replaces the content of a file by what `body` writes; nothing changes if `body` throws.
  package static func write(to url: URL, _ body: (borrowing Sink) throws -> Void) throws {
    let target = url.resolvingSymlinksInPath()
    let folder = target.deletingLastPathComponent()
    let temporary = folder.appendingPathComponent(
      temporaryPrefix + String(getpid()) + "-" + String(UInt64.random(in: 0 ... .max), radix: 36))
    let descriptor = Int32(
      retryingInterrupts {
        Int(open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666))
      })
    if descriptor < 0 { throw FileError(path: target.path, action: "create", code: errno) }
    keepPermissions(of: target, descriptor)
    var isOpen = true
    do {
      try body(Sink(descriptor: descriptor, path: target.path))
      if synchronize(descriptor) != 0 {
        throw FileError(path: target.path, action: "write to", code: errno)
      }
      isOpen = false
      // Network file systems report a full disk only now.
      if close(descriptor) != 0 && errno != EINTR {
        throw FileError(path: target.path, action: "write to", code: errno)
      }
      if rename(temporary.path, target.path) != 0 {
        throw FileError(path: target.path, action: "replace", code: errno)
      }
    } catch {
      if isOpen { close(descriptor) }
      unlink(temporary.path)
      throw error
    }
    synchronizeFolder(folder)
  }

  /// Removes temporary files that killed processes left in a folder.
  ///
  /// Only for a folder the caller has locked: a file another process is writing would go as well.
  package static func removeLeftovers(in folder: URL) throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw FileError(path: folder.path, action: "list", code: ENOENT, reason: "\(error)")
    }
    for name in names where name.hasPrefix(temporaryPrefix) {
      let path = folder.appendingPathComponent(name).path
      if unlink(path) != 0 { throw FileError(path: path, action: "remove", code: errno) }
    }
  }

  static let temporaryPrefix = ".partial-"

  /// Gives the new file the permissions of the one it will replace, if there is one, before there
  /// is anything to read in it. Some file systems have none: failure is not reported.
  private static func keepPermissions(of target: URL, _ descriptor: Int32) {
    var old = stat()
    guard stat(target.path, &old) == 0, old.st_mode & S_IFMT == S_IFREG else { return }
    _ = fchmod(descriptor, old.st_mode & 0o777)
  }

  private static func synchronize(_ descriptor: Int32) -> Int {
    #if canImport(Darwin)
      // There, fsync leaves the bytes in the drive's cache; not every file system knows the
      // stronger call.
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return 0 }
    #endif
    return retryingInterrupts { Int(fsync(descriptor)) }
  }

  /// Forces the new name to the disk. The content is safe already, so failure is not reported: some
  /// file systems do not offer it.
  private static func synchronizeFolder(_ folder: URL) {
    let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return }
    _ = retryingInterrupts { Int(fsync(descriptor)) }
    close(descriptor)
  }
}
