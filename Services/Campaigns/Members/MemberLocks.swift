import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

extension LockKind {
    /// Members that are made because something tells of them; nobody who makes one waits for one that is there.
    static let newMembers = LockKind(40, "new members")
    /// Members that are there.
    static let members = LockKind(50, "members")
}

/// The members that a transaction locks: all at once and in order of id, behind redirects and documents.
@Loop
final class MemberLocks {
    /// Those that something behind will lock, too.
    private var foreseen: Set<UUID> = []
    /// The same, of whom none is made.
    private var leaving: Set<UUID> = []
    private var areTaken = false

    private static func of(_ transaction: Transaction) -> MemberLocks { transaction.shared { MemberLocks() } }

    /// Notes whom the transaction is going to lock.
    static func foresee(_ members: some Sequence<UUID>, in transaction: Transaction) {
        of(transaction).foreseen.formUnion(members)
        transaction.foresee(.members) { take([], isOne: false, in: $0) }
    }

    /// Notes who will be erased: he is locked with the others, where he is there.
    static func foresee(erased members: [UUID], in transaction: Transaction) {
        of(transaction).leaving.formUnion(members)
        foresee([], in: transaction)
    }

    /// Makes the members who are missing and locks all, those foreseen and those they count for too. Whoever comes first takes them for
    /// all who come behind.
    ///
    /// - Parameter isOne: whether one statement writes all that is written of them: it locks those who are there in order by itself.
    static func take(_ members: some Sequence<UUID>, isOne: Bool, in transaction: Transaction) {
        let locks = of(transaction)
        guard !locks.areTaken else { return }
        locks.areTaken = true
        let all = locks.foreseen.union(members).sorted()
        let isOne = isOne && all.elementsEqual(members) && locks.leaving.isEmpty
        if !isOne { Ledger.takeForeseen(in: transaction) }
        // That statement alone would hold some who are there while it waits for one whom another makes, who waits for them.
        if !all.isEmpty { transaction.enqueue(MemberStore.addMissing, all) }
        if isOne { return }
        transaction.enqueue(MemberStore.lock, locks.leaving.union(all).sorted())
    }
}
