import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Addresses that get no marketing.
@Loop
enum SuppressionCommands {
    private static let page = 200

    /// The id under which an address is told of; nobody reads the address from it.
    nonisolated static func id(of address: String) -> UUID { ExternalID.make("suppression", address) }

    /// Keeps marketing from an address, in lower case.
    static func suppress(_ address: String, _ reason: String, in transaction: Transaction) {
        transaction.enqueue(SuppressionStore.put, [address], [reason], [id(of: address)])
    }

    /// Tells of addresses of which nothing was told yet, a page at most; whether there may be more.
    static func tellUntold(_ context: ServiceContext) async throws -> Bool {
        try await context.transaction { transaction in
            let list = try await transaction.rows(SuppressionStore.untold, page)
            guard !list.isEmpty else { return false }
            transaction.enqueue(SuppressionStore.put, list.map(\.0), list.map(\.1), list.map { id(of: $0.0) })
            return list.count == page
        }
    }

    /// What lives before have told is known.
    static func know(_ told: [Received<AddressSuppressed>], _ transaction: Transaction) {
        var latest: [ExactText: (reason: String, version: Int)] = [:]
        for one in told {
            latest[ExactText(one.data.address)] = (one.data.reason, one.event.sequence ?? 1)
        }
        let list = latest.sorted { $0.key < $1.key }
        transaction.enqueue(
            SuppressionStore.know, list.map(\.key.text), list.map(\.value.reason), list.map { id(of: $0.key.text) },
            list.map(\.value.version))
    }
}
