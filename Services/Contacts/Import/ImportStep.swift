import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres

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
        guard !parsed.rows.isEmpty else { return counts }
        let isMatched = parsed.options.duplicates != "create"
        let isUpdate = parsed.options.duplicates == "update"
        let groups = isMatched ? Self.grouped(parsed.rows) : parsed.rows.map { [$0] }
        let known = isMatched ? try await match(groups) : [:]
        var new: [[ImportRow]] = []
        var old: [(party: UUID, rows: [ImportRow])] = []
        for (index, group) in groups.enumerated() {
            if let party = known[index] {
                if isUpdate { old.append((party, group)) }
                counts.skipped += isUpdate ? group.count - 1 : group.count
            } else {
                new.append(isUpdate ? group : [group[0]])
                counts.skipped += group.count - 1
            }
        }
        let merged = Dictionary(grouping: old, by: \.party)
        counts.created = new.count
        counts.changed = merged.count
        counts.skipped += old.count - merged.count
        guard !parsed.options.isDryRun else { return counts }
        try await create(new)
        try await change(merged.mapValues { $0.flatMap(\.rows) })
        return counts
    }

    /// Rows of one party together, in the order of their first.
    private static func grouped(_ rows: [ImportRow]) -> [[ImportRow]] {
        var groups: [[ImportRow]] = []
        var byKey: [String: Int] = [:]
        byKey.reserveCapacity(rows.count * 2)
        for row in rows {
            let keys = row.keys
            let index = keys.lazy.compactMap { byKey[$0] }.first ?? groups.count
            if index == groups.count { groups.append([row]) } else { groups[index].append(row) }
            for key in keys where byKey[key] == nil { byKey[key] = index }
        }
        return groups
    }

    private func match(_ groups: [[ImportRow]]) async throws -> [Int: UUID] {
        let firsts = groups.map { $0[0] }
        let rows = try await transaction.query(
            ImportStore.match, firsts.map(\.reference), firsts.map { $0.emails.first?.lowercased() },
            firsts.map(\.phones.first))
        var known: [Int: UUID] = [:]
        for row in rows { known[(try row.value(0) as Int) - 1] = try row.value(1) }
        return known
    }

    private func create(_ groups: [[ImportRow]]) async throws {
        guard !groups.isEmpty else { return }
        let ids = groups.map { _ in UUID.v7() }
        let columns = try await Loop.offload {
            let parties = zip(ids, groups).map { id, group in
                var party = group[0].party(id)
                for row in group.dropFirst() { row.apply(to: &party) }
                return party
            }
            return try PartyColumns(parties, search: groups.map { $0.count == 1 ? $0[0].search : nil })
        }
        transaction.enqueue(ImportStore.insert, values: columns.values)
        remember(ids, versions: ids.map { _ in 1 }, before: ids.map { _ in nil })
        refer(zip(ids, groups).map { ($0, $1[0]) })
        writeNumbers(columns.parties)
    }

    private func change(_ groups: [UUID: [ImportRow]]) async throws {
        guard !groups.isEmpty else { return }
        let ids = Array(groups.keys)
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
        let columns = try await Loop.offload { try PartyColumns(changed, search: changed.map { _ in nil }) }
        transaction.enqueue(ImportStore.update, values: columns.values)
        remember(parties.map(\.id), versions: versions, before: parties.map { before[$0.id] })
        refer(parties.compactMap { party in groups[party.id]?.first.map { (party.id, $0) } })
        writeNumbers(parties)
    }

    private func remember(_ ids: [UUID], versions: [Int], before: [String?]) {
        transaction.enqueue(ImportStore.remember, id, ids, versions, before)
    }

    private func refer(_ rows: [(UUID, ImportRow)]) {
        let referred = rows.filter { $0.1.reference != nil }
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

/// Many parties as columns of arrays, the parameters of `ImportStore.insert` and `update`.
struct PartyColumns: Sendable {
    let parties: [Party]
    private let search: [SearchText]
    private let details: [String]
    private let custom: [String]

    /// - Parameter search: the search texts that are known already.
    init(_ parties: [Party], search: [SearchText?]) throws {
        self.parties = parties
        self.search = zip(parties, search).map { $1 ?? $0.search }
        details = try parties.map { try $0.detailsJSON }
        custom = try parties.map { try $0.customJSON }
    }

    var values: [any SQLEncodable] {
        [
            parties.map(\.id), parties.map(\.kind), parties.map(\.name), parties.map(\.email), parties.map(\.phone),
            parties.map(\.language), parties.map(\.timeZone), parties.map(\.country), parties.map(\.notes),
            parties.map { Self.literal($0.tags) }, parties.map(\.owner), parties.map(\.category),
            parties.map(\.birthday), details, custom, search.map(\.sortName), search.map(\.text), search.map(\.terms),
        ]
    }

    /// A text array as PostgreSQL reads it.
    private static func literal(_ texts: [String]) -> String {
        guard !texts.isEmpty else { return "{}" }
        let quoted = texts.map { text in
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        return "{\(quoted.joined(separator: ","))}"
    }
}
