import EventLoop
import FoundationEssentials
import Postgres

/// Decisions that come with the ERP's customer master.
@Loop
enum ConsentHandlers {
    /// Records decisions on marketing by mail. One decision a party: a party's events need one sequence each.
    static func record(_ decisions: [(UUID, Bool)], source: String, _ transaction: Transaction) throws {
        guard !decisions.isEmpty else { return }
        transaction.enqueue(
            ConsentStore.decide, decisions.map(\.0), decisions.map { _ in "mail" }, decisions.map { _ in "marketing" },
            decisions.map(\.1), source)
    }
}
