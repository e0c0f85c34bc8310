import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What campaigns does when contacts learns, or is told, what a customer values most (C16).
@Loop
struct BenefitHandlers {
    let clock: SegmentClock

    func changed(_ events: [Received<BenefitChanged>], _ transaction: Transaction) async throws {
        apply(events.map(\.data), transaction)
    }

    /// The last word on a party counts; rows in order of id, as everywhere.
    func apply(_ changes: [BenefitChanged], _ transaction: Transaction) {
        var latest: [UUID: BenefitChanged] = [:]
        for change in changes { latest[change.partyId] = change }
        let list = latest.values.sorted { $0.partyId < $1.partyId }
        // A merge at the same time would miss them: the merged are in no segment.
        Redirects.hold(list.map(\.partyId), in: transaction)
        transaction.enqueue(
            MemberStore.benefit, list.map(\.partyId), list.map(\.benefit), list.map(\.isDeclared))
        clock.evaluate(list.map(\.partyId), transaction)
    }
}
