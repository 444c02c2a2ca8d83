// Whoever imports NeuralMemory works with its tensors and parameters as well.
@_exported import TensorCore
