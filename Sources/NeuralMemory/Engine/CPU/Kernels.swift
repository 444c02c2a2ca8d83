import VectorKernels

/// The kernels that networks run on.
enum Kernels {
  /// The best table of this processor that the environment variable `DNC_SIMD` allows. The first
  /// use reports a value of the variable that means nothing.
  nonisolated(unsafe) static let active: UnsafePointer<vk_table> = {
    let active = vk_active()
    if let unknown = vk_unknown_setting() {
      Log.logger.warning(
        """
        DNC_SIMD must be baseline, avx2 or avx512, not '\(String(cString: unknown))': using \
        \(String(cString: vk_level_name(active.pointee.level)))
        """)
    }
    return active
  }()
}
