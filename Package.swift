// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A C library of the distribution: module map and header only.
func system(_ name: String, _ pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Shared/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A module that several programs share.
func shared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", swiftSettings: strict)
}

/// The tests of a module, and of nothing else.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "Rapport",
    targets: [
        system("CUV", "libuv", apt: "libuv1-dev"),
        system("CPostgres", "libpq", apt: "libpq-dev"),
        system("COpenSSL", "openssl", apt: "libssl-dev"),
        system("CKafka", "rdkafka", apt: "librdkafka-dev"),
        system("CCurl", "libcurl", apt: "libcurl4-openssl-dev"),
        .systemLibrary(name: "CSwiftTask", path: "Shared/System/CSwiftTask"),
        shared("EventLoop", ["CUV", "CSwiftTask"]),
        shared("Crypto", ["COpenSSL"]),
        shared("Telemetry"),
        shared("Postgres", ["EventLoop", "CPostgres"]),
        shared("Kafka", ["EventLoop", "CKafka"]),
        .target(name: "TestKit", dependencies: ["EventLoop", "Crypto"], path: "Tests/TestKit", swiftSettings: strict),
        tests("EventLoopTests", ["EventLoop", "TestKit"]),
        tests("CryptoTests", ["Crypto"]),
        tests("TelemetryTests", ["Telemetry"]),
    ]
)
