import Foundation

/// Threads that give way to the training: of the lowest priority, so that they run where nobody else wants to.
enum BackgroundThread {
  /// Starts a thread.
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
      #if canImport(Darwin)
        pthread_set_qos_class_self_np(QOS_CLASS_BACKGROUND, 0)
      #else
        // on Linux, this is of the calling thread alone
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
      #endif
      body()
    }
    thread.name = name
    thread.start()
  }

  /// Seconds of a processor that the calling thread has taken so far.
  static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
