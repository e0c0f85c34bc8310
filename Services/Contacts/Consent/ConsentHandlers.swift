import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// Decisions that come with the ERP's customer master, which repeats itself: only what changes something is a decision.
@Loop
enum ConsentHandlers {
    static func customersUpserted(_ events: [Received<CustomerUpserted>], _ transaction: Transaction) {
        decided(events.map(\.data), transaction)
    }

    /// Records decisions on marketing by mail of parties that are there.
    static func decided(_ records: [CustomerUpserted], _ transaction: Transaction) {
        let decisions = PartyHandlers.latest(records).compactMap { party, customer in
            customer.marketingConsent.map { granted in
                ConsentDecision(
                    party: party, channel: "mail", purpose: "marketing", granted: granted, source: "erp")
            }
        }
        ConsentCommands.record(decisions, transaction)
    }
}
