import ArgumentParser
import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// `dnc inspect`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a checkpoint: configuration, parameters, sizes.",
    discussion: """
        dnc inspect runs/copy-1
        dnc inspect model.safetensors
      """)

  @Argument(help: "A checkpoint, or a run folder (its latest checkpoint).")
  var file: String

  func run() throws {
    let (content, name) = try CheckpointLocation.content(file)
    Console().print(try CheckpointDescription(of: content, name: name).text())
  }
}
