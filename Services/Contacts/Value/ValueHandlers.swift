import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What contacts does with orders, credits, invoices and payments.
@Loop
enum ValueHandlers {
    static func apply(_ entries: [LedgerEntry], _ transaction: Transaction) async throws {
        let recorded = try await Ledger.record(entries, in: transaction)
        PartyLocks.make(customers(of: recorded.changes), in: transaction)
        // The server works on this while the rest is worked out here.
        transaction.flush()
        let work = ValueChanges(recorded.changes)
        OddFacts.note(recorded.changes, transaction)
        DetailHandlers.move(recorded, work.aside, transaction)
        DetailHandlers.keep(work.details, transaction)
        addCells(work.cells, transaction)
        guard !work.parties.isEmpty else { return }
        let parties = work.parties.sorted()
        PartyLocks.raise(parties, in: transaction)
        if !work.added.isEmpty { add(work.added, transaction) }
        if !work.recounted.isEmpty {
            let months = work.recounted
            transaction.enqueue(
                ValueStore.recountMonths, months.map(\.party), months.map(\.currency), months.map(\.at))
            transaction.enqueue(ValueStore.recountValues, months.map(\.party), months.map(\.currency))
        }
        transaction.enqueue(ValueStore.publish, parties)
        transaction.enqueue(StageStore.judge, parties, parties.map { work.causes[$0] ?? "orders" })
    }

    /// The customers of documents by their numbers, known or not yet.
    private static func customers(of changes: [LedgerChange]) -> [UUID: CustomerNumber] {
        var customers: [UUID: CustomerNumber] = [:]
        for change in changes {
            if let party = change.party, let number = change.document.number { customers[party] = number }
        }
        return customers
    }

    /// Counts customers anew between whom documents moved: in a merge, or when one is undone.
    static func recount(_ moved: [LedgerChange], _ transaction: Transaction) {
        let months = moved.filter { [.order, .credit, .payment].contains($0.kind) && $0.party != nil }
        guard !months.isEmpty else { return }
        let parties = months.compactMap(\.party)
        PartyLocks.raise(Set(parties).sorted(), in: transaction)
        transaction.enqueue(
            ValueStore.recountMonths, parties, months.map(\.document.currency), months.map(\.document.at))
        transaction.enqueue(ValueStore.recountValues, parties, months.map(\.document.currency))
        transaction.enqueue(ValueStore.publish, Set(parties).sorted())
        transaction.enqueue(StageStore.judge, Set(parties).sorted(), Set(parties).map { _ in "merge" })
    }

    private static func add(_ documents: [ValueChanges.Document], _ transaction: Transaction) {
        transaction.enqueue(
            ValueStore.add, documents.map(\.kind.rawValue), documents.map(\.party), documents.map(\.document.currency),
            documents.map(\.document.at), documents.map(\.document.total.units), documents.map(\.detail.cost),
            documents.map(\.detail.costed))
    }

    private static func addCells(_ cells: [ValueChanges.Cell], _ transaction: Transaction) {
        guard !cells.isEmpty else { return }
        transaction.enqueue(
            ValueStore.addCells, cells.map(\.kind.rawValue), cells.map(\.currency), cells.map(\.at),
            cells.map(\.count), cells.map(\.total.units), cells.map(\.isWalkIn))
    }
}
