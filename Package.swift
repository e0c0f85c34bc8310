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

let package = Package(
    name: "Rapport",
    targets: [
        system("CUV", "libuv", apt: "libuv1-dev"),
        system("CPostgres", "libpq", apt: "libpq-dev"),
        system("COpenSSL", "openssl", apt: "libssl-dev"),
        system("CKafka", "rdkafka", apt: "librdkafka-dev"),
        system("CCurl", "libcurl", apt: "libcurl4-openssl-dev"),
        .systemLibrary(name: "CChecksum", path: "Shared/System/CChecksum"),
        .systemLibrary(name: "CLinux", path: "Shared/System/CLinux"),
        shared("EventLoop", ["CUV"]),
        .target(
            name: "Broker", dependencies: ["EventLoop", "CChecksum", "CLinux"], path: "Services/Broker",
            exclude: ["Main", "README.md"], swiftSettings: strict),
        .executableTarget(
            name: "rapport-broker", dependencies: ["Broker", "EventLoop"], path: "Services/Broker/Main",
            swiftSettings: strict),
        .testTarget(
            name: "BrokerTests", dependencies: ["Broker", "EventLoop", "rapport-broker"], path: "Tests/BrokerTests",
            swiftSettings: strict),
    ]
)
