import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Phones
import Postgres
import Text
import Writing

/// Turns the rows of one piece of an upload into parties.
@Loop
struct ImportStep {
    /// What became of the rows that could be read.
    struct Counts {
        var created = 0
        var changed = 0
        /// Rows that made nothing, each with the party that it was taken for.
        var notes: [ImportNote] = []

        var skipped: Int { notes.count { $0.outcome == .skipped } }
    }

    private let id: UUID
    private let parsed: ParsedStep
    private let transaction: Transaction

    init(_ id: UUID, _ parsed: ParsedStep, _ transaction: Transaction) {
        self.id = id
        self.parsed = parsed
        self.transaction = transaction
    }

    func apply() async throws -> Counts {
        var counts = Counts()
        let groups = parsed.groups
        guard !groups.isEmpty else { return counts }
        let isUpdate = parsed.options.duplicates == "update"
        let known = parsed.options.duplicates == "create" ? [:] : try await match(groups)
        var old: [UUID: [ImportRow]] = [:]
        for (index, group) in groups.enumerated() {
            let first = group[0]
            guard let party = known[index] else {
                let made = parsed.new.isEmpty ? nil : parsed.new[index].party.id
                counts.notes += group.dropFirst().map {
                    ImportNote($0, .skipped, "is one with line \(first.line)", made)
                }
                continue
            }
            if isUpdate {
                let rest = old[party] == nil ? group.dropFirst() : group[...]
                counts.notes += rest.map {
                    ImportNote($0, .skipped, "is taken together with another row of the party", party)
                }
                old[party, default: []] += group
            } else {
                counts.notes += group.map { ImportNote($0, .skipped, "is a party that is there", party) }
            }
        }
        counts.created = groups.count - known.count
        // Parties that are there are locked before references are written, as everywhere; both are there before they are told of.
        let changes = try await changes(of: old)
        counts.changed = changes.count
        let touched = Set(changes.map(\.party.id))
        counts.notes += old.filter { !touched.contains($0.key) }.compactMap { party, rows in
            rows.first.map { ImportNote($0, .skipped, "says nothing that is not there", party) }
        }
        counts.notes += groups.joined().filter { !$0.oddities.isEmpty }.map {
            ImportNote($0, .odd, $0.oddities.joined(separator: "; "), nil)
        }
        guard !parsed.options.isDryRun else { return counts }
        let new = known.isEmpty ? Array(groups.indices) : groups.indices.filter { known[$0] == nil }
        let isNamed = refer(
            changes.map { ($0.party.id, $0.row) } + new.map { (parsed.new[$0].party.id, groups[$0][0]) })
        try await write(changes)
        create(new, isNamed: isNamed)
        return counts
    }

    /// The parties that groups of rows are already: by what the file calls them, or by an address or number that they share and a name that
    /// is not another's.
    private func match(_ groups: [[ImportRow]]) async throws -> [Int: UUID] {
        let rows = try await transaction.rows(
            ImportStore.match, groups.map { $0[0].partyID }, groups.map { $0[0].reference },
            groups.map { $0[0].emails.first?.address.lowercased() },
            groups.map { group in
                group[0].phones.first.flatMap { PhoneNumber.alike($0.number) == nil ? nil : $0.number }
            })
        var known: [Int: UUID] = [:]
        for (place, party, rank, name, mail, phone) in rows where known[place - 1] == nil {
            let other = ImportIdentity(name: name, mail: mail, phone: phone)
            if rank <= 1 || groups[place - 1][0].identity.isOne(with: other) { known[place - 1] = party }
        }
        return known
    }

    private func create(_ indices: [Int], isNamed: Bool) {
        guard !indices.isEmpty else { return }
        let new = indices.map { parsed.new[$0] }
        transaction.enqueue(
            isNamed ? ImportStore.insertNamed : ImportStore.insert, values: PartyRow.columns(new) + [id])
        writeNumbers(new.map(\.party))
    }

    /// A party that is there and of which rows say something new.
    private struct Change {
        let party: Party
        /// The version that it will have.
        let version: Int
        /// Its whole row before, for undo.
        let before: String?
        let row: ImportRow
    }

    /// Locks the parties that rows are about, and says how they will be.
    private func changes(of groups: [UUID: [ImportRow]]) async throws -> [Change] {
        guard !groups.isEmpty else { return [] }
        let ids = groups.keys.sorted()
        let isDryRun = parsed.options.isDryRun
        var before: [UUID: String] = [:]
        if !isDryRun {
            for row in try await transaction.query(ImportStore.wholes, ids) {
                before[try row.value(0)] = try row.value(1)
            }
        }
        let free = try await freeNames(of: groups.values.compactMap(\.first))
        var changes: [Change] = []
        for row in try await transaction.query(isDryRun ? ImportStore.see : ImportStore.lockAll, ids) {
            let old = try Party(row)
            guard let rows = groups[old.id] else { continue }
            var party = old
            for change in rows { change.apply(to: &party) }
            guard party != old || rows[0].names.contains(where: free.contains) else { continue }
            changes.append(
                Change(party: party, version: try row.value(0) + 1, before: before[party.id], row: rows[0]))
        }
        return changes
    }

    /// What rows say that systems call their parties, and nobody is called yet.
    private func freeNames(of rows: [ImportRow]) async throws -> Set<ImportRow.Name> {
        let names = Set(rows.flatMap(\.names))
        guard !names.isEmpty else { return [] }
        let list = Array(names)
        let held = try await transaction.rows(ImportStore.held, list.map(\.system), list.map(\.reference))
        return names.subtracting(held.map { ImportRow.Name(system: $0, reference: $1) })
    }

    private func write(_ changes: [Change]) async throws {
        guard !changes.isEmpty else { return }
        let parties = changes.map(\.party)
        let written = try await Loop.offload { try parties.map { try PartyRow($0) } }
        transaction.enqueue(ImportStore.update, values: PartyRow.columns(written))
        transaction.enqueue(
            ImportStore.remember, id, parties.map(\.id), changes.map(\.version), changes.map(\.before))
        writeNumbers(parties)
    }

    /// Writes what systems call parties; says whether there is anything. In order of references: two imports may name the same.
    private func refer(_ rows: [(UUID, ImportRow)]) -> Bool {
        var referred = rows.flatMap { party, row in row.names.map { ($0.system, $0.reference, party) } }
        guard !referred.isEmpty else { return false }
        referred.sort { ($0.0, $0.1) < ($1.0, $1.1) }
        transaction.enqueue(ImportStore.refer, referred.map(\.0), referred.map(\.1), referred.map(\.2))
        return true
    }

    private func writeNumbers(_ parties: [Party]) {
        let ids = parties.filter { !$0.custom.isEmpty }.map(\.id)
        guard !ids.isEmpty else { return }
        transaction.enqueue(PartyStore.clearNumbers, ids)
        transaction.enqueue(PartyStore.insertNumbers, ids)
    }
}

extension ImportRow {
    /// What a system calls a party.
    struct Name: Hashable {
        let system: String
        let reference: String
    }

    /// What the file calls the party, and what other systems do, as an export said. The ERP's numbers are its own to give.
    var names: [Name] {
        (reference.map { [Name(system: "import", reference: $0)] } ?? [])
            + references.compactMap { text in
                guard let (system, reference) = text.parted(by: ":"), !system.isEmpty, !reference.isEmpty,
                    system != CustomerNumber.erp
                else { return nil }
                return Name(system: system, reference: reference)
            }
    }
}
