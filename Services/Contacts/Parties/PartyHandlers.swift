import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What contacts does with the ERP's customer master.
@Loop
enum PartyHandlers {
    static func customersUpserted(_ events: [Received<CustomerUpserted>], _ transaction: Transaction) async throws {
        try upsert(events.map(\.data), transaction)
    }

    /// Makes who is missing, then changes who is there.
    static func upsert(_ records: [CustomerUpserted], _ transaction: Transaction) throws {
        let customers = latest(records).map { ToldCustomer($0.value) }
        let ids = customers.map(\.id)
        // Before any party is locked: a merge takes both in this order too.
        Redirects.hold(ids, in: transaction)
        PartyLocks.make(customers, in: transaction)
        PartyLocks.take(ids, in: transaction)
        transaction.enqueue(CustomerStore.updateFromERP, values: ToldCustomer.columns(customers))
    }

    /// Notes whom records will make and change.
    static func foresee(_ events: [Received<CustomerUpserted>], _ transaction: Transaction) {
        PartyLocks.foresee(latest(events.map(\.data)).map { ToldCustomer($0.value) }, in: transaction)
    }

    /// The last record of a customer wins; in order of their ids, as parties are locked.
    static func latest(_ records: [CustomerUpserted]) -> [(key: UUID, value: CustomerUpserted)] {
        var latest: [UUID: CustomerUpserted] = [:]
        for record in records { latest[record.partyID] = record }
        return latest.sorted { $0.key < $1.key }
    }
}
