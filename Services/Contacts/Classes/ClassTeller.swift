import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Goes through the customers again and again and tells of those who are in other classes than they were told in.
///
/// Classes are reckoned against the whole base, so one order may move thousands a little. They are looked at in pages, a page a second, and of a page
/// no more than a bound are told: however much changes, others are told of it at a rate that they can follow, and what changed back meanwhile is not told
/// at all.
@Loop
final class ClassTeller {
    /// Customers looked at in a second, and told of at most.
    static let (page, most) = (1000, 200)
    private let context: ServiceContext
    private let work: SteadyWork
    private var after = UUID.nobody

    init(_ context: ServiceContext) {
        self.context = context
        work = SteadyWork(
            context.log, every: .seconds(1), resting: 20, failing: "the classes of customers are not told")
    }

    func run() async {
        await work.run {
            try await step()
            return false
        }
    }

    /// Looks at the next page, and begins anew behind the last one; of several processes one does it.
    func step() async throws {
        after = try await context.transaction { [after] transaction in
            guard try await LongWork.claim("party classes", transaction) else { return .nobody }
            return try await transaction.rows(ClassStore.tell, after, Self.page, Self.most).first ?? .nobody
        }
    }
}
