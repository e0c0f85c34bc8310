import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What a new life of contacts knows of the erasures of those before: each that this schema has not done is done again, before anybody can read
/// what a backup has brought back, and what others tell of before it brings nobody back. What was told of the person since stays.
@Loop
enum ErasureRecovery {
    static func know(_ told: [Received<PartyErased>], _ transaction: Transaction) async throws {
        for one in told {
            if let erasure = one.data.erasureId {
                let isDone = try await transaction.rows(
                    ErasureStore.know, erasure, one.data.partyId, one.event.time ?? Date()
                ).first
                // Whatever is there of the person came back behind it.
                if isDone == true { continue }
            }
            _ = try await contactsPersonalData.erase(one.data.partyId, until: one.event.time, in: transaction)
        }
    }
}
