import VectorKernels

/// One hidden layer of a shard's controllers, through time and back: its rows, its state and their
/// gradients. How a step is computed is a subclass's.
///
/// The row of an element at a step is [below | reads | own h]: what the layer sees at this step.
/// Step t writes its h into the row of t + 1.
class HiddenLayerShard {
  let plan: HiddenLayerPlan
  let units: Int
  let unitsPadded: Int
  let hasCellState: Bool
  let window: ShardWindow

  /// Joint rows, one step more than run.
  private let joint: AlignedBuffer
  /// Cell states c, likewise.
  private let cells: AlignedBuffer
  /// Dropout's factors of what is below.
  let mask: AlignedBuffer?

  // Of the backward pass: gradients of one step's joint rows, and of h and c, carried back in time.
  let djoint: AlignedBuffer
  let dh: AlignedBuffer
  let dc: AlignedBuffer

  init(
    _ plan: HiddenLayerPlan, of network: NetworkPlan, window: ShardWindow, elements: Int,
    steps: Int, recording: Bool
  ) {
    self.plan = plan
    self.window = window
    units = network.units
    unitsPadded = network.unitsPadded
    hasCellState = network.hasCellState
    let rows = elements * steps
    joint = AlignedBuffer(count: (rows + elements) * plan.width)
    cells = AlignedBuffer(count: hasCellState ? (rows + elements) * network.unitsPadded : 0)
    mask =
      recording && network.dropout > 0 && plan.depth > 0
      ? AlignedBuffer(count: rows * network.unitsPadded) : nil
    let carried = recording ? elements : 0
    djoint = AlignedBuffer(count: carried * plan.width)
    dh = AlignedBuffer(count: carried * network.unitsPadded)
    dc = AlignedBuffer(count: hasCellState ? carried * network.unitsPadded : 0)
  }

  // MARK: What a subclass computes

  /// Takes the network's packed weights for the runs that follow.
  func use(_ weights: PackedHiddenLayer) { fatalError("not overridden") }

  /// Of the network's first hidden layer: takes the share of the input at all steps of the window,
  /// which does not depend on the step before.
  func takeInput() {}

  /// One step of all elements: from their joint rows to their h, and c, in the next rows.
  func forward(_ step: Int) { fatalError("not overridden") }

  /// Back through one step of all elements: `dh` and `dc` go from the step's results to what they
  /// were before it, and `djoint` gets the gradients of what is below and of the reads.
  func backward(_ step: Int) { fatalError("not overridden") }

  /// Adds the parameters' gradients of the window to those of the flat vector.
  func addParameterGradients(to gradient: UnsafeMutablePointer<Float>) {
    fatalError("not overridden")
  }

  /// Of the network's first hidden layer: the gradients of its inputs, rows of `belowPadded`
  /// values.
  func inputGradients(into rows: UnsafeMutablePointer<Float>) { fatalError("not overridden") }

  /// Bytes of records and gradients that grow with the number of steps.
  var recordedBytes: Int {
    (joint.count + cells.count + (mask?.count ?? 0)) * MemoryLayout<Float>.stride
  }

  /// Shows what a recorded step computed for an element.
  func examine(_ step: Int, _ element: Int, _ visit: (Examined.Part) -> Void) {
    if hasCellState {
      visit(.init(mechanism, "cell state c", c(step + 1, element), columns: units))
    }
    visit(.init(mechanism, "output h", h(step + 1, element), columns: units))
  }

  /// Shows the gradients of a step after a backward pass.
  func examineGradient(_ step: Int, _ element: Int, _ visit: (Examined.Part) -> Void) {}

  final var mechanism: String { "controller, hidden layer \(plan.depth)" }

  // MARK: Rows

  /// The joint row of an element at a step.
  @inline(__always)
  final func row(_ step: Int, _ element: Int = 0) -> UnsafeMutablePointer<Float> {
    joint.base + (step * window.elements + element) * plan.width
  }

  /// h before a step.
  @inline(__always)
  final func h(_ step: Int, _ element: Int) -> UnsafeMutablePointer<Float> {
    row(step, element) + plan.own
  }

  /// c before a step; without a cell state any valid address.
  @inline(__always)
  final func c(_ step: Int, _ element: Int) -> UnsafeMutablePointer<Float> {
    hasCellState
      ? cells.base + (step * window.elements + element) * unitsPadded : cells.base
  }

  @inline(__always)
  final func dh(_ element: Int) -> UnsafeMutablePointer<Float> {
    dh.base + element * unitsPadded
  }

  @inline(__always)
  final func dc(_ element: Int) -> UnsafeMutablePointer<Float> {
    hasCellState ? dc.base + element * unitsPadded : dc.base
  }

  @inline(__always)
  final func djoint(_ element: Int) -> UnsafeMutablePointer<Float> {
    djoint.base + element * plan.width
  }

  /// An element past its end keeps its state.
  @inline(__always)
  final func keepState(_ step: Int, _ element: Int) {
    h(step + 1, element).update(from: h(step, element), count: unitsPadded)
    if hasCellState { c(step + 1, element).update(from: c(step, element), count: unitsPadded) }
  }

  // MARK: State

  /// Makes the end of the window the start of the next.
  final func advance() {
    for element in 0..<window.elements {
      h(0, element).update(from: h(window.steps, element), count: unitsPadded)
    }
    if hasCellState {
      cells.base.update(
        from: c(window.steps, 0), count: window.elements * unitsPadded)
    }
  }

  /// Sets the gradients carried back in time to zero.
  final func clearCarry() {
    dh.base.update(repeating: 0, count: window.elements * unitsPadded)
    if hasCellState { dc.base.update(repeating: 0, count: window.elements * unitsPadded) }
  }
}
