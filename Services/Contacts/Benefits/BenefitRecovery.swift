import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What a new life of contacts knows of what customers value: what those before have told of it last.
@Loop
enum BenefitRecovery {
    static func know(_ told: [Received<BenefitChanged>], _ transaction: Transaction) {
        var latest: [UUID: Received<BenefitChanged>] = [:]
        for one in told where one.event.sequence != nil { latest[one.data.partyId] = one }
        let list = latest.sorted { $0.key < $1.key }.map(\.value)
        guard !list.isEmpty else { return }
        transaction.enqueue(PartyStore.stub, list.map(\.data.partyId))
        transaction.enqueue(
            BenefitStore.know, list.map(\.data.partyId), list.map(\.data.benefit), list.map(\.data.isDeclared),
            list.map { $0.event.sequence ?? 0 }, list.map { transaction.isOfLaterLife($0.event.epoch) })
    }
}
