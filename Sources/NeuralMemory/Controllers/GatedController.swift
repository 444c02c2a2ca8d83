import VectorKernels

/// A recurrence that the CPU engine runs on its fast path: matrix products of the input and of the
/// old h, then one function of each unit's gates.
protocol GatedController: Controller {
  /// Blocks of H rows in the weights.
  var blocks: Int { get }
  /// Length of an element's row of gates in hidden layers' widths.
  var gateBlocks: Int { get }
  /// The products that fill a row of gates; `width` is H, padded to whole vectors.
  func products(width: Int) -> [GateProduct]
  /// The recurrence of one element's units, forward and backward.
  func recurrence(
    _ kernels: UnsafePointer<vk_table>, width: Int, nonlinearity: Nonlinearity
  ) -> Recurrence
}

extension GatedController {
  /// PyTorch's names and shapes; all uniform in ±1/√H.
  func parameters(inputs: Int, units: Int, bias: Bool) -> [ControllerParameter] {
    let bound = ControllerParameter.InitialValues.uniform(1 / Float(units).squareRoot())
    let rows = blocks * units
    let weights = [
      ControllerParameter("weight_ih", shape: [rows, inputs], initialValues: bound),
      ControllerParameter("weight_hh", shape: [rows, units], initialValues: bound),
    ]
    let biases = ["bias_ih", "bias_hh"].map {
      ControllerParameter($0, shape: [rows], initialValues: bound)
    }
    return bias ? weights + biases : weights
  }
}

/// One matrix product of a hidden layer: some columns of the joint row to some of the gates.
struct GateProduct: Sendable {
  /// First column among the gates, and how many.
  let column: Int
  let columns: Int
  /// First block of the parameters' rows.
  let block: Int
  /// Used columns of the joint row: inputs (`below` and reads), the own h, or both.
  let usesInput: Bool
  let usesOwn: Bool
}

/// What a recurrence does with one batch element at one time step.
struct Recurrence {
  let forward: (UnitRow) -> Void
  /// The gradient's h gets nothing but what does not pass through the gates; the recurrent product
  /// is the caller's.
  let backward: (UnitRow, UnitRowGradient) -> Void
}

/// The units of one batch element at one time step. All rows are padded to whole vectors.
struct UnitRow {
  /// Before the squashing in, after it out.
  let gates: UnsafeMutablePointer<Float>
  let h: UnsafeMutablePointer<Float>
  let hNext: UnsafeMutablePointer<Float>
  /// With a cell state only; elsewhere any valid address.
  let c: UnsafeMutablePointer<Float>
  let cNext: UnsafeMutablePointer<Float>
}

/// Gradients of a row: in, of the next h and c; out, of the gates before their squashing, of the
/// old c, and of that part of the old h that does not pass through the recurrent product.
struct UnitRowGradient {
  let gates: UnsafeMutablePointer<Float>
  let h: UnsafeMutablePointer<Float>
  let c: UnsafeMutablePointer<Float>
}
