import VectorKernels
import WorkerPool

/// What this machine runs the networks with.
public enum Processor {
  /// The instruction set of the kernels in use, such as "AVX-512", "AVX2" or "NEON".
  ///
  /// The best one that the processor has; the environment variable `DNC_SIMD` (`baseline`, `avx2`)
  /// can lower it.
  public static var instructionSet: String {
    String(cString: vk_level_name(Kernels.active.pointee.level))
  }

  /// The library that multiplies large matrices, such as "OpenBLAS 0.3.21 Haswell"; "none": our own
  /// kernels do.
  public static var linearAlgebra: String { String(cString: vk_blas_name()) }

  /// Number of threads that calls use unless told otherwise: the processors this process may use,
  /// or what the environment variable `DNC_WORKERS` says.
  public static var workers: Int { WorkerPool.shared.workers }
}
