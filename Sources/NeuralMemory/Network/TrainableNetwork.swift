/// A network as training sees it: parameters, and a pass that gives the gradient of a loss.
///
/// Every `Network` conforms; so may a model of your own that has one inside. Here input and output
/// are always [batch, time, feature], and every sequence starts from the zero state.
public protocol TrainableNetwork: Sendable {
  /// All parameters, one flat vector with named views.
  var parameters: ParameterStore { get set }
  /// Size of the input vectors.
  var inputSize: Int { get }
  /// Size of the output vectors.
  var outputSize: Int { get }

  /// One training pass: forward, loss, backward, the batch cut into parts that stay in the cache.
  ///
  /// - Parameters:
  ///   - input: [batch, time, inputSize].
  ///   - lengths: time steps of each element; nil: all of them.
  ///   - dropoutSeed: draws dropout's masks; nil: no dropout.
  ///   - workers: number of shards that the batch is cut into, which run on at most the threads of
  ///     the process's pool (`Processor.workers`); nil: one for each of these. With 1 everything
  ///     runs on the calling thread. One seed, batch and number of workers always give the same
  ///     bits.
  ///   - gradient: is overwritten with the gradient of the losses' sum.
  ///   - loss: gets a range of batch elements and their output [elements, time, outputSize], writes
  ///     the loss's gradient into a zeroed tensor of that shape, and returns the loss. It is called
  ///     from several threads, once for every part of the batch, with the usual arithmetic (no
  ///     small values flushed to zero).
  /// - Returns: the losses' sum, added in the order of the batch.
  func lossAndGradient(
    _ input: Tensor, lengths: [Int]?, dropoutSeed: UInt64?, workers: Int?,
    into gradient: inout ParameterStore,
    loss: @Sendable (_ elements: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double

  /// The output [batch, time, outputSize] of sequences [batch, time, inputSize], without dropout.
  func evaluate(_ input: Tensor, lengths: [Int]?) -> Tensor
}
