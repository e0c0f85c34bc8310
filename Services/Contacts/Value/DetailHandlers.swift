import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The lines and costs of orders and credits beside the ledger: those of the state that counts, and aside those of states under other
/// customer numbers.
@Loop
enum DetailHandlers {
    static func keep(_ details: [DocumentDetail], _ transaction: Transaction) {
        guard !details.isEmpty else { return }
        transaction.enqueue(
            DetailStore.put, details.map(\.name.id), details.map(\.name.kind), details.map(\.name.source),
            details.map(\.currency), details.map(\.at), details.map(\.channel), details.map(\.cost),
            details.map(\.costed), details.map(\.largest), details.map(\.lines))
    }

    /// Follows the ledger: before what was told now is kept, details go aside with their states, and come back with them.
    static func move(
        _ recorded: LedgerRecorded, _ aside: [(detail: DocumentDetail, party: UUID?)], _ transaction: Transaction
    ) {
        let claimed = recorded.claimed
        if !claimed.isEmpty {
            transaction.enqueue(
                DetailStore.claim, claimed.map(\.id), claimed.map(\.kind), claimed.map(\.source))
        }
        let moves = recorded.moves
        if !moves.isEmpty {
            transaction.enqueue(
                DetailStore.putAside, moves.map(\.name.id), moves.map(\.name.kind), moves.map(\.name.source),
                moves.map { $0.from ?? .nobody })
        }
        if !aside.isEmpty {
            let details = aside.map(\.detail)
            transaction.enqueue(
                DetailStore.keepAside, details.map(\.name.id), details.map(\.name.kind), details.map(\.name.source),
                aside.map { $0.party ?? .nobody }, details.map(\.currency), details.map(\.at),
                details.map(\.channel), details.map(\.cost), details.map(\.costed), details.map(\.largest),
                details.map(\.lines))
        }
        let recalled = moves.filter(\.isRecalled)
        if !recalled.isEmpty {
            transaction.enqueue(
                DetailStore.recall, recalled.map(\.name.id), recalled.map(\.name.kind), recalled.map(\.name.source),
                recalled.map { $0.to ?? .nobody })
        }
    }
}
