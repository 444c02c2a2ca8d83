import Foundation

/// Threads that give way to the training: of a low priority.
enum BackgroundThread {
  /// Starts a thread.
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
      yield(as: name)
      body()
    }
    thread.start()
  }

  /// Makes the calling thread one.
  static func yield(as name: String) {
    setName(name)
    #if canImport(Darwin)
      pthread_set_qos_class_self_np(QOS_CLASS_BACKGROUND, 0)
    #else
      // on Linux, this is of the calling thread alone
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    #endif
  }

  /// Names the calling thread for the system's tools. Foundation does it from the thread that
  /// starts another, which may be before there is one to name.
  private static func setName(_ name: String) {
    #if canImport(Darwin)
      pthread_setname_np(name)
    #else
      // glibc's call is hidden from Swift; 15 bytes at most
      let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return }
      _ = Array(name.utf8.prefix(15)).withUnsafeBytes {
        write(descriptor, $0.baseAddress!, $0.count)
      }
      close(descriptor)
    #endif
  }

  /// Seconds of a processor that the calling thread has taken so far.
  static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
