import MemoryTraining
import NeuralMemory

extension RunConfiguration {
  /// A task with the settings of the Python package's scripts.
  public static func packageDefaults(memoryType: MemoryType = .dnc) -> RunConfiguration {
    let task = Task.standard
    var model = NetworkConfiguration(
      inputSize: task.inputSize, hiddenSize: 64, memoryType: memoryType)
    if memoryType != .none {
      model.nrCells = 16
      model.cellSize = 20
      model.readHeads = 4
    }
    // What a kind of memory does not have keeps the value that a configuration read from a file
    // has.
    if memoryType.isSparse { model.sparseReads = 10 }
    if memoryType == .sdnc { model.temporalReads = 2 }
    var configuration = RunConfiguration(task: task, model: model, training: Task.defaultTraining)
    configuration.fitModelToTask()
    return configuration
  }

  /// Gives the network the task's sizes.
  public mutating func fitModelToTask() {
    model.inputSize = task.inputSize
    model.outputSize = task.outputSize == task.inputSize ? nil : task.outputSize
  }

  /// The same with another kind of memory; sizes that both kinds have are kept.
  public func with(memoryType: MemoryType) -> RunConfiguration {
    guard memoryType != model.memoryType else { return self }
    var other = Self.packageDefaults(memoryType: memoryType)
    other.task = task
    other.training = training
    other.preset = preset
    other.model.controller = model.controller
    if memoryType != .none && model.memoryType != .none {
      other.model.nrCells = model.nrCells
      other.model.cellSize = model.cellSize
      other.model.readHeads = model.readHeads
      other.model.independentLinears = model.independentLinears
      other.model.shareMemory = model.shareMemory
    }
    if memoryType.isSparse && model.memoryType.isSparse {
      other.model.sparseReads = model.sparseReads
      other.model.index = model.index
    }
    other.fitModelToTask()
    return other
  }
}

extension MemoryType {
  /// Whether heads read a few cells only.
  public var isSparse: Bool { self == .sam || self == .sdnc }
}
