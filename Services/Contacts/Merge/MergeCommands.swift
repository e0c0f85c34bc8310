import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Merges two parties into one picture, and takes that back.
///
/// No fact is given away: each keeps the party that it came with, and the redirect says for whom it counts. So an undo is exact, and
/// what came after the merge goes back to the party that it names.
@Loop
enum MergeCommands {
    /// Merges one party into another and answers the merge's id.
    static func merge(
        _ mergedID: UUID, into survivorID: UUID, _ seen: Seen, _ input: MergeInput, by actor: String,
        in transaction: Transaction
    ) async throws -> UUID {
        guard mergedID != survivorID else { throw Problem.field("mergedId", "must be another party") }
        let circle = try await Redirects.claim(circleOf: [survivorID, mergedID], in: transaction)
        let parties: [UUID] = try await transaction.query(MergeStore.intoIt, mergedID).map { try $0.value(0) }
        let found = try await records(circle, moving: parties, transaction)
        guard let survivor = found[survivorID] else { throw Problem.missing("party", survivorID) }
        guard let merged = found[mergedID] else { throw Problem.field("mergedId", "is no party") }
        try seen.check("party", survivor.form, at: survivor.version)
        Outbox.carryTrace(in: transaction)
        for record in [survivor, merged] {
            guard let other = record.mergedInto else { continue }
            throw Problem(status: .conflict, detail: "Party \(record.party.id.text) is merged into \(other.text).")
        }
        let id = UUID.v7()
        var after = try Survivorship.merged(survivor.party, merged.party, taking: input.fields ?? [:])
        let changes = try Survivorship.changes(from: survivor.party, to: after)
        let addedTags = merged.party.tags.filter { !after.tags.contains($0) }
        after.tags += addedTags
        transaction.enqueue(MergeStore.put, id, survivorID, mergedID, actor, try json(changes), addedTags)
        if !changes.isEmpty || !addedTags.isEmpty {
            try PartyCommands.save(after, over: survivor.party, in: transaction)
        }
        try await lead(parties, to: survivorID, transaction)
        DuplicateStore.close(survivorID, mergedID, "merged", by: actor, transaction)
        ConsentCommands.settle([survivorID], transaction)
        return id
    }

    /// Takes a merge back and answers what that did, as JSON.
    static func undo(_ id: UUID, by person: String?, in transaction: Transaction) async throws -> String {
        guard let (survivorID, mergedID) = try await transaction.rows(MergeStore.pair, id).first else {
            throw Problem.missing("merge", id)
        }
        var parties: [UUID] = []
        let circle = try await Redirects.claim(in: transaction) {
            parties = try await transaction.query(MergeStore.intoIts, mergedID).map { try $0.value(0) }
            return Set(
                parties + (try await transaction.query(MergeStore.whereItLeads, survivorID).map { try $0.value(0) }))
        }
        let found = try await records(circle, moving: parties, transaction)
        Outbox.carryTrace(in: transaction)
        guard
            let (changesText, tagsText, isUndone, mergedAt) = try await transaction.rows(MergeStore.find, id).first,
            let survivor = found[survivorID]
        else { throw Problem.missing("merge", id) }
        guard !isUndone else {
            throw Problem(status: .conflict, detail: "Merge \(id.text) is undone already.")
        }
        let changes = try decoded([String: Survivorship.Change].self, changesText)
        let addedTags = try decoded([String].self, tagsText)
        try await passOn(changes, survivorID, after: mergedAt, transaction)
        var after = survivor.party
        let (restored, kept) = try Survivorship.undo(changes, on: &after)
        after.tags.removeAll { addedTags.contains($0) }
        if !restored.isEmpty || after.tags != survivor.party.tags {
            try PartyCommands.save(after, over: survivor.party, in: transaction)
        }
        transaction.enqueue(MergeStore.undo, id, person, SQLJSON(Array("{}".utf8)))
        transaction.enqueue(MergeStore.release, id)
        let moved = try await lead(parties, to: mergedID, transaction)
        // A number that the ERP gave the survivor is the other's again, and both are told as they are.
        transaction.enqueue(MergeStore.tellReleased, id)
        DuplicateStore.close(survivorID, mergedID, "rejected", by: person, transaction)
        ConsentCommands.settle([survivor.mergedInto ?? survivorID, mergedID], transaction)
        let report = UndoReport(
            mergeId: id, survivorId: survivorID, mergedId: mergedID, restored: restored, kept: kept,
            documentsReturned: moved, survivorMergedInto: survivor.mergedInto)
        let text = try ModelJSON.text(report)
        transaction.enqueue(MergeStore.undo, id, person, SQLJSON(Array(text.utf8)))
        return text
    }

    /// Lets all facts of parties count for one of them or for another, and says how many documents that moved.
    @discardableResult
    static func lead(_ parties: [UUID], to survivor: UUID, _ transaction: Transaction) async throws -> Int {
        let changes = try await Ledger.follow(parties.map { Redirect($0, to: survivor) }, in: transaction)
        ValueHandlers.recount(changes, transaction)
        if !changes.isEmpty {
            try await Foretelling.again(Array(Set(changes.compactMap(\.party)).sorted()), transaction)
        }
        transaction.enqueue(MergeStore.redirect, parties, survivor)
        transaction.enqueue(MergeStore.references, parties, survivor)
        return changes.count / 2
    }

    /// What a later merge found on the survivor's record may have come with the one that is undone: if that later one is undone too, its
    /// field goes back to what was there before both.
    private static func passOn(
        _ changes: [String: Survivorship.Change], _ survivor: UUID, after time: Date, _ transaction: Transaction
    ) async throws {
        var open = changes
        for row in try await transaction.query(MergeStore.later, survivor, time) {
            var later = try decoded([String: Survivorship.Change].self, try row.value(1))
            for (field, change) in open where later[field] != nil {
                open[field] = nil
                if later[field]?.before == change.after { later[field]?.before = change.before }
            }
            let id: UUID = try row.value(0)
            transaction.enqueue(MergeStore.patch, id, try json(later))
        }
    }

    static func json(_ value: some Encodable) throws -> SQLJSON {
        SQLJSON(Array(try ModelJSON.encoder.encode(value)))
    }

    private static func decoded<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try ModelJSON.decoder.decode(type, from: Data(text.utf8))
    }

    /// A party as merges see it.
    struct Record {
        let party: Party
        let version: Int
        /// As the routes show it.
        let form: String
        let mergedInto: UUID?
    }

    /// Locks the documents of those who move, then all parties of a circle, and reads these.
    static func records(
        _ circle: Set<UUID>, moving: [UUID], _ transaction: Transaction
    ) async throws -> [UUID: Record] {
        Ledger.lock(documentsOf: moving, in: transaction)
        PartyLocks.note(circle, in: transaction)
        var found: [UUID: Record] = [:]
        for row in try await transaction.query(MergeStore.lock, circle.sorted()) {
            let party = try Party(row)
            found[party.id] = Record(
                party: party, version: try row.value(0), form: try row.value(2), mergedInto: try row.value(3))
        }
        return found
    }
}

/// What an undo did: for the caller, and kept with the merge.
private struct UndoReport: Encodable {
    let mergeId: UUID
    let survivorId: UUID
    let mergedId: UUID
    /// Fields of the survivor that are as before the merge again.
    let restored: [String]
    /// Fields that were changed again since, and stay.
    let kept: [Survivorship.Kept]
    /// ERP documents that count for the merged party again, those that came since the merge too.
    let documentsReturned: Int
    /// Where the survivor is merged itself by now, whose record may still show what came with this merge.
    let survivorMergedInto: UUID?
}
