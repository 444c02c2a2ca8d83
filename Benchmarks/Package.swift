// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "swift-dnc", path: "..")],
  targets: [
    .target(name: "AllocationCount"),
    .executableTarget(
      name: "bench",
      dependencies: ["AllocationCount", .product(name: "NeuralMemory", package: "swift-dnc")]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
