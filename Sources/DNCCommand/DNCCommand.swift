import ArgumentParser
import Foundation
import Logging

@main
struct DNCCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dnc",
    abstract: "Neural networks with an external memory: train, look at and run them.",
    discussion: """
      A first look (well under a minute):
        dnc demo

      The flags of the Python package's scripts work as they are, -batch_size as well as --batch-size:
        dnc train copy -batch_size 32 -mem_slot 64 --run-folder runs/mine

      Stop with Ctrl-C at any time, and go on where it stopped:
        dnc train copy --run-folder runs/mine --resume

      Settings that are known to work, and examples of a task:
        dnc presets
        dnc show copy

      See how well it does, and use it:
        dnc evaluate runs/mine
        dnc run --checkpoint runs/mine --input x.npy --output y.npy

      Exit codes: 0 done, 1 something failed, 2 the demo did not reach its goal, 64 a flag or a value \
      cannot work, 130, 143 and 129 stopped by Ctrl-C, SIGTERM and SIGHUP (everything is saved); and 3 of \
      `dnc doctor`: it found a value that is not finite.
      """,
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, RunCommand.self, InspectCommand.self,
      ShowCommand.self, PlotCommand.self, WatchCommand.self, DoctorCommand.self,
      PresetsCommand.self, ResultsCommand.self, DemoCommand.self,
      BenchIndexCommand.self,
    ])

  /// The arguments as the parser takes them: in the usual spelling, and no flag without its value.
  static func parsable(_ arguments: [String]) -> [String] {
    ObservationOptions.completing(PackageSpellings.rewrite(arguments))
  }

  static func main() {
    LoggingSystem.bootstrap { _ in ConsoleLogHandler(Console()) }
    let arguments = Self.parsable(Array(CommandLine.arguments.dropFirst()))
    do {
      if let error = TrainCommand.unknownTask(in: arguments) { throw error }
      var command = try parseAsRoot(arguments)
      // What a command refuses once it has looked at files: how it is used is not the question
      // then.
      do { try command.run() } catch let error as ValidationError { refuse(error) }
    } catch { exit(withError: error) }
  }

  private static func refuse(_ error: ValidationError) -> Never {
    FileHandle.standardError.write(Data("Error: \(error.message)\n".utf8))
    exit(withError: ExitCode.validationFailure)
  }
}
