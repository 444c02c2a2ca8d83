// Code that imports NeuralMemory works with its tensors, parameters and files as well.
@_exported import TensorCore
@_exported import TensorFiles
