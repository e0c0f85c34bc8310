import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit
import Telemetry

/// Ties numbers to parties as ERPs have said, one at a time, and lets the parties follow what ERPs tell of their numbers.
@Loop
final class CustomerLinkWorker {
    private let context: ServiceContext
    private let work: SteadyWork

    init(_ context: ServiceContext) {
        self.context = context
        work = SteadyWork(
            context.log, every: .milliseconds(500), failing: "numbers of ERPs are not tied to their parties")
    }

    func run() async {
        await work.run { try await step() }
    }

    /// Does one thing; whether there was one.
    func step() async throws -> Bool {
        if try await tie() { return true }
        return try await follow()
    }

    private func tie() async throws -> Bool {
        try await context.again {
            try await context.transaction { transaction in
                guard let (system, text, claimant, party) = try await transaction.rows(CustomerLinkStore.next).first,
                    let number = CustomerNumber(text, of: system)
                else {
                    transaction.enqueue(CustomerLinkStore.expire)
                    return false
                }
                let outcome = try await CustomerLinking.tie(number, to: party, in: transaction)
                transaction.enqueue(CustomerLinkStore.settle, system, text, claimant, outcome.rawValue)
                return true
            }
        }
    }

    private func follow() async throws -> Bool {
        try await context.again {
            try await context.transaction { transaction in
                guard let number = try await transaction.rows(CustomerLinkStore.nextDue).first else { return false }
                try await CustomerLinking.follow(number, in: transaction)
                return true
            }
        }
    }
}
