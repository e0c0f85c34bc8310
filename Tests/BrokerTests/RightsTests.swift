import Crypto
import EventLoop
import TestKit
import Testing

@testable import Broker

/// A broker that asks everybody who he is, and what each may do.
@Loop
private func withRights(_ rights: String, _ body: @Loop (Broker, Users) async throws -> Void) async throws {
    let folder = try TestPaths.temporaryFolder()
    defer { TestPaths.remove(folder) }
    let users = Users(path: folder + "/users")
    for name in ["boss", "shop", "reader", "nobody"] {
        try users.set(name, password: Array("\(name)'s".utf8), iterations: ScramKeys.leastIterations)
    }
    try Disk.replace(folder + "/rights", with: Array(rights.utf8))
    var settings = BrokerSettings(dataDirectory: folder + "/data")
    settings.listeners = [ListenerSettings(.signIn, address: "127.0.0.1", port: 0)]
    (settings.usersFile, settings.rightsFile) = (users.path, folder + "/rights")
    let broker = try Broker(settings)
    try await broker.start()
    do {
        try await body(broker, users)
    } catch {
        await broker.stop()
        throw error
    }
    await broker.stop()
}

extension TestClient {
    /// A client that has signed in.
    fileprivate static func signedIn(_ user: String, _ port: Int) async throws -> TestClient {
        let client = try await TestClient(port: port)
        _ = try await client.call(17, 1, ["Mechanism": "PLAIN"])
        let token = Array("\0\(user)\0\(user)'s".utf8)
        #expect(try await client.call(36, 1, ["AuthBytes": .bytes(token[...])]).int("ErrorCode") == 0)
        return client
    }
}

extension Message {
    /// The first error in it, wherever.
    fileprivate var anyError: Int {
        for value in values {
            if case .list(let list) = value {
                for case .message(let inner) in list where inner.anyError != 0 { return inner.anyError }
            }
        }
        return int("ErrorCode")
    }
}

@Suite struct RightsTests {
    private static let table = """
        # user, what, with what
        boss\tall\ttopic\t*
        boss\tall\tgroup\t*
        boss\tall\tcluster
        shop\twrite,create\ttopic\torders
        shop\tread\ttopic\tstock
        shop\tread\tgroup\tshop
        reader\tread\ttopic\torders
        reader\tdescribe\tgroup\tshop

        """

    private struct Step {
        let title: String
        let key: Int
        let version: Int
        let body: Message
    }

    private static func partition(_ topic: String, _ fields: Message, name: String = "Name") -> Value {
        .list([Message(names: [name, "Partitions"], values: [.text(topic), .list([fields])])])
    }

    private static func config(_ topic: String) -> Message {
        ["ResourceType": 2, "ResourceName": .text(topic), "ConfigurationKeys": nil]
    }

    /// One request of each kind.
    private static let steps: [Step] = [
        Step(title: "write orders", key: 0, version: 7, body: TestClient.produceBody(testBatch(["a"]), "orders")),
        Step(title: "write stock", key: 0, version: 7, body: TestClient.produceBody(testBatch(["a"]), "stock")),
        Step(title: "read orders", key: 1, version: 11, body: TestClient.fetchBody("orders", from: 0, wait: 500)),
        Step(title: "read stock", key: 1, version: 11, body: TestClient.fetchBody("stock", from: 0, wait: 1)),
        Step(
            title: "ends of orders", key: 2, version: 5,
            body: ["Topics": partition("orders", ["PartitionIndex": 0, "Timestamp": -1])]),
        Step(
            title: "see orders", key: 3, version: 8, body: ["Topics": .list([["Name": "orders"] as Message])]),
        Step(
            title: "see what is not there", key: 3, version: 8,
            body: ["Topics": .list([["Name": "secret"] as Message]), "AllowAutoTopicCreation": 1]),
        Step(
            title: "commit of shop", key: 8, version: 7,
            body: [
                "GroupId": "shop", "GenerationIdOrMemberEpoch": -1,
                "Topics": partition("stock", ["PartitionIndex": 0, "CommittedOffset": 0]),
            ]),
        Step(
            title: "offsets of shop", key: 9, version: 5,
            body: ["GroupId": "shop", "Topics": .list([["Name": "stock", "PartitionIndexes": [0]] as Message])]),
        Step(title: "coordinator of shop", key: 10, version: 2, body: ["Key": "shop", "KeyType": 0]),
        Step(
            title: "heartbeat in shop", key: 12, version: 3,
            body: ["GroupId": "shop", "GenerationId": 1, "MemberId": "x", "GroupInstanceId": nil]),
        Step(title: "describe shop", key: 15, version: 4, body: ["Groups": ["shop"]]),
        Step(
            title: "make orders", key: 19, version: 4,
            body: [
                "Topics": .list([["Name": "orders", "NumPartitions": 1, "ReplicationFactor": 1] as Message]),
                "ValidateOnly": 1,
            ]),
        Step(
            title: "make others", key: 19, version: 4,
            body: [
                "Topics": .list([["Name": "others", "NumPartitions": 1, "ReplicationFactor": 1] as Message]),
                "ValidateOnly": 1,
            ]),
        Step(
            title: "delete records", key: 21, version: 1,
            body: ["Topics": partition("orders", ["PartitionIndex": 0, "Offset": 0])]),
        Step(title: "a number for a producer", key: 22, version: 1, body: ["TransactionalId": nil]),
        Step(
            title: "settings of orders", key: 32, version: 1,
            body: ["Resources": .list([config("orders")])]),
        Step(
            title: "settings of the broker", key: 32, version: 1,
            body: ["Resources": .list([["ResourceType": 4, "ResourceName": "1", "ConfigurationKeys": nil] as Message])]),
        Step(
            title: "change settings", key: 44, version: 1,
            body: [
                "Resources": .list([
                    [
                        "ResourceType": 2, "ResourceName": "orders",
                        "Configs": .list([["Name": "retention.ms", "ConfigOperation": 0, "Value": "1"] as Message]),
                    ] as Message
                ]), "ValidateOnly": 1,
            ]),
        Step(
            title: "more partitions", key: 37, version: 1,
            body: [
                "Topics": .list([["Name": "orders", "Count": 2, "Assignments": nil] as Message]), "ValidateOnly": 1,
            ]),
        Step(title: "forget the group", key: 42, version: 1, body: ["GroupsNames": ["other"]]),
        Step(title: "delete orders", key: 20, version: 4, body: ["TopicNames": ["none"]]),
    ]

    /// What Apache Kafka answers, user by user; 0 or an error that has nothing to do with rights is a yes.
    private static let refused: [String: [String: Int]] = [
        "boss": [:],
        "shop": [
            "write stock": 29, "read orders": 29, "see what is not there": 29, "make others": 29, "delete records": 29,
            "settings of orders": 29, "settings of the broker": 31, "change settings": 29, "more partitions": 29,
            "forget the group": 30, "delete orders": 29,
        ],
        "reader": [
            "write orders": 29, "write stock": 29, "read stock": 29, "see what is not there": 29, "commit of shop": 30,
            "offsets of shop": 29, "heartbeat in shop": 30, "make orders": 29, "make others": 29, "delete records": 29,
            "a number for a producer": 31, "settings of orders": 29, "settings of the broker": 31,
            "change settings": 29, "more partitions": 29, "forget the group": 30, "delete orders": 29,
        ],
        "nobody": Dictionary(
            uniqueKeysWithValues: steps.map { step in
                let code =
                    switch step.title {
                    case "settings of the broker", "a number for a producer": 31
                    case "commit of shop", "offsets of shop", "coordinator of shop", "heartbeat in shop",
                        "describe shop", "forget the group":
                        30
                    default: 29
                    }
                return (step.title, code)
            }),
    ]

    @Test @Loop func eachUserMayDoWhatTheTableSaysAndNothingElse() async throws {
        try await withRights(Self.table) { broker, _ in
            let boss = try await TestClient.signedIn("boss", broker.port)
            for topic in ["orders", "stock"] { #expect(try await boss.create(topic) == 0) }
            for (user, refused) in Self.refused.sorted(by: { $0.key < $1.key }) {
                let client = try await TestClient.signedIn(user, broker.port)
                for step in Self.steps {
                    let code = try await client.call(step.key, step.version, step.body).anyError
                    let isRefused = [29, 30, 31].contains(code)
                    #expect((isRefused ? code : 0) == refused[step.title] ?? 0, "\(user): \(step.title)")
                }
                client.close()
            }
            boss.close()
        }
    }

    @Test @Loop func whatIsAllowedIsAnsweredBesideWhatIsNot() async throws {
        try await withRights(Self.table) { broker, _ in
            let boss = try await TestClient.signedIn("boss", broker.port)
            for topic in ["orders", "stock", "secret"] { #expect(try await boss.create(topic) == 0) }
            let shop = try await TestClient.signedIn("shop", broker.port)
            let batch = Value.list([["Index": 0, "Records": .bytes(testBatch(["a"])[...])] as Message])
            let topics = ["stock", "orders"].map { ["Name": .text($0), "PartitionData": batch] as Message }
            let answer = try await shop.call(0, 7, ["Acks": -1, "TimeoutMs": 1000, "TopicData": .list(topics)])
            let codes = answer.list("Responses").map { ($0.text("Name"), $0.anyError) }.sorted { $0.0 < $1.0 }
            #expect(codes.map(\.0) == ["orders", "stock"] && codes.map(\.1) == [0, 29])
            // Nobody is told of topics that are not his.
            let all = try await shop.call(3, 8, ["Topics": nil])
            #expect(all.list("Topics").map { $0.text("Name") } == ["orders", "stock"])
            // Who waits for no answer notices an end.
            shop.send(
                0, 7, ["Acks": 0, "TimeoutMs": 1000, "TopicData": .list([topics[0]])])
            #expect(try await shop.isClosed(within: .seconds(5)))
            for client in [boss, shop] { client.close() }
        }
    }

    @Test @Loop func operationsAreToldAsKafkaTellsThem() async throws {
        try await withRights(Self.table) { broker, _ in
            @Loop func told(_ user: String, _ asked: Int) async throws -> [Int] {
                let client = try await TestClient.signedIn(user, broker.port)
                defer { client.close() }
                _ = try await client.create("orders")
                let metadata = try await client.call(
                    3, 8,
                    [
                        "Topics": .list([["Name": "orders"] as Message]),
                        "IncludeTopicAuthorizedOperations": .int(asked),
                        "IncludeClusterAuthorizedOperations": .int(asked),
                    ])
                let groups = try await client.call(
                    15, 4, ["Groups": ["shop"], "IncludeAuthorizedOperations": .int(asked)])
                return [
                    metadata.list("Topics").first?.int("TopicAuthorizedOperations") ?? 0,
                    groups.list("Groups").first?.int("AuthorizedOperations") ?? 0,
                    metadata.int("ClusterAuthorizedOperations"),
                ]
            }
            let untold = Int(Int32.min)
            let (quiet, boss) = (try await told("boss", 0), try await told("boss", 1))
            let shop = try await told("shop", 1)
            #expect(quiet == [untold, untold, untold])
            // What Apache Kafka says where there is no authorizer.
            #expect(boss == [3576, 3400, 8096])
            #expect(shop == [16 + 32 + 256, 8 + 256, 0])
        }
    }

    @Test @Loop func aChangeCountsForWhoIsThere() async throws {
        try await withRights(Self.table) { broker, users in
            let boss = try await TestClient.signedIn("boss", broker.port)
            for topic in ["orders", "stock"] { #expect(try await boss.create(topic) == 0) }
            let shop = try await TestClient.signedIn("shop", broker.port)
            let nobody = try await TestClient.signedIn("nobody", broker.port)
            #expect(try await shop.produce(testBatch(["a"]), to: "stock").code == 29)
            let path = Disk.parent(of: users.path) + "/rights"
            try Disk.replace(path, with: Array((Self.table + "shop\twrite\ttopic\tstock\n").utf8))
            // Who comes now has them at once, who is there in a second.
            let fresh = try await TestClient.signedIn("shop", broker.port)
            #expect(try await fresh.produce(testBatch(["a"]), to: "stock").code == 0)
            try await eventually("the right to write", within: .seconds(5)) {
                try await shop.produce(testBatch(["a"]), to: "stock").code == 0
            }
            #expect(try users.remove("nobody"))
            #expect(try await nobody.isClosed(within: .seconds(5)))
            // What cannot be read changes nothing.
            try Disk.replace(path, with: Array("shop\tfly\ttopic\tstock\n".utf8))
            try await Loop.sleep(for: .milliseconds(1300))
            #expect(try await shop.produce(testBatch(["a"]), to: "stock").code == 0)
            for client in [boss, shop, nobody, fresh] { client.close() }
        }
    }

    @Test @Loop func rightsThatCannotBeReadStartNothing() async throws {
        for bad in ["shop\tfly\ttopic\tx", "shop\tread\tplanet\tx", "shop"] {
            #expect(throws: BrokerError.self) { try RightsFile(bad) }
        }
        await #expect(throws: BrokerError.self) { try await withRights("shop\tfly\ttopic\tx") { _, _ in } }
        var settings = BrokerSettings(dataDirectory: "/nowhere")
        settings.rightsFile = "rights"
        #expect(throws: BrokerError.self) { _ = try Broker(settings) }
    }
}

/// The exchange of SCRAM, step by step.
@Suite struct ScramTests {
    @Loop private func first(_ user: String, _ mechanism: String, _ port: Int) async throws -> (code: Int, text: String)
    {
        let client = try await TestClient(port: port)
        defer { client.close() }
        _ = try await client.call(17, 1, ["Mechanism": .text(mechanism)])
        let answer = try await client.call(36, 1, ["AuthBytes": .bytes(Array("n,,n=\(user),r=abc".utf8)[...])])
        return (answer.int("ErrorCode"), text(Array(answer.bytes("AuthBytes") ?? [])))
    }

    private func salt(_ text: String) -> String {
        text.split(separator: ",").dropFirst().joined(separator: ",")
    }

    /// The first step is the same for whoever is not there, each time and after a new start; only the password tells.
    @Test @Loop func whoIsNotThereMeetsTheSameExchange() async throws {
        for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
            try await withRights("") { broker, users in
                let known = try await first("shop", mechanism, broker.port)
                let unknown = try await first("ghost", mechanism, broker.port)
                #expect(known.code == 0 && unknown.code == 0)
                let shape = { (text: String) in salt(text).utf8.count }
                #expect(shape(known.text) == shape(unknown.text) && unknown.text.hasSuffix("i=4096"))
                let again = try await first("ghost", mechanism, broker.port)
                let other = try await first("ghost2", mechanism, broker.port)
                let shop = try await first("shop", mechanism, broker.port)
                #expect(salt(again.text) == salt(unknown.text) && salt(other.text) != salt(unknown.text))
                #expect(salt(shop.text) == salt(known.text))
                let folder = Disk.parent(of: users.path) + "/data"
                let hash = try #require(ScramKeys.Hash(rawValue: mechanism))
                // What the data folder keeps makes it the same after a new start.
                let keys = try SignInBook(users, folder: folder).keys(of: "ghost", hash)
                #expect(salt(unknown.text).contains(Base64.encode(keys.salt)))
                #expect(!keys.accepts(password: Array("ghost's".utf8)))
            }
        }
    }
}
