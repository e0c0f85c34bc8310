// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// The bugs that the tests must catch: they exist in debug builds only.
let plantedBugs: [SwiftSetting] = [.define("RAPPORT_PLANTED_BUGS", .when(configuration: .debug))]

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

/// A service: its library, and the program of a few lines that runs it.
func service(_ name: String, _ dependencies: [Target.Dependency] = []) -> [Target] {
    let kit: [Target.Dependency] = [
        "CRMModel", "Crypto", "EventLoop", "HTTP", "Messaging", "Postgres", "ServiceKit", "Telemetry", "Text",
    ]
    return [
        .target(
            name: name, dependencies: kit + dependencies, path: "Services/\(name)", exclude: ["Main", "README.md"],
            swiftSettings: strict),
        .executableTarget(
            name: "rapport-\(name.lowercased())", dependencies: [.byName(name: name), "ServiceKit"],
            path: "Services/\(name)/Main", swiftSettings: strict),
    ]
}

/// The programs that the suite starts: whoever starts it depends on them, so that all of it is built when it is.
let suitePrograms: [Target.Dependency] = [
    "rapport-broker", "rapport-campaigns", "rapport-console", "rapport-contacts", "rapport-notifications",
    "rapport-sales", "rapport-tickets",
]

/// What reads bytes of others, under changed inputs: tests, or with FUZZ set the program of `make fuzz`, which is built with sanitizers and
/// with leave to look into modules.
let fuzzing: Target = {
    let dependencies: [Target.Dependency] = [
        "Broker", "CRMModel", "Contacts", "EventLoop", "HTTP", "Kafka", "Messaging", "ServiceKit", "Sheets", "Text",
    ]
    guard Context.environment["FUZZ"] != nil else {
        return .testTarget(
            name: "FuzzTests", dependencies: dependencies, path: "Tests/FuzzTests", exclude: ["Program", "fuzz"],
            swiftSettings: strict)
    }
    return .executableTarget(
        name: "rapport-fuzz", dependencies: dependencies, path: "Tests/FuzzTests", sources: ["Program", "Readers"],
        swiftSettings: strict, linkerSettings: [.linkedLibrary("stdc++")])
}()

/// What the tests of a service work with.
let serviceTests: [Target.Dependency] = [
    "CRMModel", "Crypto", "EventLoop", "HTTP", "Messaging", "Postgres", "ServiceKit", "Telemetry", "TestKit",
]

let package = Package(
    name: "Rapport",
    products: [.executable(name: "rapport", targets: ["rapport-main"])],
    targets: [
        system("CUV", "libuv", apt: "libuv1-dev"),
        system("CPostgres", "libpq", apt: "libpq-dev"),
        system("COpenSSL", "openssl", apt: "libssl-dev"),
        system("CKafka", "rdkafka", apt: "librdkafka-dev"),
        system("CCurl", "libcurl", apt: "libcurl4-openssl-dev"),
        system("CICU", "icu-i18n", apt: "libicu-dev"),
        system("CIDN", "libidn2", apt: "libidn2-dev"),
        system("CArgon2", "libargon2", apt: "libargon2-dev"),
        .systemLibrary(
            name: "CSheets", path: "Shared/System/CSheets",
            providers: [.apt(["libexpat1-dev", "libxlsxwriter-dev", "libzip-dev"])]),
        .target(
            name: "CPhone", path: "Shared/System/CPhone", linkerSettings: [.linkedLibrary("phonenumber")]),
        .systemLibrary(name: "CChecksum", path: "Shared/System/CChecksum"),
        .systemLibrary(
            name: "CCompression", path: "Shared/System/CCompression",
            providers: [.apt(["zlib1g-dev", "liblz4-dev", "libzstd-dev", "libsnappy-dev"])]),
        .systemLibrary(name: "CLinux", path: "Shared/System/CLinux"),
        .systemLibrary(name: "CSwiftTask", path: "Shared/System/CSwiftTask"),
        shared("EventLoop", ["CLinux", "CUV", "COpenSSL", "CSwiftTask"]),
        shared("Crypto", ["COpenSSL"]),
        shared("Passwords", ["CArgon2", "Crypto"]),
        shared("Telemetry"),
        shared("Learning"),
        shared("Text", ["CIDN"]),
        .target(
            name: "Writing", dependencies: ["CICU", "Text"], path: "Shared/Writing", exclude: ["Tables"],
            swiftSettings: strict),
        shared("Phones", ["CPhone", "Text"]),
        shared("Sheets", ["CSheets"]),
        shared("Postgres", ["EventLoop", "CPostgres"]),
        shared("Kafka", ["EventLoop", "CKafka"]),
        shared("HTTP", ["EventLoop", "CCurl", "CLinux", "Text"]),
        shared("HTML"),
        shared("CRMModel", ["Crypto"]),
        .target(
            name: "Messaging", dependencies: ["CRMModel", "EventLoop", "Kafka", "Postgres", "Telemetry"],
            path: "Shared/Messaging",
            swiftSettings: strict + plantedBugs),
        shared(
            "ServiceKit",
            ["CRMModel", "Crypto", "EventLoop", "HTTP", "Kafka", "Messaging", "Postgres", "Telemetry", "Text"]),
        .target(
            name: "TestKit", dependencies: ["EventLoop", "Crypto", "HTTP"], path: "Tests/TestKit", swiftSettings: strict
        ),
        .target(
            name: "ServiceTestKit",
            dependencies: [
                "CRMModel", "Crypto", "EventLoop", "HTTP", "Kafka", "Messaging", "Postgres", "ServiceKit", "Telemetry",
                "TestKit",
            ], path: "Tests/ServiceTestKit", swiftSettings: strict),
        tests(
            "CampaignsTests",
            [
                "Campaigns", "CRMModel", "Crypto", "EventLoop", "HTTP", "Messaging", "Postgres", "ServiceKit",
                "ServiceTestKit",
            ]),
        tests(
            "SalesTests",
            [
                "CRMModel", "Crypto", "EventLoop", "HTTP", "Messaging", "Postgres", "Sales", "ServiceKit",
                "ServiceTestKit", "TestKit",
            ]),
        tests("EventLoopTests", ["EventLoop", "TestKit"]),
        .target(
            name: "Broker", dependencies: ["Crypto", "EventLoop", "CChecksum", "CCompression", "CLinux", "COpenSSL"],
            path: "Services/Broker",
            exclude: ["Main", "README.md"], swiftSettings: strict),
        .executableTarget(
            name: "rapport-broker", dependencies: ["Broker", "EventLoop"], path: "Services/Broker/Main",
            swiftSettings: strict),
        .testTarget(
            name: "BrokerTests",
            dependencies: ["Broker", "CRMModel", "Crypto", "EventLoop", "TestKit", "rapport-broker"],
            path: "Tests/BrokerTests", exclude: ["Clients"], swiftSettings: strict),
        tests("HTMLTests", ["HTML"]),
        .testTarget(
            name: "HTTPTests", dependencies: ["HTTP", "EventLoop", "TestKit"], path: "Tests/HTTPTests",
            exclude: ["mutated-requests.py"], swiftSettings: strict),
        .executableTarget(
            name: "rapport-bench",
            dependencies: [
                "CKafka", "CRMModel", "Contacts", "Crypto", "EventLoop", "HTTP", "Kafka", "Messaging", "Postgres",
                "Rapport",
                "ServiceKit", "Telemetry",
            ] + suitePrograms,
            path: "Benchmarks", swiftSettings: strict),
        tests("CryptoTests", ["Crypto"]),
        tests("PasswordsTests", ["Passwords"]),
        tests("TelemetryTests", ["Telemetry"]),
        tests("TextTests", ["TestKit", "Text"]),
        tests("WritingTests", ["TestKit", "Text", "Writing"]),
        tests("SheetsTests", ["Sheets"]),
        tests("PhonesTests", ["CPhone", "Phones", "TestKit", "Text"]),
        tests("LearningTests", ["CRMModel", "Learning", "TestKit"]),
        tests("TicketsTests", serviceTests + ["ServiceTestKit", "Tickets"]),
        .testTarget(
            name: "ConsoleTests", dependencies: serviceTests + ["Console", "Passwords", "ServiceTestKit"],
            path: "Tests/ConsoleTests", exclude: ["Python"], swiftSettings: strict),
        tests("BrowserTests", serviceTests + ["Console", "HTML", "Sales", "ServiceTestKit"]),
        tests("NotificationsTests", serviceTests + ["Broker", "Notifications", "ServiceTestKit"]),
        .target(
            name: "Rapport",
            dependencies: [
                "Broker", "CRMModel", "Crypto", "EventLoop", "HTTP", "Kafka", "Messaging", "Postgres", "Telemetry",
                "Text",
            ],
            path: "Services/Rapport", exclude: ["Main", "README.md"], swiftSettings: strict),
        .executableTarget(
            name: "rapport-main", dependencies: ["Rapport"], path: "Services/Rapport/Main", swiftSettings: strict),
        .target(
            name: "Demo",
            dependencies: ["CRMModel", "Crypto", "EventLoop", "HTTP", "Kafka", "Postgres", "Rapport", "Text"],
            path: "Services/Demo", exclude: ["Main", "README.md"], swiftSettings: strict),
        .executableTarget(
            name: "rapport-demo", dependencies: ["Demo", "rapport-main"] + suitePrograms, path: "Services/Demo/Main",
            swiftSettings: strict),
        tests(
            "ContactsTests",
            serviceTests + [
                "Broker", "Chaos", "Contacts", "Demo", "Kafka", "Learning", "Phones", "ServiceTestKit", "Sheets",
                "Text",
                "Writing",
            ]),
        tests(
            "ServiceKitTests",
            [
                "CRMModel", "Contacts", "Crypto", "EventLoop", "HTTP", "Messaging", "Postgres", "ServiceKit",
                "ServiceTestKit",
                "Telemetry", "TestKit", "rapport-broker", "rapport-sales",
            ]),
        fuzzing,
        tests("PostgresTests", ["EventLoop", "Postgres", "TestKit"]),
        tests("CRMModelTests", ["CRMModel", "TestKit"]),
        tests("KafkaTests", ["Broker", "EventLoop", "Kafka", "TestKit"]),
        tests("MessagingTests", serviceTests + ["Broker", "CPostgres", "Contacts", "Kafka", "ServiceTestKit"]),
        .target(
            name: "Chaos",
            dependencies: [
                "CRMModel", "Crypto", "Demo", "EventLoop", "HTTP", "Kafka", "Messaging", "Postgres", "Rapport",
                "Telemetry",
            ],
            path: "Tests/Chaos", exclude: ["Main", "README.md"], swiftSettings: strict),
        .executableTarget(
            name: "rapport-chaos", dependencies: ["Chaos"] + suitePrograms, path: "Tests/Chaos/Main",
            swiftSettings: strict),
        .target(
            name: "Simulation", dependencies: ["CRMModel", "EventLoop", "Kafka", "Messaging", "Postgres", "TestKit"],
            path: "Tests/Simulation", swiftSettings: strict),
        .executableTarget(
            name: "rapport-simulate", dependencies: ["EventLoop", "Messaging", "Simulation", "TestKit"],
            path: "Tests/Simulate",
            swiftSettings: strict + plantedBugs),
        .testTarget(
            name: "SimulationTests", dependencies: ["EventLoop", "Messaging", "Simulation", "TestKit"],
            path: "Tests/SimulationTests", swiftSettings: strict + plantedBugs),
        tests(
            "RapportTests",
            [
                "Broker", "CRMModel", "Crypto", "EventLoop", "HTTP", "Kafka", "Messaging", "Postgres", "Rapport",
                "TestKit", "rapport-main",
            ]),
        tests("DemoTests", ["CRMModel", "Demo", "EventLoop", "Messaging", "Rapport", "TestKit", "Text"]),
        tests("ChaosTests", ["Chaos", "Rapport"]),
        .testTarget(
            name: "DeployTests",
            dependencies: [
                "Broker", "CKafka", "CRMModel", "Campaigns", "Console", "Contacts", "EventLoop", "HTTP", "Kafka",
                "Notifications",
                "Postgres", "Sales", "ServiceKit", "Telemetry", "TestKit", "Tickets", "rapport-main",
            ] + suitePrograms, path: "Tests/DeployTests", exclude: ["boot"], swiftSettings: strict),
        tests(
            "JudgementTests",
            serviceTests + [
                "Campaigns", "Contacts", "Kafka", "Notifications", "Sales", "ServiceTestKit", "Tickets",
            ]),
        tests(
            "UpgradeTests",
            [
                "CRMModel", "Campaigns", "Console", "Contacts", "EventLoop", "HTTP", "Kafka", "Messaging",
                "Notifications",
                "Postgres", "Sales", "ServiceKit", "ServiceTestKit", "TestKit", "Tickets",
            ]),
        tests(
            "SuiteTests",
            [
                "Broker", "CRMModel", "EventLoop", "HTTP", "Kafka", "Postgres", "TestKit", "rapport-main",
                "rapport-demo",
                "rapport-chaos",
            ] + suitePrograms),
    ] + service("Contacts", ["HTML", "Learning", "Phones", "Sheets", "Writing"]) + service("Sales")
        + service("Campaigns")
        + service("Tickets")
        + service("Notifications", ["HTML"]) + service("Console", ["HTML", "Passwords"])
)
