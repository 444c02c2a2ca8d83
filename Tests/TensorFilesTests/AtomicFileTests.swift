import Foundation
import TestSupport
import Testing

@testable import TensorFiles

@Suite struct AtomicFileTests {
  @Test func filesAreCreatedAndReplaced() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("a b.bin")
    for content in ["first", "", "the second, longer content"] {
      try AtomicFile.write(Data(content.utf8), to: url)
      #expect(try Data(contentsOf: url) == Data(content.utf8))
      #expect(try folder.names == ["a b.bin"])
    }
    let chunks = (0..<100).map { Data(repeating: UInt8($0), count: $0 * 10) }
    try AtomicFile.write(chunks: chunks, to: url)
    #expect(try Data(contentsOf: url) == chunks.reduce(Data(), +))
  }

  @Test func failureLeavesTheOldContentAndNothingElse() throws {
    struct Interruption: Error {}
    let folder = try TemporaryFolder()
    let url = folder.file("a")
    for old in [nil, Data("old".utf8)] {
      try old?.write(to: url)
      #expect(throws: Interruption.self) {
        try AtomicFile.write(to: url) { sink in
          try sink.write(Data("new".utf8))
          #expect(try folder.names.count == (old == nil ? 1 : 2))
          throw Interruption()
        }
      }
      #expect(try folder.names == (old == nil ? [] : ["a"]))
    }
    #expect(try Data(contentsOf: url) == Data("old".utf8))
  }

  @Test func readersSeeTheOldContentUntilTheEnd() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("a")
    try AtomicFile.write(Data("old".utf8), to: url)
    try AtomicFile.write(to: url) { sink in
      try sink.write(Data("new".utf8))
      #expect(try Data(contentsOf: url) == Data("old".utf8))
    }
    #expect(try Data(contentsOf: url) == Data("new".utf8))
  }

  @Test func missingFolder() throws {
    let folder = try TemporaryFolder()
    #expect {
      try AtomicFile.write(Data(), to: folder.file("none/a"))
    } throws: { error in
      guard let error = error as? FileError else { return false }
      return error.code == ENOENT && error.action == "create" && error.path.hasSuffix("none/a")
    }
  }

  @Test func targetIsAFolder() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("a")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    #expect {
      try AtomicFile.write(Data("x".utf8), to: url)
    } throws: { error in
      (error as? FileError)?.action == "replace"
    }
    #expect(try folder.names == ["a"])
  }

  @Test func symbolicLinksAreFollowed() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(Data("old".utf8), to: folder.file("real"))
    try FileManager.default.createSymbolicLink(
      at: folder.file("link"), withDestinationURL: folder.file("real"))
    try AtomicFile.write(Data("new".utf8), to: folder.file("link"))
    #expect(try Data(contentsOf: folder.file("real")) == Data("new".utf8))
    #expect(try folder.names == ["link", "real"])
    let target = try FileManager.default.destinationOfSymbolicLink(
      atPath: folder.file("link").path)
    #expect(target.hasSuffix("real"))
  }

  @Test(arguments: [0o600, 0o640, 0o755, 0o444])
  func permissionsStay(mode: Int) throws {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    func permissions(_ name: String) throws -> Int? {
      try manager.attributesOfItem(atPath: folder.file(name).path)[.posixPermissions] as? Int
    }
    try Data("old".utf8).write(to: folder.file("a"))
    try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.file("a").path)
    try manager.createSymbolicLink(at: folder.file("link"), withDestinationURL: folder.file("a"))
    for name in ["a", "link"] {
      try AtomicFile.write(to: folder.file(name)) { sink in
        // before there is anything to read
        let temporary = try #require(
          try folder.names.first { $0.hasPrefix(AtomicFile.temporaryPrefix) })
        #expect(try permissions(temporary) == mode)
        try sink.write(Data(name.utf8))
      }
      #expect(try Data(contentsOf: folder.file("a")) == Data(name.utf8))
      #expect(try permissions("a") == mode)
    }
    // a new file has those that any new file gets
    try Data().write(to: folder.file("plain"))
    try AtomicFile.write(Data(), to: folder.file("new"))
    #expect(try permissions("new") == permissions("plain"))
  }

  @Test func leftoversAreRemoved() throws {
    let folder = try TemporaryFolder()
    try Data().write(to: folder.file(AtomicFile.temporaryPrefix + "1-x"))
    try Data().write(to: folder.file("partial"))
    try AtomicFile.removeLeftovers(in: folder.url)
    #expect(try folder.names == ["partial"])
    #expect(throws: FileError.self) { try AtomicFile.removeLeftovers(in: folder.file("none")) }
  }

  @Test func messages() {
    let error = FileError(path: "/a/b", action: "write to", code: ENOSPC)
    #expect(error.description == "could not write to /a/b: No space left on device")
  }
}

@Suite struct FileReaderTests {
  @Test func readsInParts() throws {
    let folder = try TemporaryFolder()
    try Data("abcdef".utf8).write(to: folder.file("a"))
    let reader = try FileReader(folder.file("a"))
    #expect(reader.size == 6)
    #expect(try reader.read(2) == Data("ab".utf8))
    #expect(try reader.read(0).isEmpty)
    #expect(try reader.read(3) == Data("cde".utf8))
    #expect(try reader.read(9) == Data("f".utf8))
    #expect(try reader.read(9).isEmpty)
  }

  @Test func onlyRegularFiles() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.file("pipe").path, 0o600) == 0)
    for url in [folder.url, folder.file("pipe"), URL(fileURLWithPath: "/dev/zero")] {
      #expect {
        try FileReader(url)
      } throws: { error in
        (error as? FileError)?.reason == "it is not a regular file"
      }
    }
    #expect { try FileReader(folder.file("none")) } throws: { error in
      (error as? FileError)?.action == "open"
    }
  }
}
