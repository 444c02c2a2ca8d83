// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "swift-dnc", path: "..")],
  targets: [
    .target(name: "AllocationCount"),
    .target(
      name: "BenchmarkSupport",
      dependencies: ["NeuralMemory", "MemoryTraining"].map {
        .product(name: $0, package: "swift-dnc")
      }),
    .executableTarget(name: "bench", dependencies: ["AllocationCount", "BenchmarkSupport"]),
    .target(name: "MachinePeak"),
    .executableTarget(name: "bench-profile", dependencies: ["BenchmarkSupport", "MachinePeak"]),
    .executableTarget(name: "bench-scaling", dependencies: ["BenchmarkSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
