import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

extension LockKind {
    /// Parties that others have given ids, and are made with these: no number of an ERP leads to one, so none of them is among those below.
    static let newcomers = LockKind(38, "newcomers")
    /// Parties that are made because something tells of them; nobody who makes one waits for a party that is there.
    static let newParties = LockKind(40, "new parties")
    /// Parties that are there.
    static let parties = LockKind(50, "parties")
}

/// The parties that a transaction locks: all at once and in order of id, behind redirects and documents.
@Loop
final class PartyLocks {
    /// Those that something behind will lock, too.
    private var foreseen: Set<UUID> = []
    /// What the ERP's master says of those among them who may be missing.
    private var records: [UUID: ToldCustomer] = [:]
    /// Parties that are no customers of the ERP yet and are made where they are missing.
    private var newcomers: [PartyRow] = []
    /// Those that were so foreseen: whoever applies foresees once more, when they may be made already.
    private var announced: Set<UUID> = []
    private var areMade = false
    private var taken: Set<UUID> = []

    private static func of(_ transaction: Transaction) -> PartyLocks { transaction.shared { PartyLocks() } }

    /// Notes that parties will be locked in this transaction, and the redirects of their facts before.
    static func foresee(_ parties: [UUID], in transaction: Transaction) {
        Redirects.foresee(parties, in: transaction)
        of(transaction).foreseen.formUnion(parties)
        transaction.foresee(.parties) { take([], in: $0) }
    }

    /// The same of customers, who are made where they are missing.
    static func foresee(_ customers: [ToldCustomer], in transaction: Transaction) {
        foresee(customers.map(\.id), in: transaction)
        for customer in customers { of(transaction).records[customer.id] = customer }
    }

    /// The same of parties that others have given ids, and locks them.
    static func foresee(newcomers: [PartyRow], in transaction: Transaction) {
        guard !newcomers.isEmpty else { return }
        foresee(newcomers.map(\.party.id), in: transaction)
        let locks = of(transaction)
        locks.newcomers += newcomers.filter { locks.announced.insert($0.party.id).inserted }
    }

    /// Makes those of customers who are missing, named by their numbers, and those who were foreseen.
    static func make(_ numbers: [UUID: CustomerNumber], in transaction: Transaction) {
        let locks = of(transaction)
        guard locks.records.isEmpty else {
            return make(numbers.map { ToldCustomer($0.key, $0.value) }, in: transaction)
        }
        guard !locks.areMade, !numbers.isEmpty else { return }
        locks.makeNewcomers(in: transaction)
        locks.areMade = true
        let all = numbers.sorted { $0.key < $1.key }
        transaction.enqueue(
            CustomerStore.addMissing, all.map(\.key), all.map(\.value.number), all.map(\.value.system))
    }

    /// Makes those of customers who are missing, and those who were foreseen: once in a transaction, before any party is locked.
    static func make(_ customers: [ToldCustomer], in transaction: Transaction) {
        let locks = of(transaction)
        locks.makeNewcomers(in: transaction)
        var all = locks.records
        for customer in customers where all[customer.id] == nil { all[customer.id] = customer }
        guard !locks.areMade, !all.isEmpty else { return }
        locks.areMade = true
        transaction.enqueue(
            CustomerStore.insertFromERP, values: ToldCustomer.columns(all.values.sorted { $0.id < $1.id }))
    }

    /// Locks parties and their survivors, where the transaction has not locked them, and all that were foreseen.
    static func take(_ parties: [UUID], in transaction: Transaction) {
        let due = of(transaction).due(parties)
        guard !due.isEmpty else { return }
        make([ToldCustomer](), in: transaction)
        transaction.enqueue(PartyStore.lockAll, due)
    }

    /// Locks parties and raises their versions: what follows sees their sums as the last transaction left them.
    static func raise(_ parties: [UUID], in transaction: Transaction) {
        let due = of(transaction).due(parties)
        // Where nothing else is to be locked, one statement does both.
        if due == parties { return _ = transaction.enqueue(PartyStore.lockAndRaise, parties) }
        if !due.isEmpty {
            make([ToldCustomer](), in: transaction)
            transaction.enqueue(PartyStore.lockAll, due)
        }
        transaction.enqueue(PartyStore.raise, parties)
    }

    /// Notes parties that a statement of its own has locked.
    static func note(_ parties: some Sequence<UUID>, in transaction: Transaction) {
        of(transaction).taken.formUnion(parties)
    }

    private func makeNewcomers(in transaction: Transaction) {
        guard !newcomers.isEmpty else { return }
        let rows = newcomers.sorted { $0.party.id < $1.party.id }
        newcomers = []
        transaction.enqueue(PartyStore.insertMissing, values: PartyRow.columns(rows))
    }

    /// What is to be locked now, in order.
    private func due(_ parties: [UUID]) -> [UUID] {
        let due = foreseen.union(parties).subtracting(taken)
        taken.formUnion(due)
        return due.sorted()
    }
}
