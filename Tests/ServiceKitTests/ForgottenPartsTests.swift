import Testing

@Suite struct ForgottenPartsTests {
    /// Folders that are no capability, and why.
    private static let shared = [
        "Directory is no capability": "what all kinds of the console's directory have in common",
        "Lists is no capability": "the query language of lists, which parties, search and exports have",
        "LongWork is no capability": "what statements over the whole base are allowed, which fields and values have",
        "Mail is no capability": "what a mail is and how it is handed on, which delivery and suppressions have",
        "Others is no capability": "how the console asks the services in the name of who looks, which pages have",
    ]

    @Test(arguments: ServiceSources.all)
    func whatAServiceHasACapabilityNames(_ service: ServiceSources) {
        let found = ForgottenParts(service.name, service.texts).found.filter { Self.shared[$0] == nil }
        #expect(
            found.isEmpty,
            """
            Name it in the value of its capability, or delete it:
            \(found.joined(separator: "\n"))
            """)
    }

    private let service = """
        public enum TestService: ServiceDefinition { static let capabilities: [Capability] = [.things] }
        """
    private let capability = """
        extension Capability {
            static let things = Capability(
                "things", "all kinds of things", migrations: [ThingSchema.first] + ThingSchema.migrations,
                statements: ThingStore.statements
            ) { context in
                CapabilityParts(routes: thingRoutes(context)) { $0.on(ThingHappened.self, ThingHandlers.happened) }
            }
        }
        """
    private let parts = [
        "Things/ThingRoutes.swift": "@Loop\nfunc thingRoutes(_ context: ServiceContext) -> [Route] { [] }",
        "Things/ThingStore.swift": """
        enum ThingStore {
            static let statements: [any Preparable] = [get, page] + more
            private static let more = [Statement("thing.more", "")]
            static let get = record.get
            static let page = Query("thing.page", sql: "")
        }
        """,
        "Things/ThingSchema.swift": """
        enum ThingSchema {
            static let first = Migration("m1", "")
            static let migrations = [second]
            private static let second = Migration("m2", "")
        }
        """,
        "Things/ThingHandlers.swift": """
        enum ThingHandlers {
            static func happened(_ events: [Received<ThingHappened>]) { note(events) }
            private static func note(_ events: [Received<ThingHappened>]) {}
        }
        """,
    ]

    @Test func whatIsNamedIsNotForgotten() {
        let sources = parts.merging(["TestService.swift": service, "Things/Things.swift": capability]) { $1 }
        #expect(ForgottenParts("Test", sources).found == [])
    }

    @Test(arguments: [
        (".things]", "]", "Things/Things.swift: things is not in the list of TestService"),
        ("thingRoutes(context)", "[]", "Things/ThingRoutes.swift: thingRoutes makes routes that nobody asks for"),
        ("ThingStore.statements", "[]", "Things/ThingStore.swift: ThingStore.statements are no capability's"),
        ("[get, page]", "[get]", "Things/ThingStore.swift: ThingStore.page is not among the statements"),
        ("[get, page]", "[page]", "Things/ThingStore.swift: ThingStore.get is not among the statements"),
        ("[ThingSchema.first]", "[]", "Things/ThingSchema.swift: ThingSchema.first is no capability's migration"),
        ("ThingSchema.migrations", "[]", "Things/ThingSchema.swift: ThingSchema.migrations are no capability's"),
        ("= [second]", "= []", "Things/ThingSchema.swift: ThingSchema.second is no capability's migration"),
        (
            "ThingHandlers.happened", "{ _ in }",
            "Things/ThingHandlers.swift: ThingHandlers.happened is nobody's handler"
        ),
        ("note(events) ", "", "Things/ThingHandlers.swift: ThingHandlers.note is nobody's handler"),
        ("= Capability(", "= Other(", "Things is no capability"),
    ])
    func whatIsForgottenIsTold(_ part: String, _ without: String, _ told: String) {
        let sources = parts.merging(["TestService.swift": service, "Things/Things.swift": capability]) { $1 }
        let broken = sources.mapValues { $0.replacing(part, with: without) }
        #expect(broken != sources)
        #expect(ForgottenParts("Test", broken).found == [told])
    }
}
