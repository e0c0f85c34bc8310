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
        /// Rows that added to a party, and what they did.
        var added = 0
        var relations = 0
        var consents = 0
        /// Rows that made nothing, each with the party that it was taken for.
        var notes: [ImportNote] = []

        var skipped: Int { notes.count { $0.outcome == .skipped } }
        var refused: Int { notes.count { $0.outcome == .refused } }
    }

    private let id: UUID
    private let parsed: ParsedStep
    private let transaction: Transaction
    private let additions: ImportAdditions

    init(_ id: UUID, _ parsed: ParsedStep, _ transaction: Transaction) {
        self.id = id
        self.parsed = parsed
        self.transaction = transaction
        additions = ImportAdditions(id, parsed.options, transaction)
    }

    private var isDryRun: Bool { parsed.options.isDryRun }
    private var system: String { parsed.options.system ?? "import" }

    func apply() async throws -> Counts {
        var counts = Counts()
        counts.notes = parsed.leftOut.map { ImportNote($0, .skipped, $0.moved?.leftOut ?? "", nil) }
        let groups = parsed.groups
        guard !groups.isEmpty || !parsed.additions.isEmpty else { return counts }
        let known =
            parsed.options.duplicates == "create" && parsed.options.system == nil ? [:] : try await match(groups)
        var old = judge(known, &counts)
        counts.created = groups.count - known.count
        // Rows that add to parties that are there change these with the others: parties are locked once.
        let before = try await additions.parties(of: parsed.additions).merging(named(known)) { first, _ in first }
        let adding = parsed.additions.filter { $0.moved?.note != nil }
        for row in adding { if let party = before[row.reference ?? ""] { old[party, default: []].append(row) } }
        let referred = parsed.options.system == nil || isDryRun ? [] : Array(known.values)
        let fresh = known.isEmpty ? Array(groups.indices) : groups.indices.filter { known[$0] == nil }
        let new = isDryRun ? [] : fresh.map { (parsed.new[$0].party.id, groups[$0][0]) }
        // Parties that are there are locked before references are written, as everywhere; and these before the parties are told of.
        let changed = try await change(
            old, locking: referred, before: nil, naming: isDryRun ? [] : new + called(known), &counts)
        let touched = Set(changed.map(\.0))
        let updated = old.filter { $0.value.contains { !$0.isAddition } }
        counts.changed = touched.filter { updated[$0] != nil }.count
        counts.notes += updated.filter { !touched.contains($0.key) }.compactMap { party, rows in
            rows.first.map { ImportNote($0, .skipped, "says nothing that is not there", party) }
        }
        counts.notes += groups.joined().filter { !$0.oddities.isEmpty }.map {
            ImportNote($0, .odd, $0.oddities.joined(separator: "; "), nil)
        }
        if isDryRun {
            additions.see(groups.joined().filter { $0.moved != nil })
            try await add(before, fresh, known, [], &counts)
            return counts
        }
        create(fresh, isNamed: !names(of: new).isEmpty)
        try await add(before, fresh, known, Set(new.map(\.0)), &counts)
        return counts
    }

    /// Says of groups of rows what becomes of them, and gives those that change parties that are there.
    private func judge(_ known: [Int: UUID], _ counts: inout Counts) -> [UUID: [ImportRow]] {
        let isUpdate = parsed.options.duplicates == "update"
        var old: [UUID: [ImportRow]] = [:]
        for (index, group) in parsed.groups.enumerated() {
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
        return old
    }

    /// The parties that groups of rows are already: by what the file calls them, or by an address or number that they share and a name that
    /// is not another's.
    private func match(_ groups: [[ImportRow]]) async throws -> [Int: UUID] {
        guard !groups.isEmpty else { return [:] }
        let rows = try await transaction.rows(
            ImportStore.match, groups.map { $0[0].partyID }, groups.map { $0[0].reference },
            groups.map { $0[0].emails.first?.address.lowercased() },
            groups.map { group in
                group[0].phones.first.flatMap { PhoneNumber.alike($0.number) == nil ? nil : $0.number }
            }, system)
        let isByReference = parsed.options.duplicates == "create"
        var known: [Int: UUID] = [:]
        for (place, party, rank, name, mail, phone) in rows where known[place - 1] == nil {
            let other = ImportIdentity(name: name, mail: mail, phone: phone)
            let isOne = rank <= 1 || !isByReference && groups[place - 1][0].identity.isOne(with: other)
            if isOne { known[place - 1] = party }
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

    /// Changes parties that are there and gives those of which the rows say something new.
    ///
    /// - Parameters:
    ///   - locking: others that are locked with them.
    ///   - before: the forms of parties that this step has locked, or made, already; nil where it has not.
    ///   - more: rows of other parties, whose references are written with those of the changed ones.
    private func change(
        _ groups: [UUID: [ImportRow]], locking others: [UUID], before given: [UUID: String]?,
        naming more: [(UUID, ImportRow)] = [], _ counts: inout Counts
    ) async throws -> [(UUID, ImportRow)] {
        let locked = Set(groups.keys).union(others).sorted()
        guard !locked.isEmpty else {
            _ = try await refer(more)
            return []
        }
        var before = given ?? [:]
        if !isDryRun, given == nil {
            for row in try await transaction.query(ImportStore.wholes, locked) {
                before[try row.value(0)] = try row.value(1)
            }
        }
        var versions: [Int] = []
        var parties: [Party] = []
        for row in try await transaction.query(isDryRun ? ImportStore.see : ImportStore.lockAll, groups.keys.sorted()) {
            let old = try Party(row)
            var party = old
            for change in groups[party.id] ?? [] {
                change.apply(to: &party)
                guard let note = change.moved?.note, !party.has(note: note) else { continue }
                let reason = "has no room: the notes of a party take \(Party.longestNotes) characters"
                counts.notes.append(ImportNote(change, change.isCounted ? .refused : .odd, reason, party.id))
            }
            guard party != old else { continue }
            versions.append((try row.value(0) as Int) + 1)
            parties.append(party)
        }
        let changed = parties
        let rows = parties.compactMap { party in groups[party.id]?.first.map { (party.id, $0) } }
        let named = isDryRun ? [] : try await refer(rows + more)
        // Who is called something new and is not written besides.
        let silent = named.intersection(locked).subtracting(parties.map(\.id)).sorted()
        if !silent.isEmpty { transaction.enqueue(PartyStore.tellAgain, silent) }
        if !isDryRun, !changed.isEmpty {
            let written = try await Loop.offload { try changed.map { try PartyRow($0) } }
            transaction.enqueue(ImportStore.update, values: PartyRow.columns(written))
            transaction.enqueue(
                ImportStore.remember, id, parties.map(\.id), versions, parties.map { before[$0.id] })
            writeNumbers(parties)
        }
        return rows
    }

    // MARK: References

    /// The rows of parties that are there, whose references are kept where they come of another system.
    private func called(_ known: [Int: UUID]) -> [(UUID, ImportRow)] {
        guard parsed.options.system != nil else { return [] }
        return known.flatMap { index, party in parsed.groups[index].map { (party, $0) } }
    }

    /// Parties that are there by the references that rows of this piece give them.
    private func named(_ known: [Int: UUID]) -> [String: UUID] {
        let pairs = called(known).flatMap { party, row in
            [row.reference, row.moved?.alsoCalled].compactMap { $0.map { ($0, party) } }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// What rows say that systems call their parties, in order of references: two imports may name the same.
    private func names(of rows: [(UUID, ImportRow)]) -> [(String, String, UUID)] {
        var referred: [(String, String, UUID)] = []
        for (party, row) in rows where !row.isAddition {
            for reference in [row.reference, row.moved?.alsoCalled].compactMap({ $0 }) {
                referred.append((system, reference, party))
            }
            // What other systems call it, as an export said. The ERP's numbers are its own to give.
            referred += row.references.compactMap { text in
                guard let (system, reference) = text.parted(by: ":"), !system.isEmpty, !reference.isEmpty,
                    system != "erp"
                else { return nil }
                return (system, reference, party)
            }
        }
        return referred.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }

    /// Writes what systems call parties, and gives those who are called something new.
    private func refer(_ rows: [(UUID, ImportRow)]) async throws -> Set<UUID> {
        let referred = names(of: rows)
        guard !referred.isEmpty else { return [] }
        return Set(
            try await transaction.rows(
                ImportStore.refer, referred.map(\.0), referred.map(\.1), referred.map(\.2), id))
    }

    // MARK: Additions

    /// Adds what rows say to parties that are there by now, and says what became of those rows.
    private func add(
        _ before: [String: UUID], _ fresh: [Int], _ known: [Int: UUID], _ made: Set<UUID>, _ counts: inout Counts
    ) async throws {
        let rows = parsed.additions
        let parties = rows.isEmpty ? [:] : try await additions.parties(of: rows)
        // Notes of parties that this step has made.
        var late: [UUID: [ImportRow]] = [:]
        for row in rows where row.moved?.note != nil && before[row.reference ?? ""] == nil {
            if let party = parties[row.reference ?? ""], made.contains(party) { late[party, default: []].append(row) }
        }
        if !isDryRun { _ = try await change(late, locking: [], before: [:], &counts) }
        let (related, lost) = try await additions.relate(rows, parties)
        counts.relations = related
        for row in rows where parties[row.reference ?? ""] == nil {
            let reason = "is of \(row.reference ?? "nobody"), which is not here"
            counts.notes.append(ImportNote(row, row.isCounted ? .refused : .odd, reason, nil))
        }
        for row in lost where parties[row.reference ?? ""] != nil {
            let reason = "names the firm \(row.moved?.firm ?? ""), which is not here or stands below it"
            counts.notes.append(ImportNote(row, row.isCounted && row.moved?.note == nil ? .refused : .odd, reason, nil))
        }
        let refused = Set(counts.notes.filter { $0.outcome == .refused }.map(\.line))
        counts.added = rows.count { $0.isCounted && !refused.contains($0.line) }
        var deciding = known.flatMap { index, party in parsed.groups[index].map { (party, $0) } }
        if !isDryRun {
            deciding += fresh.flatMap { index in parsed.groups[index].map { (parsed.new[index].party.id, $0) } }
        } else {
            deciding += fresh.flatMap { index in parsed.groups[index].map { (id, $0) } }
        }
        counts.consents = try await additions.decide(deciding)
    }

    private func writeNumbers(_ parties: [Party]) {
        let ids = parties.filter { !$0.custom.isEmpty }.map(\.id)
        guard !ids.isEmpty else { return }
        transaction.enqueue(FieldStore.clearNumbers, ids)
        transaction.enqueue(FieldStore.insertNumbers, ids)
    }
}
