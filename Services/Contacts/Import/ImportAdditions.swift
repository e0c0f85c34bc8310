import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres

/// What rows of another system's exports add to parties that are there by then: who employs whom, notes, decisions on consent.
@Loop
struct ImportAdditions {
    private let id: UUID
    private let system: String
    private let isDryRun: Bool
    private let transaction: Transaction

    init(_ id: UUID, _ options: ImportOptions, _ transaction: Transaction) {
        self.id = id
        system = options.system ?? "import"
        isDryRun = options.isDryRun
        self.transaction = transaction
    }

    /// The parties that rows are of, by their references, and those that they name.
    func parties(of rows: [ImportRow]) async throws -> [String: UUID] {
        let references = Set(rows.flatMap { [$0.reference, $0.moved?.firm].compactMap { $0 } }).sorted()
        guard !references.isEmpty else { return [:] }
        let found = try await transaction.rows(ImportAdditionStore.called, id, system, references)
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }

    /// Notes the references of parties that a dry run would make.
    func see(_ rows: [ImportRow]) {
        let references = Set(rows.flatMap { [$0.reference, $0.moved?.alsoCalled].compactMap { $0 } }).sorted()
        guard isDryRun, !references.isEmpty else { return }
        transaction.enqueue(ImportAdditionStore.see, id, references.map { ExternalID.make("seen", $0) }, references)
    }

    /// Relates firms to whom they employ, and to the firms below them; gives how many relations are new, and the rows that name nobody.
    func relate(_ rows: [ImportRow], _ parties: [String: UUID]) async throws -> (made: Int, lost: [ImportRow]) {
        var links: [(firm: UUID, party: UUID, row: ImportRow)] = []
        var lost: [ImportRow] = []
        for row in rows {
            guard let name = row.moved?.firm else { continue }
            guard let firm = parties[name], let party = row.reference.flatMap({ parties[$0] }) else {
                lost.append(row)
                continue
            }
            if firm != party { links.append((firm, party, row)) }
        }
        guard !isDryRun else { return (links.count, lost) }
        let firms = try await firms(among: links.map(\.party))
        var made = try await relate(links.filter { !firms.contains($0.party) }, "employs")
        // One after the other: each sees the trees that those before have made.
        for link in links where firms.contains(link.party) {
            let isCircle = try await !transaction.query(ReferralStore.isAbove, link.firm, link.party, "parent-of")
                .isEmpty
            if isCircle { lost.append(link.row) } else { made += try await relate([link], "parent-of") }
        }
        return (made, lost)
    }

    private func relate(_ links: [(firm: UUID, party: UUID, row: ImportRow)], _ kind: String) async throws -> Int {
        guard !links.isEmpty else { return 0 }
        return try await transaction.rows(
            ImportAdditionStore.relate, id, links.map(\.firm), links.map { _ in kind }, links.map(\.party),
            links.map { $0.row.moved?.since }, links.map { $0.row.moved?.role }
        ).first ?? 0
    }

    private func firms(among parties: [UUID]) async throws -> Set<UUID> {
        guard !parties.isEmpty else { return [] }
        let rows = try await transaction.rows(DuplicateStore.profiles, Set(parties).sorted())
        return Set(rows.filter { $0.1 == "enterprise" || $0.1 == "partner" }.map(\.0))
    }

    /// Keeps the decisions that rows say of parties, which this transaction has locked or made; gives how many say something.
    ///
    /// Nobody knows when they were made. What forbids counts from now on, what allows only where the person has said nothing here.
    func decide(_ rows: [(UUID, ImportRow)]) async throws -> Int {
        let said = rows.flatMap { party, row in
            (row.moved?.consents ?? []).map { (party: party, consent: $0, origin: row.moved?.origin ?? "") }
        }
        guard !said.isEmpty else { return 0 }
        guard !isDryRun else { return said.count }
        let places = try await transaction.rows(
            ImportAdditionStore.wanted, said.map(\.party), said.map(\.consent.channel), said.map(\.consent.purpose),
            said.map(\.consent.granted))
        let wanted = places.map { said[$0 - 1] }
        guard !wanted.isEmpty else { return 0 }
        let parties = Set(wanted.map(\.party)).sorted()
        let even = try await transaction.rows(ImportAdditionStore.even, id, parties)
        transaction.enqueue(
            ConsentStore.decide, wanted.map(\.party), wanted.map(\.consent.channel), wanted.map(\.consent.purpose),
            wanted.map(\.consent.granted), wanted.map { _ in system },
            wanted.map { Optional("brought from \(system): \($0.origin)") })
        ConsentCommands.settle(parties, transaction)
        if !even.isEmpty { transaction.enqueue(ImportAdditionStore.keepEven, id, even) }
        return wanted.count
    }
}
