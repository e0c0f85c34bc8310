import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// What people and programs log.
@Loop
enum ActivityCommands {
    /// Writes what was done, with the event by which it comes on the customer's timeline.
    static func log(_ activity: Activity, in transaction: Transaction) async throws -> UUID {
        let told = activity.told
        if let opportunity = told.opportunityId,
            try await transaction.rows(OpportunityStore.get, opportunity).isEmpty
        {
            throw Problem.field("opportunityId", "is no opportunity")
        }
        write(activity, in: transaction)
        try Outbox.append(ActivityLogged(activity: told), key: told.activityId, sequence: 1, in: transaction)
        return told.activityId
    }

    /// Writes what was done, where it is not known; `time` is when it was written down first, now unless given.
    static func write(_ activity: Activity, at time: Date? = nil, in transaction: Transaction) {
        let told = activity.told
        transaction.enqueue(
            ActivityStore.insert, told.activityId, told.kind, told.subject, told.at, told.partyId, told.opportunityId,
            told.owner, told.minutes, told.outcome, told.place, activity.notes, time)
    }
}
