import Broker
import Contacts
import EventLoop
import Messaging
import Postgres
import ServiceKit
import TestKit
import Testing

@Suite struct HTTPSTests {
    @Test @Loop func aServiceServesHTTPSByTwoSettings() async throws {
        let files = try await TestCertificates()
        defer { files.remove() }
        let url = try await TestDatabase.make("https")
        _ = try await Migrations.apply(
            MessagingSchema.migrations + ContactsService.migrations,
            to: PostgresSettings(url: url, applicationName: "test", schema: "contacts"))
        let broker = try Broker(BrokerSettings(dataDirectory: files.folder + "/broker"))
        try await broker.start()
        let settings = Settings([
            "DATABASE_URL": url, "KAFKA_BROKERS": "127.0.0.1:\(broker.port)", "HTTP_TLS_CERTIFICATE": files.certificate,
            "HTTP_TLS_KEY": files.key,
        ])
        let service = try ServiceProcess(
            ContactsService.self, ServiceOptions(service: "contacts", settings), settings)
        try await service.start()
        let curl = "curl -sS --max-time 20 --cacert \(files.authority)"
        let live = try await runShell("\(curl) https://127.0.0.1:\(service.port)/health/live")
        #expect(live.output == "live\n", "\(live.output)")
        #expect(try await runShell("\(curl) http://127.0.0.1:\(service.port)/health/live 2>&1").status != 0)
        await service.stop()
        await broker.stop()
    }

    @Test func oneOfTheTwoSettingsIsNotEnough() throws {
        for (given, missing) in [
            ("HTTP_TLS_KEY", "HTTP_TLS_CERTIFICATE"), ("HTTP_TLS_CERTIFICATE", "HTTP_TLS_KEY"),
        ] {
            let settings = Settings(["DATABASE_URL": "postgresql:///x", "KAFKA_BROKERS": "b:1", given: "file.pem"])
            let error = #expect(throws: SettingError.self) { try ServiceOptions(service: "contacts", settings) }
            #expect(error?.name == missing)
        }
    }
}
