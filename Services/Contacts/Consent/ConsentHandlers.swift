import EventLoop
import FoundationEssentials
import Postgres

/// Decisions that come with the ERP's customer master, which repeats itself: only what changes something is a decision.
@Loop
enum ConsentHandlers {
    /// Records decisions on marketing by mail.
    static func record(_ decisions: [(UUID, Bool)], source: String, _ transaction: Transaction) throws {
        ConsentCommands.record(
            decisions.map { party, granted in
                ConsentDecision(party: party, channel: "mail", purpose: "marketing", granted: granted, source: source)
            }, transaction)
    }
}
