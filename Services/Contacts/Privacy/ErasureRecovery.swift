import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What a new life of contacts knows of the erasures of those before: each is done again before anybody can read what a backup has brought
/// back, and what others tell of before it brings nobody back.
@Loop
enum ErasureRecovery {
    static func know(_ told: [Received<PartyErased>], _ transaction: Transaction) async throws {
        for one in told {
            if let erasure = one.data.erasureId {
                transaction.enqueue(ErasureStore.know, erasure, one.data.partyId, one.event.time ?? Date())
            }
            _ = try await contactsPersonalData.erase(one.data.partyId, in: transaction)
        }
    }
}
