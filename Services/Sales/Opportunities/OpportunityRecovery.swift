import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What a new life of sales knows of the opportunities of those before: all but the names of people who are no party yet.
@Loop
enum OpportunityRecovery {
    /// An opportunity as it was told, and whether that brought it to a stage.
    private typealias Told = (opportunity: ToldRecord<OpportunityState>, isReached: Bool)

    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(OpportunityWithdrawn.self) { told, transaction in
            for one in told { transaction.enqueue(OpportunityStore.withdraw, one.data.opportunityId) }
        }
        func heard<T>(_ told: Received<T>, _ state: OpportunityState, _ isReached: Bool) -> Told? {
            ToldRecord(told, state).map { ($0, isReached) }
        }
        subscriptions.on(
            [
                Heard(OpportunityCreated.self) { heard($0, $0.data.opportunity, true) },
                Heard(OpportunityChanged.self) { heard($0, $0.data.opportunity, false) },
                Heard(OpportunityStageChanged.self) { heard($0, $0.data.opportunity, true) },
                Heard(OpportunityWon.self) { heard($0, $0.data.opportunity, true) },
                Heard(OpportunityLost.self) { heard($0, $0.data.opportunity, true) },
            ]
        ) { (told: [Told], transaction) in
            OpportunityState.record.recover(told.map(\.opportunity), by: OpportunityStore.recover, in: transaction)
            for (opportunity, isReached) in told where isReached {
                transaction.enqueue(
                    OpportunityStore.reached, opportunity.record.opportunityId, opportunity.version,
                    opportunity.record.stage, opportunity.at)
            }
            transaction.enqueue(OpportunityStore.sweep, told.map(\.opportunity.record.opportunityId))
        }
    }
}
