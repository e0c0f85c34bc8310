import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// What is written of members whose rows are locked, or who are locked by it: in order of id, so that two processes never wait for each
/// other in a circle.
@Loop
enum MemberHandlers {
    static func upsert(_ parties: [UUID: PartyState], _ transaction: Transaction) {
        let list = parties.values.sorted { $0.partyId < $1.partyId }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            MemberStore.upsert, list.map(\.partyId), list.map(\.name), list.map(\.email), list.map(\.language))
    }

    static func decide(_ consents: [UUID: ConsentWord], _ transaction: Transaction) {
        let list = consents.sorted { $0.key < $1.key }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            MemberStore.consent, list.map(\.key), list.map(\.value.granted), list.map(\.value.decidedAt))
    }

    static func value(_ benefits: [UUID: BenefitChanged], _ transaction: Transaction) {
        let list = benefits.values.sorted { $0.partyId < $1.partyId }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            MemberStore.benefit, list.map(\.partyId), list.map(\.benefit), list.map(\.isDeclared))
    }

    static func count(_ orders: [UUID: Int], _ transaction: Transaction) {
        let list = orders.sorted { $0.key < $1.key }
        if !list.isEmpty { transaction.enqueue(MemberStore.addOrders, list.map(\.key), list.map(\.value)) }
    }
}
