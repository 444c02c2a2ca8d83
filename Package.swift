// swift-tools-version: 6.1
import PackageDescription

let apple: [Platform] = [.macOS, .iOS, .tvOS, .watchOS, .visionOS]

let package = Package(
  name: "swift-dnc",
  platforms: [.macOS(.v13), .iOS(.v16), .tvOS(.v16), .watchOS(.v9), .visionOS(.v1)],
  products: [
    .library(name: "NeuralMemory", targets: ["NeuralMemory"]),
    .library(name: "MemoryTraining", targets: ["MemoryTraining"]),
    .library(name: "MemoryTasks", targets: ["MemoryTasks"]),
    .library(name: "MemoryInspection", targets: ["MemoryInspection"]),
    .executable(name: "dnc", targets: ["DNCCommand"]),
  ],
  traits: [
    .default(enabledTraits: ["OpenBLAS"]),
    .trait(
      name: "OpenBLAS",
      description: "Large matrix products by OpenBLAS on Linux (libopenblas-dev)."),
    .trait(
      name: "FAISS",
      description: "Approximate search of large sparse memories by FAISS (libfaiss-dev).",
      enabledTraits: ["OpenBLAS"]),
    // Not a default, so that nobody who imports a library product fetches a server.
    .trait(
      name: "Dashboard",
      description: "The live page of `dnc`, and its messages to Visdom, by SwiftNIO."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.11.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    .target(
      name: "VectorKernels",
      cSettings: [
        .define("VK_OPENBLAS", .when(platforms: [.linux], traits: ["OpenBLAS"])),
        .define("ACCELERATE_NEW_LAPACK", .when(platforms: apple)),
      ],
      linkerSettings: [
        .linkedLibrary("openblas", .when(platforms: [.linux], traits: ["OpenBLAS"])),
        .linkedLibrary("m", .when(platforms: [.linux])),
        .linkedFramework("Accelerate", .when(platforms: apple)),
      ]),
    .target(
      name: "FaissShim",
      cxxSettings: [.define("FAISS_SHIM", .when(traits: ["FAISS"]))],
      linkerSettings: ["faiss", "openblas", "gomp", "m"].map {
        .linkedLibrary($0, .when(traits: ["FAISS"]))
      }),
    .target(name: "ForkJoin"),
    .target(name: "WorkerPool", dependencies: ["ForkJoin"]),
    .target(name: "TensorCore"),
    .target(name: "ZlibShim", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "TensorFiles", dependencies: ["TensorCore", "ZlibShim"]),
    .target(
      name: "NeuralMemory",
      dependencies: [
        "TensorCore", "TensorFiles", "VectorKernels", "WorkerPool",
        .product(name: "Logging", package: "swift-log"),
        .target(name: "FaissShim", condition: .when(traits: ["FAISS"])),
      ]),
    .target(
      name: "MemoryTraining", dependencies: ["NeuralMemory", "VectorKernels", "WorkerPool"]),
    .target(name: "MemoryTasks", dependencies: ["NeuralMemory", "MemoryTraining"]),
    .target(
      name: "MemoryInspection",
      dependencies: ["TensorFiles", "NeuralMemory", "MemoryTraining", "MemoryTasks"]),
    .target(
      name: "Dashboard",
      dependencies: ["MemoryInspection", .product(name: "Logging", package: "swift-log")]
        + ["NIOCore", "NIOPosix", "NIOHTTP1"].map {
          .product(name: $0, package: "swift-nio", condition: .when(traits: ["Dashboard"]))
        },
      // In the program itself: a `dnc` that is moved somewhere else has its page still.
      resources: [.embedInCode("Resources")]),
    .executableTarget(
      name: "DNCCommand",
      dependencies: [
        "NeuralMemory", "MemoryTraining", "MemoryTasks", "MemoryInspection", "Dashboard",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),

    .target(name: "TestSupport", dependencies: ["NeuralMemory"], path: "Tests/TestSupport"),
    .target(name: "AllocationCount", path: "Tests/AllocationCount"),
    .testTarget(name: "VectorKernelsTests", dependencies: ["VectorKernels", "TestSupport"]),
    .testTarget(name: "WorkerPoolTests", dependencies: ["WorkerPool", "TestSupport"]),
    .testTarget(name: "TensorCoreTests", dependencies: ["TensorCore", "TestSupport"]),
    .testTarget(name: "TensorFilesTests", dependencies: ["TensorFiles", "TestSupport"]),
    .testTarget(
      name: "NeuralMemoryTests",
      dependencies: ["NeuralMemory", "WorkerPool", "TestSupport", "AllocationCount"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "MemoryTrainingTests", dependencies: ["MemoryTraining", "MemoryTasks", "TestSupport"]),
    .testTarget(name: "MemoryTasksTests", dependencies: ["MemoryTasks", "TestSupport"]),
    .testTarget(name: "MemoryInspectionTests", dependencies: ["MemoryInspection", "TestSupport"]),
    .testTarget(
      name: "DashboardTests",
      dependencies: [
        "Dashboard", "TestSupport", .product(name: "Logging", package: "swift-log"),
        .product(
          name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Dashboard"])),
      ]),
    .testTarget(
      name: "DNCCommandTests",
      dependencies: ["DNCCommand", "MemoryTraining", "MemoryInspection", "TestSupport"],
      resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)
