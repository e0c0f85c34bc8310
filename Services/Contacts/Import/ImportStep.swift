import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import Text

/// Turns the rows of one piece of an upload into parties.
@Loop
struct ImportStep {
    /// What became of the rows that could be read.
    struct Counts {
        var created = 0
        var changed = 0
        var skipped = 0
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
            guard let party = known[index] else {
                counts.skipped += group.count - 1
                continue
            }
            if isUpdate {
                counts.skipped += old[party] == nil ? group.count - 1 : group.count
                old[party, default: []] += group
            } else {
                counts.skipped += group.count
            }
        }
        counts.created = groups.count - known.count
        counts.changed = old.count
        guard !parsed.options.isDryRun else { return counts }
        // Parties that are there are locked before references are written, as everywhere.
        let changed = try await change(old)
        let created = create(known.isEmpty ? Array(groups.indices) : groups.indices.filter { known[$0] == nil })
        refer(changed + created)
        return counts
    }

    private func match(_ groups: [[ImportRow]]) async throws -> [Int: UUID] {
        let rows = try await transaction.query(
            ImportStore.match, groups.map { $0[0].reference }, groups.map { $0[0].emails.first?.lowercased() },
            groups.map { $0[0].phones.first })
        var known: [Int: UUID] = [:]
        for row in rows { known[(try row.value(0) as Int) - 1] = try row.value(1) }
        return known
    }

    private func create(_ indices: [Int]) -> [(UUID, ImportRow)] {
        guard !indices.isEmpty else { return [] }
        let new = indices.map { parsed.new[$0] }
        let ids = new.map(\.party.id)
        transaction.enqueue(ImportStore.insert, values: PartyRow.columns(new) + [id])
        writeNumbers(new.map(\.party))
        return zip(ids, indices).map { ($0, parsed.groups[$1][0]) }
    }

    private func change(_ groups: [UUID: [ImportRow]]) async throws -> [(UUID, ImportRow)] {
        guard !groups.isEmpty else { return [] }
        let ids = groups.keys.sorted()
        var before: [UUID: String] = [:]
        for row in try await transaction.query(ImportStore.wholes, ids) { before[try row.value(0)] = try row.value(1) }
        var versions: [Int] = []
        var parties: [Party] = []
        for row in try await transaction.query(ImportStore.lockAll, ids) {
            var party = try Party(row)
            for change in groups[party.id] ?? [] { change.apply(to: &party) }
            versions.append((try row.value(0) as Int) + 1)
            parties.append(party)
        }
        let changed = parties
        let written = try await Loop.offload { try changed.map { try PartyRow($0) } }
        transaction.enqueue(ImportStore.update, values: PartyRow.columns(written))
        transaction.enqueue(
            ImportStore.remember, id, parties.map(\.id), versions, parties.map { before[$0.id] })
        writeNumbers(parties)
        return parties.compactMap { party in groups[party.id]?.first.map { (party.id, $0) } }
    }

    /// In order of references: two imports may name the same.
    private func refer(_ rows: [(UUID, ImportRow)]) {
        let referred = rows.filter { $0.1.reference != nil }.sorted { ($0.1.reference ?? "") < ($1.1.reference ?? "") }
        guard !referred.isEmpty else { return }
        transaction.enqueue(ImportStore.refer, referred.compactMap(\.1.reference), referred.map(\.0))
    }

    private func writeNumbers(_ parties: [Party]) {
        let ids = parties.filter { !$0.custom.isEmpty }.map(\.id)
        guard !ids.isEmpty else { return }
        transaction.enqueue(PartyStore.clearNumbers, ids)
        transaction.enqueue(PartyStore.insertNumbers, ids)
    }
}
