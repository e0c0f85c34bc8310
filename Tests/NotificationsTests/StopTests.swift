import Broker
import EventLoop
import Notifications
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@Suite struct StopTests {
    @Test @Loop func aStopSettlesWhatIsUnderWayAndGivesBackTheRest() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        var log = BrokerSettings(dataDirectory: folder)
        log.flush = .pageCache
        let broker = try Broker(log)
        try await broker.start()
        let sink = try MailSink()
        defer { sink.close() }
        sink.delay = .milliseconds(500)
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let settings = Settings([
            "DATABASE_URL": fixture.database.url, "KAFKA_BROKERS": "127.0.0.1:\(broker.port)",
            "SMTP_URL": "smtp://127.0.0.1:\(sink.port)",
        ])
        func started() async throws -> ServiceProcess {
            let options = try ServiceOptions(service: "notifications", settings)
            let process = try ServiceProcess(NotificationsService.self, options, settings)
            try await process.start()
            return process
        }
        for number in 0..<40 { try await fixture.ask("k\(number)") }
        let first = try await started()
        try await eventually("the first mails") { !sink.messages.isEmpty }
        await first.stop()
        let taken = sink.messages.count
        #expect(taken < 40)
        let states = try await fixture.sql(
            "SELECT status || ' ' || attempts || ' ' || (next_try_at <= now()) FROM message ORDER BY sent_at, id"
        ).map { try $0.value(0) as String }
        let rest = 40 - taken
        #expect(
            states == Array(repeating: "sent 1 true", count: taken) + Array(repeating: "queued 0 true", count: rest))
        // After a new start the rest goes out at once, and nothing twice.
        sink.delay = .zero
        let second = try await started()
        try await eventually("the rest") {
            let waiting = try await fixture.sql("SELECT 1 FROM message WHERE status <> 'sent'")
            return waiting.isEmpty
        }
        await second.stop()
        let ids = sink.messages.compactMap { $0.split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") } }
        #expect(sink.messages.count == 40 && Set(ids).count == 40)
        #expect(try await fixture.service.faultsOfEvents() == [])
        await broker.stop()
    }
}
