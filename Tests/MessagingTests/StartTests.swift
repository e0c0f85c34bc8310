import Broker
import Contacts
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import TestKit
import Testing

@Suite struct StartTests {
    /// The address of a test's database, and its port.
    private static func port(in url: String) throws -> (before: Substring, port: Int, after: Substring) {
        let end = try #require(url.lastIndex(of: "/"))
        let colon = try #require(url[..<end].lastIndex(of: ":"))
        return (url[...colon], try #require(Int(url[url.index(after: colon)..<end])), url[end...])
    }

    @Test @Loop func aServiceWaitsForItsDatabaseAndSaysSo() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let url = try await TestDatabase.make("start")
        let database = PostgresSettings(url: url, applicationName: "test", schema: "contacts")
        _ = try await Migrations.apply(MessagingSchema.migrations + ContactsService.migrations, to: database)
        let broker = try Broker(BrokerSettings(dataDirectory: folder + "/broker"))
        try await broker.start()
        // A port on which nobody listens yet.
        let probe = try Listener(address: "127.0.0.1", port: 0) { $0.close() }
        let free = probe.port
        probe.close()
        let place = try Self.port(in: url)
        let settings = Settings([
            "DATABASE_URL": "\(place.before)\(free)\(place.after)", "KAFKA_BROKERS": "127.0.0.1:\(broker.port)",
        ])
        let service = try ServiceProcess(
            ContactsService.self, ServiceOptions(service: "contacts", settings), settings)
        let starting = Task { @Loop in try await service.start() }
        try await eventually("requests are answered", within: .seconds(20)) { service.port > 0 }
        let http = try HTTPClient(connectionsPerHost: 1)
        func ready() async throws -> ClientResponse {
            try await http.send(
                ClientRequest(.get, "http://127.0.0.1:\(service.port)/health/ready", timeout: .seconds(10)))
        }
        let early = try await ready()
        #expect(early.status == .unavailable)
        #expect(String(decoding: early.body, as: UTF8.self).contains("it waits for the database"))
        // Within five seconds it says why.
        try await eventually("the cause is told", within: .seconds(5)) {
            String(decoding: try await ready().body, as: UTF8.self).contains("the database is away")
        }
        // The database comes.
        let passage = try Listener(address: "127.0.0.1", port: free) { client in
            Task { @Loop in
                guard let server = try? await Stream.connect(host: "127.0.0.1", port: place.port) else {
                    return client.close()
                }
                for (from, to) in [(client, server), (server, client)] {
                    from.onBytes = { to.write(Array($0)) }
                    from.onEnd = { _ in to.close() }
                    from.resumeReading()
                }
            }
        }
        try await starting.value
        try await eventually("the service is ready", within: .seconds(60)) { try await ready().status == .ok }
        await service.stop()
        passage.close()
        await broker.stop()
    }

    @Test @Loop func aWrongPasswordIsAnErrorAtOnce() async throws {
        let url = try await TestDatabase.make("password")
        let colon = try #require(url.firstRange(of: "://")).upperBound
        let at = try #require(url.firstIndex(of: "@"))
        let user = url[colon..<at].prefix { $0 != ":" }
        let wrong = "\(url[..<colon])\(user):wrong\(url[at...])"
        let begin = Loop.now
        let settings = Settings(["DATABASE_URL": wrong, "KAFKA_BROKERS": "127.0.0.1:1"])
        let service = try ServiceProcess(
            ContactsService.self, ServiceOptions(service: "contacts", settings), settings)
        let error = await #expect(throws: SettingError.self) { try await service.start() }
        #expect(error?.description.contains("deploy/database/roles.sql") == true && Loop.now - begin < .seconds(30))
        await service.stop()
    }
}
