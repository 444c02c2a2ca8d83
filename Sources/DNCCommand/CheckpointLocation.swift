import Foundation
import MemoryTraining
import NeuralMemory

/// Finds the checkpoint a user means: a file, or the latest one of a run folder.
enum CheckpointLocation {
  /// A path that leads to no checkpoint.
  struct Unusable: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path) is not a usable checkpoint: \(reason)" }
  }

  /// - Throws: `Unusable` saying what was expected.
  static func file(_ path: String) throws -> URL {
    let url = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw Unusable(path: path, reason: "there is no such file or run folder")
    }
    guard isFolder.boolValue else { return url }
    guard let latest = RunFolder.latestCheckpoint(at: url) else {
      throw Unusable(
        path: path, reason: "the folder holds no checkpoint (checkpoint-….safetensors)")
    }
    return latest
  }

  /// The content of the checkpoint.
  /// - Throws: `Unusable` if it is not a safetensors file, `FileError` if it cannot be read.
  static func content(_ path: String) throws -> (file: SafeTensors, name: String) {
    let url = try file(path)
    do { return (try SafeTensors(contentsOf: url), url.path) } catch let error as SafeTensorsError {
      throw Unusable(path: url.path, reason: "\(error)")
    }
  }
}
