import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit

@testable import Notifications

/// The service on a database of its own, without sockets and without Kafka; mails go to a Maildir of its own.
@Loop
final class NotificationsFixture {
    let service: TestService
    let settings: MailSettings
    let folder: String
    var database: PostgresSettings { service.options }
    var context: ServiceContext { service.context }
    var pool: PostgresPool { service.context.pool }

    init(_ given: [String: String] = [:], on database: String? = nil) async throws {
        folder = try TestPaths.temporaryFolder()
        service = try await TestService(
            NotificationsService.self, settings: ["MAILDIR": folder].merging(given) { $1 }, on: database)
        settings = try MailSettings(service.context.settings)
    }

    func close() {
        service.close()
        TestPaths.remove(folder)
    }

    func worker(_ transport: (any MailTransport)? = nil) throws -> DeliveryWorker {
        DeliveryWorker(context, settings, try transport ?? settings.transport())
    }

    /// Takes a request in as the topic brings it, and gives its message id.
    @discardableResult
    func ask(
        _ key: String, address: String? = "wang@example.com", template: String = "survey.csat",
        language: String? = "zh",
        data: [String: String] = [:], purpose: String = "transactional", channel: String = "mail",
        recipient: UUID? = nil, notBefore: Date? = nil, expiresAt: Date? = nil
    ) async throws -> UUID {
        let request = MessageRequested(
            messageId: UUID.v7(), recipientId: recipient, channel: channel, address: address, template: template,
            language: language, data: data, deduplicationKey: key, purpose: purpose, notBefore: notBefore,
            expiresAt: expiresAt)
        try await pool.transaction { try MessageHandlers.requested([(request, nil), (request, nil)], $0) }
        return request.messageId
    }

    func send(_ method: HTTP.Method, _ target: String, _ body: String = "") async throws -> Answer {
        try await service.send(method, target, body)
    }

    func sql(_ text: String) async throws -> Rows { try await pool.query(Statement("test.\(text.hashValue)", text)) }

    /// Status and reason of a message.
    func state(_ id: UUID) async throws -> String {
        let rows = try await sql("SELECT status || coalesce(': ' || reason, '') FROM message WHERE id = '\(id)'")
        return try rows.first?.value(0) ?? ""
    }

    /// The outcomes told so far.
    func outcomes() async throws -> [String] {
        try await sql("SELECT type || ' ' || seq FROM outbox WHERE type LIKE 'notifications.message.%' ORDER BY id").map
        {
            try $0.value(0)
        }
    }

    /// The mails that have arrived.
    func mails() throws -> [String] {
        let new = folder + "/new"
        return try FileManager.default.contentsOfDirectory(atPath: new).sorted().map {
            try String(contentsOf: URL(filePath: "\(new)/\($0)"), encoding: .utf8)
        }
    }
}

/// Hands mails on, and then fails as it is told.
@Loop
final class FaultyTransport: MailTransport {
    let inner: any MailTransport
    var failures: [any Error]
    private(set) var count = 0

    init(_ inner: any MailTransport, _ failures: [any Error]) {
        self.inner = inner
        self.failures = failures
    }

    func deliver(_ mail: Mail) async throws {
        count += 1
        try await inner.deliver(mail)
        if !failures.isEmpty { throw failures.removeFirst() }
    }
}
