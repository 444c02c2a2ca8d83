/// A recurrent network with an external memory, as training sees it.
///
/// Here input and output are always [batch, time, feature], and every sequence starts from the zero state.
public protocol MemoryNetwork: Sendable {
  /// All parameters, one flat vector with named views.
  var parameters: ParameterStore { get set }
  /// Size of the input vectors.
  var inputSize: Int { get }
  /// Size of the output vectors.
  var outputSize: Int { get }

  /// One training pass: forward, loss, backward, the batch cut into chunks that stay in the cache.
  ///
  /// - Parameters:
  ///   - input: [batch, time, inputSize].
  ///   - lengths: steps of each element; nil: all of them.
  ///   - dropoutSeed: draws dropout's masks; nil: no dropout.
  ///   - workers: number of shards that the batch is cut into, which run on at most the threads of the process's pool (`Processor.workers`); nil: one for
  ///     each of these. With 1 everything runs on the calling thread. One seed, batch and number of workers always give the same bits.
  ///   - gradient: is overwritten with the gradient of the losses' sum.
  ///   - loss: gets a range of elements and their output [items, time, outputSize], writes the loss's gradient into a zeroed tensor of that
  ///     shape, and returns the loss. Called from several threads, once for every chunk, with the usual arithmetic (no small numbers flushed to zero).
  /// - Returns: the losses' sum, added in the order of the batch.
  func lossAndGradient(
    _ input: Tensor, lengths: [Int]?, dropoutSeed: UInt64?, workers: Int?,
    into gradient: inout ParameterStore,
    loss: @Sendable (_ items: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double

  /// The output [batch, time, outputSize] of sequences [batch, time, inputSize], without dropout.
  func evaluate(_ input: Tensor, lengths: [Int]?) -> Tensor
}
