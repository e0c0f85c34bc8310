import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

/// What campaigns does when contacts merges parties or takes that back: the orders of the merged count for the survivor, so that the
/// merged leave all segments and nobody is asked twice.
@Loop
struct MergeHandlers {
    let clock: SegmentClock

    func follow(_ redirects: [Redirect], _ transaction: Transaction) async throws {
        let moved = try await Ledger.follow(redirects, in: transaction)
        // Also where no order moved: what the merged value counts no more either.
        let parties = Set(redirects.map(\.party)).sorted()
        transaction.enqueue(MemberStore.lock, parties)
        clock.evaluate(parties, transaction)
        OrderHandlers.add(moved, clock, transaction)
    }
}
