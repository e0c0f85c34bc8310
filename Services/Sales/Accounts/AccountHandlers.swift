import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What sales does with parties and with the ERP's documents.
@Loop
enum AccountHandlers {
    static func partiesCreated(_ events: [Received<PartyCreated>], _ transaction: Transaction) async throws {
        upsert(events.map(\.data.party), transaction)
    }

    static func partiesChanged(_ events: [Received<PartyChanged>], _ transaction: Transaction) async throws {
        upsert(events.map(\.data.party), transaction)
    }

    /// The last state of a party wins; rows in order of id, so that two processes never wait for each other in a circle.
    static func upsert(_ parties: [PartyState], _ transaction: Transaction) {
        var latest: [UUID: PartyState] = [:]
        for party in parties { latest[party.partyId] = party }
        let list = latest.values.sorted { $0.partyId < $1.partyId }
        transaction.enqueue(
            AccountStore.upsert, list.map(\.partyId), list.map(\.name), list.map(\.kind), list.map(\.email),
            list.map(\.phone), list.map(\.country), list.map(\.customerNo))
    }

    static func apply(_ entries: [LedgerEntry], _ transaction: Transaction) async throws {
        let changes = try await Ledger.record(entries, in: transaction)
        // A refusal closes nothing: the request goes on to its timeout, which tells a person.
        OrderRequestHandlers.answer(
            entries.filter { $0.kind == .order && !$0.isCancelled }.map(\.document), transaction)
        add(changes, transaction)
    }

    /// Adds what documents change to the revenue of their accounts.
    static func add(_ changes: [LedgerChange], _ transaction: Transaction) {
        let sums = RevenueChanges(changes)
        guard !sums.rows.isEmpty else { return }
        let customers = sums.customers.sorted { $0.key < $1.key }
        transaction.enqueue(
            AccountStore.addMissing, customers.map(\.key), customers.map(\.value),
            customers.map { ExternalID.party(customerNo: $1) == $0 ? $1 : nil })
        let rows = sums.rows.sorted { $0.key < $1.key }
        transaction.enqueue(
            AccountStore.addRevenue, rows.map(\.key.account), rows.map(\.key.currency), rows.map(\.value.orders),
            rows.map(\.value.revenue.units), rows.map(\.value.credits), rows.map(\.value.credited.units),
            rows.map(\.value.lastAt))
        // What was cancelled, moved or given another date may have been the last.
        let redated = changes.filter { $0.kind == .order && ($0.count < 0 || $0.previous != nil) }.compactMap(\.party)
        if !redated.isEmpty { transaction.enqueue(AccountStore.redate, Set(redated).sorted()) }
    }
}

/// What a batch of documents adds to the revenue of their accounts; walk-ins have none.
private struct RevenueChanges {
    struct Key: Hashable, Comparable {
        let account: UUID
        let currency: String

        static func < (a: Key, b: Key) -> Bool {
            (a.account, a.currency) < (b.account, b.currency)
        }
    }

    struct Sum {
        var orders = 0
        var revenue = Amount.zero
        var credits = 0
        var credited = Amount.zero
        var lastAt: Date?
    }

    private(set) var rows: [Key: Sum] = [:]
    private(set) var customers: [UUID: String] = [:]

    init(_ changes: [LedgerChange]) {
        for change in changes where change.kind == .order || change.kind == .credit {
            guard let account = change.party else { continue }
            if let number = change.document.customerNo { customers[account] = number }
            let key = Key(account: account, currency: change.document.currency)
            var sum = rows[key] ?? Sum()
            if change.kind == .order {
                sum.orders += change.count
                sum.revenue += change.total
                // Of one that changed the time is looked up below; one that is cancelled when first heard of has none.
                if change.count > 0 { sum.lastAt = max(sum.lastAt ?? change.document.at, change.document.at) }
            } else {
                sum.credits += change.count
                sum.credited += change.total
            }
            rows[key] = sum
        }
    }
}
