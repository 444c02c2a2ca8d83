import Foundation
import NeuralMemory

/// A folder that holds one training run, used by one process at a time.
///
/// ```
/// configuration.json                    task, model and training, written once
/// metrics.jsonl                         one line per iteration
/// checkpoint-00000100.safetensors …     the newest few
/// latest.safetensors                    a link to the newest one, replaced in one step
/// .lock                                 held by the process that uses the folder
/// ```
///
/// Every file but the metrics is written under another name and renamed when it is complete, so
/// that a process killed at any moment leaves nothing half-written.
public final class RunFolder {
  /// The file with the configuration.
  public static let configurationName = "configuration.json"
  /// The file with one line per iteration.
  public static let metricsName = "metrics.jsonl"
  /// The link to the newest checkpoint.
  public static let latestName = "latest.safetensors"

  /// The folder.
  public let url: URL
  /// What is appended to `metrics.jsonl`.
  public let metrics: MetricsLog
  private let lock: FolderLock

  /// Starts a run: makes the folder if needed, locks it, and writes the configuration.
  /// - Throws: `RunFolderError` if the folder holds anything, is in use or cannot be written.
  public static func create(
    at url: URL, configuration: some Encodable
  ) throws -> RunFolder {
    try makeFolder(at: url)
    let lock = try FolderLock(folder: url)
    // A process killed while it wrote the configuration leaves a temporary file behind: that is not
    // a run yet.
    try AtomicFile.removeLeftovers(in: url)
    if let found = try contents(of: url).filter({ !$0.hasPrefix(".") }).min() {
      throw RunFolderError.notEmpty(folder: url.path, found: found)
    }
    // The configuration first: it is what makes the folder a run.
    try write(configuration, in: url)
    return try RunFolder(url: url, lock: lock)
  }

  /// Makes a folder, and those around it, if it is not there.
  /// - Throws: `RunFolderError.inaccessible` saying what the system said.
  package static func makeFolder(at url: URL) throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw RunFolderError.inaccessible(path: url.path, reason: error.reasonText)
    }
  }

  /// Opens the folder of an earlier run to go on with it.
  /// - Throws: `RunFolderError` if there is no run in it or another process uses it.
  public static func resume(at url: URL) throws -> RunFolder {
    guard hasRun(at: url) else { throw RunFolderError.noRun(folder: url.path) }
    let lock = try FolderLock(folder: url)
    try AtomicFile.removeLeftovers(in: url)
    return try RunFolder(url: url, lock: lock)
  }

  private init(url: URL, lock: FolderLock) throws {
    self.url = url
    self.lock = lock
    metrics = try MetricsLog(url: url.appendingPathComponent(Self.metricsName))
  }

  /// Whether the folder holds a run.
  public static func hasRun(at url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.appendingPathComponent(configurationName).path)
  }

  /// Checks, without making anything, that a new run could be started in a folder.
  /// - Throws: `RunFolderError` naming the folder, or the part of its path, that stands in the way.
  public static func checkUsable(_ url: URL) throws {
    var isFolder: ObjCBool = false
    let manager = FileManager.default
    if manager.fileExists(atPath: url.path, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw RunFolderError.inaccessible(path: url.path, reason: "it is a file, not a folder")
      }
      if let found = try contents(of: url).filter({ !$0.hasPrefix(".") }).min() {
        throw RunFolderError.notEmpty(folder: url.path, found: found)
      }
      guard manager.isWritableFile(atPath: url.path) else {
        throw RunFolderError.inaccessible(path: url.path, reason: "it is not writable")
      }
      return
    }
    var parent = url.standardizedFileURL.deletingLastPathComponent()
    while !manager.fileExists(atPath: parent.path, isDirectory: &isFolder) {
      isFolder = true
      if parent.path == "/" { break }
      parent.deleteLastPathComponent()
    }
    guard isFolder.boolValue else {
      throw RunFolderError.inaccessible(
        path: url.path, reason: "\(parent.path) is a file, not a folder")
    }
    guard manager.isWritableFile(atPath: parent.path) else {
      throw RunFolderError.inaccessible(
        path: url.path, reason: "the folder \(parent.path) is not writable")
    }
  }

  /// The first of `folder/prefix-1`, `folder/prefix-2`, … that does not exist.
  public static func unusedPath(in folder: String, prefix: String) -> String {
    var number = 1
    while FileManager.default.fileExists(atPath: "\(folder)/\(prefix)-\(number)") { number += 1 }
    return "\(folder)/\(prefix)-\(number)"
  }

  /// Writes the configuration over the one that is there.
  public func writeConfiguration(_ configuration: some Encodable) throws {
    try Self.write(configuration, in: url)
  }

  private static func write(_ configuration: some Encodable, in url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var data = try encoder.encode(configuration)
    data.append(UInt8(ascii: "\n"))
    try AtomicFile.write(data, to: url.appendingPathComponent(configurationName))
  }

  /// Reads a run's configuration.
  /// - Throws: `RunFolderError.noRun` or `.unreadable`.
  public static func configuration<Configuration: Decodable>(
    _ type: Configuration.Type = Configuration.self, at url: URL
  ) throws -> Configuration {
    guard hasRun(at: url) else { throw RunFolderError.noRun(folder: url.path) }
    let file = url.appendingPathComponent(configurationName)
    return try decode(type, from: file)
  }

  /// Reads a file of JSON.
  ///
  /// - Throws: `RunFolderError.unreadable` saying what was expected and where.
  package static func decode<Value: Decodable>(_ type: Value.Type, from file: URL) throws -> Value {
    var data = Data()
    do {
      data = try Data(contentsOf: file)
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw RunFolderError.unreadable(path: file.path, reason: error.explanation(in: data) + ".")
    } catch {
      throw RunFolderError.unreadable(path: file.path, reason: "\(error)")
    }
  }

  /// The newest complete checkpoint, or nil if there is none yet: the one the link leads to, or, in
  /// a copy of a folder that has lost its link, the one with the highest number.
  public static func latestCheckpoint(at url: URL) -> URL? {
    let link = url.appendingPathComponent(latestName)
    let names = (try? checkpoints(at: url)) ?? []
    let linked = try? FileManager.default.destinationOfSymbolicLink(atPath: link.path)
    let name = linked.flatMap { names.contains($0) ? $0 : nil } ?? names.last
    return name.map { url.appendingPathComponent($0) }
  }

  /// What is wrong with a checkpoint of a run, and what to go on with instead.
  package static func describing(_ error: any Error, of checkpoint: URL) -> String {
    let folder = checkpoint.deletingLastPathComponent()
    let others = ((try? checkpoints(at: folder)) ?? []).filter {
      $0 != checkpoint.lastPathComponent
    }
    guard let newest = others.last else { return "\(error)" }
    let text = "\(error)"
    return text + (text.hasSuffix(".") ? "" : ".")
      + " Another checkpoint of the run is \(newest): with the damaged one out of the "
      + "folder it is the latest."
  }

  /// The iterations made until the newest checkpoint, or nil if there is none yet.
  public static func savedIterations(at url: URL) -> Int? {
    latestCheckpoint(at: url).flatMap { iteration(ofCheckpoint: $0.lastPathComponent) }
  }

  /// Writes a checkpoint, makes it the latest one, and removes all but the newest `keep`.
  ///
  /// The order matters: metrics first, then the checkpoint, then the link, then the removal, so
  /// that at every moment the link leads to a complete file whose metrics are on the disk.
  public func save(_ checkpoint: SafeTensors, iteration: Int, keep: Int) throws {
    try metrics.synchronize()
    let name = Self.checkpointName(iteration)
    try checkpoint.write(to: url.appendingPathComponent(name))
    try point(Self.latestName, to: name)
    for old in try Self.checkpoints(at: url).dropLast(keep) where old != name {
      try? FileManager.default.removeItem(at: url.appendingPathComponent(old))
    }
  }

  /// The names of all checkpoints, oldest first.
  public static func checkpoints(at url: URL) throws -> [String] {
    try contents(of: url).filter { iteration(ofCheckpoint: $0) != nil }
      .sorted { iteration(ofCheckpoint: $0)! < iteration(ofCheckpoint: $1)! }
  }

  static func checkpointName(_ iteration: Int) -> String {
    let digits = String(iteration)
    return "checkpoint-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
      + ".safetensors"
  }

  private static func iteration(ofCheckpoint name: String) -> Int? {
    guard name.hasPrefix("checkpoint-"), name.hasSuffix(".safetensors") else { return nil }
    return Int(name.dropFirst("checkpoint-".count).dropLast(".safetensors".count))
  }

  /// Replaces a link in one step: a new one under another name, renamed over the old one.
  private func point(_ link: String, to name: String) throws {
    let temporary = url.appendingPathComponent(".\(link).new").path
    unlink(temporary)
    guard symlink(name, temporary) == 0,
      rename(temporary, url.appendingPathComponent(link).path) == 0
    else {
      throw RunFolderError.inaccessible(
        path: url.appendingPathComponent(link).path, reason: systemErrorText())
    }
  }

  private static func contents(of url: URL) throws -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: url.path) } catch {
      throw RunFolderError.inaccessible(path: url.path, reason: "it cannot be listed")
    }
  }
}

extension Error {
  /// What the system said of a file, without the framework's sentence around it.
  package var reasonText: String {
    guard let error = self as? CocoaError else { return localizedDescription }
    return (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
      ?? (error.userInfo[NSUnderlyingErrorKey] as? NSError).map {
        String(cString: strerror(Int32($0.code)))
      } ?? localizedDescription
  }
}
