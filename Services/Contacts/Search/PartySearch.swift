import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Text
import Writing

/// The queries of a search, each narrowed by the conditions that it is made with.
extension PartyQuery {
    /// All words of a reading must be in the text, in any order.
    mutating func addText(_ search: String) {
        let readings = SearchText.readings(search).filter { !$0.isEmpty }
        guard !readings.isEmpty else { return }
        let tests = readings.map { words in
            let terms = SearchText.required(words, shares: shares).map {
                "p.search_terms @> \(bind($0, as: "integer[]"))"
            }
            let texts = words.map { "p.search_text LIKE \(bind("%\(LikePattern.literal($0))%"))" }
            return ((terms.map { [$0] } ?? []) + texts).joined(separator: " AND ")
        }
        add(
            "(\(tests.joined(separator: " OR ")))",
            isIndexed: readings.allSatisfy { SearchText.required($0) != nil })
    }

    /// Names that begin so, in order; nil for what no name begins with.
    func namedLike(_ search: String, limit: Int) -> PartySelect? {
        let beginning = SearchText.sortName(search)
        guard !beginning.isEmpty else { return nil }
        var query = self
        query.add("p.sort_name LIKE \(query.bind(LikePattern.literal(beginning) + "%"))")
        return query.found("p.sort_name", limit, "ORDER BY p.sort_name, p.id")
    }

    /// What another system calls so, or so at the beginning.
    func referencedLike(_ search: String, limit: Int) -> PartySelect {
        var query = self
        query.add("f.reference LIKE \(query.bind(LikePattern.literal(search) + "%"))")
        return query.found("f.reference", limit, join: "JOIN party_reference f ON f.party_id = p.id")
    }

    /// All words somewhere in name, mail addresses, phone numbers and references; nil where the words are too short for the index.
    func containing(_ search: String, limit: Int) -> PartySelect? {
        var query = self
        query.addText(search)
        guard query.isIndexed else { return nil }
        return query.found("p.sort_name", limit)
    }

    /// Names with words at most one letter off, to be held against `SearchText.isNear`.
    func near(_ words: [String], limit: Int) -> PartySelect {
        var query = self
        for terms in words { query.add("p.search_terms && \(query.bind(terms, as: "integer[]"))") }
        return query.candidates(limit)
    }

    /// Telephone numbers that end like one half of the digits, or have the other that far from their end; to be held against
    /// `SearchText.isNearNumber`.
    func nearNumber(_ first: String, _ second: String, limit: Int) -> PartySelect {
        let rest = second.utf8.count
        return any(
            of: [
                ([first], "\n[0-9]*\(first)[0-9]{\(rest - 1),\(rest + 1)}(\n|$)"),
                ([second], "\n[0-9]+\(second)(\n|$)"),
            ], limit)
    }

    /// Mail addresses and references with all parts but one, to be held against `SearchText.isNearWhole`.
    func nearWhole(_ near: SearchText.NearWhole, limit: Int) -> PartySelect { any(of: near.alternatives, limit) }

    /// Texts with the index terms of some parts and their pattern.
    private func any(of alternatives: [(parts: [String], pattern: String)], _ limit: Int) -> PartySelect {
        var query = self
        let tests = alternatives.filter { SearchText.fewest($0.parts, shares) <= Self.most }.map { parts, pattern in
            let terms = SearchText.required(parts: parts, shares: shares) ?? "{}"
            return
                "(p.search_terms @> \(query.bind(terms, as: "integer[]")) AND p.search_text ~ \(query.bind(pattern)))"
        }
        query.add(tests.isEmpty ? "false" : "(\(tests.joined(separator: " OR ")))")
        return query.candidates(limit)
    }

    /// A part that more parties have is not looked for alone: a mail address without its @ ends like all others, and to read them all takes seconds.
    private static let most = 20_000.0

    /// The texts of parties, to be looked at closer; whole are then only those that stand up to it.
    private func candidates(_ limit: Int) -> PartySelect {
        PartySelect(
            text: "SELECT NULL::text, p.search_text::text, p.id FROM party p \(whereClause) LIMIT \(limit)",
            arguments: arguments)
    }

    private func found(_ sort: String, _ limit: Int, _ order: String = "", join: String = "") -> PartySelect {
        let text = """
            SELECT \(PartyStore.json)::text, p.found_by::text, p.id FROM (
                SELECT p.*, \(sort) AS found_by FROM party p \(join) \(whereClause) \(order) LIMIT \(limit)) p
            """
        return PartySelect(text: text, arguments: arguments)
    }
}

extension PartyQueries {
    /// Rows looked at for one whose writing is near enough.
    private nonisolated static let candidates = 500

    /// The best matches, the exact before the like: what another system calls so, names that begin so, what has all words anywhere, where
    /// that is little, names at most one letter off, and where it is nothing, mail addresses, references and numbers with a mistake.
    static func search(
        _ text: String, _ filter: [PartyCondition], limit: Int, _ context: ServiceContext
    ) async throws -> [String] {
        let clean = text.trimmed
        guard !clean.isEmpty, !clean.utf8.contains(0) else { return [] }
        var query = try PartyQuery(filter, try await fields(filter, context))
        var found = Found(limit: limit)
        let exact = [query.referencedLike(clean, limit: min(limit, 20)), query.namedLike(clean, limit: limit)]
        for case let select? in exact where found.isWanting { try found.add(await rows(select, context)) }
        if found.isWanting { query.shares = try await shares(clean, context) }
        if found.isWanting, let select = query.containing(clean, limit: limit) {
            try found.add(await rows(select, context))
        }
        if found.items.count < min(limit, 10), let near = SearchText.near(clean) {
            try found.add(
                await whole(query.near(near.map(\.terms), limit: candidates), limit, context) {
                    SearchText.isNear($0, near.map(\.word))
                })
        }
        if found.items.isEmpty, let near = SearchText.nearWhole(clean) {
            let hasHost = clean.contains("@")
            try found.add(
                await whole(query.nearWhole(near, limit: candidates), limit, context) {
                    SearchText.isNearWhole($0, near.letters, hasHost: hasHost)
                })
        }
        if found.items.isEmpty, let (digits, first, second) = SearchText.halves(clean) {
            try found.add(
                await whole(query.nearNumber(first, second, limit: candidates), limit, context) {
                    SearchText.isNearNumber($0, digits)
                })
        }
        return found.items
    }

    /// The candidates that stand up to a test, whole.
    private static func whole(
        _ select: PartySelect, _ limit: Int, _ context: ServiceContext, _ test: (String) -> Bool
    ) async throws -> [Row] {
        let near = try await rows(select, context).filter { test(try $0.value(1)) }
        // Some may be found already: ten at most when this is asked.
        let ids: [UUID] = try near.prefix(limit + 10).map { try $0.value(2) }
        return ids.isEmpty ? [] : Array(try await context.query(PartyStore.bodies, ids))
    }

    /// Which terms of a query many parties have, as the database's own upkeep last saw it.
    private static func shares(_ text: String, _ context: ServiceContext) async throws -> SearchText.TermShares {
        var shares: SearchText.TermShares = [:]
        for row in try await context.query(PartyStore.shares, SearchText.pieces(of: text)) {
            shares[Int32(truncatingIfNeeded: try row.value(0) as Int)] = try row.value(1)
        }
        return shares
    }
}

/// Parties found, each once, in the order of finding.
private struct Found {
    let limit: Int
    private(set) var items: [String] = []
    private var ids: Set<UUID> = []

    init(limit: Int) { self.limit = limit }

    var isWanting: Bool { items.count < limit }

    mutating func add(_ rows: some Sequence<Row>) throws {
        for row in rows where isWanting {
            if ids.insert(try row.value(2)).inserted { items.append(try row.value(0)) }
        }
    }
}
