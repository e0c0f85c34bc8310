import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit
import Telemetry
import Text

/// What became of an attempt.
struct DeliveryOutcome: Sendable {
    let id: UUID
    let attempt: Int
    /// `sent`, `failed`, `suppressed`, or `queued` again.
    let status: String
    var reason: String?
    /// Seconds until the next attempt; nil with `queued` where there was none: then this one does not count.
    var pause: Double?
}

/// Sends messages, in pages: taken in one transaction, handed to the transport, settled with their events in another.
///
/// Who dies between handing over and settling leaves a message that is taken again when its lease is over. A Maildir then gets the same
/// file again. An SMTP server gets the message again with the same Message-ID: that window cannot be closed by a sender.
@Loop
final class DeliveryWorker {
    /// Messages at a time.
    var page = 50
    /// Seconds; longer than any page takes: with a mail server the deadline, and what is under way then. A file is written at once, and
    /// written again it is the same file.
    var lease: Double
    private let deadline = Duration.seconds(240)
    private let context: ServiceContext
    private let settings: MailSettings
    private let transport: any MailTransport
    private let work: SteadyWork
    private var hasHeld = false

    init(_ context: ServiceContext, _ settings: MailSettings, _ transport: any MailTransport) {
        self.context = context
        self.settings = settings
        self.transport = transport
        lease = transport is Maildir ? 15 : 360
        // Requests come by another transaction than ours, so they are looked for; a short look at an index.
        work = SteadyWork(context.log, every: .milliseconds(200), failing: "messages wait")
    }

    /// Works until its task is cancelled; then it takes no more, and returns when all that it took is settled.
    func run() async {
        await work.run(begin: hold) { try await sendPage() > 0 }
    }

    /// Holds, once, what a life before has left: nobody knows whether it was sent.
    func hold() async throws {
        guard !hasHeld else { return }
        while let count = try await context.rows(MessageRecoveryStore.hold).first, count > 0 {}
        hasHeld = true
    }

    /// Sends what is due, a page at most; how many it took.
    func sendPage() async throws -> Int {
        var claimed = try await claim("transactional", page)
        if claimed.count < page { claimed += try await claim("marketing", page - claimed.count) }
        guard !claimed.isEmpty else { return 0 }
        let underWay = PageUnderWay(claimed) { await self.send($0) }
        // Goes on when we are cancelled: what was taken is settled.
        let settling = Task { @Loop in
            while let outcomes = try await underWay.next() { try await self.settle(outcomes) }
        }
        try await withTaskCancellationHandler {
            try await settling.value
        } onCancel: {
            Task { @Loop in underWay.stop() }
        }
        return claimed.count
    }

    private func settle(_ outcomes: [DeliveryOutcome]) async throws {
        _ = try await context.transaction { transaction in
            transaction.enqueue(
                DeliveryStore.settle, outcomes.map(\.id), outcomes.map(\.attempt), outcomes.map(\.status),
                outcomes.map(\.reason), outcomes.map(\.pause))
        }
    }

    private func claim(_ purpose: String, _ limit: Int) async throws -> [ClaimedMessage] {
        try await context.rows(DeliveryStore.claim, purpose, limit, lease).map { row in
            let (
                id, attempt, channel, address, template, language, data, purpose, createdAt, isExpired,
                isAddressSuppressed, isConsentWithdrawn
            ) = row
            return ClaimedMessage(
                id: id, attempt: attempt, channel: channel, address: address, template: template, language: language,
                data: (try? JSONDecoder().decode([String: String].self, from: Data(data.utf8))) ?? [:],
                isMarketing: purpose == "marketing", createdAt: createdAt, isExpired: isExpired,
                isAddressSuppressed: isAddressSuppressed, isConsentWithdrawn: isConsentWithdrawn)
        }
    }

    private func send(_ message: ClaimedMessage) async -> DeliveryOutcome {
        func outcome(_ status: String, _ reason: String? = nil, pause: Double? = nil) -> DeliveryOutcome {
            DeliveryOutcome(
                id: message.id, attempt: message.attempt, status: status,
                reason: reason.map { String($0.replacing(["\0": ""]).prefix(500)) }, pause: pause)
        }
        if message.isExpired { return outcome("suppressed", "its time was over") }
        if message.isMarketing, message.isAddressSuppressed {
            return outcome("suppressed", MessageRecoveryStore.addressSuppressed)
        }
        if message.isMarketing, message.isConsentWithdrawn {
            return outcome("suppressed", "the consent was withdrawn")
        }
        // Counts also attempts that ended with the process.
        guard message.attempt <= settings.retries.attempts else { return outcome("failed", "no attempt succeeded") }
        do {
            let mail = try Mail(message, settings)
            try Task.checkCancellation()
            try await Loop.withDeadline(deadline) { try await self.transport.deliver(mail) }
            return outcome("sent")
        } catch let failure as DeliveryFailure where failure.isPermanent {
            return outcome("failed", failure.description)
        } catch is CancellationError {
            // The process stops, and its turn had not come.
            return outcome("queued")
        } catch {
            guard let pause = settings.retries.pause(after: message.attempt) else {
                return outcome("failed", "\(error)")
            }
            return outcome("queued", "\(error)", pause: pause)
        }
    }
}
