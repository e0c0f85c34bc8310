import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func duplicateRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/duplicates", "Pairs of parties that may be one, the likeliest first", tag: "duplicates",
            access: .read,
            parameters: [
                .query("limit", .integer(1...200), "How many at most; 50 unless given"),
                .query("after", .string, "The `next` of the page before"),
            ], gives: .json(.page(of: pairSchema))
        ) { request in
            let after = try PairCursor(request.query("after"))
            let limit = request.pageLimit
            let rows = try await context.rows(DuplicateStore.page, after.score, after.low, after.high, limit)
            let next = rows.last.map { PairCursor(score: $0.1, low: $0.2, high: $0.3).text }
            return .page(rows.map(\.0), limit: limit, next: next)
        },
        Route(
            .get, "/v1/parties/{id}/duplicates", "Who may be the same as a party", tag: "duplicates", access: .read,
            parameters: [.path("id", .uuid, "The party")], gives: .json(.items(pairSchema))
        ) { request in
            let id = try request.id()
            guard let pairs = try await context.rows(DuplicateStore.ofParty, id).first else {
                throw Problem.missing("party", id)
            }
            return .items(pairs)
        },
        Route(
            .post, "/v1/duplicates/check", "Who may be the same as somebody who is not entered yet", tag: "duplicates",
            access: .change,
            body: .json(candidateSchema), gives: .json(.items(foundSchema))
        ) { request in
            let candidate = try await request.model(Candidate.self)
            let input = try candidate.party.checked()
            let references = try candidate.checkedReferences()
            var party = Party(id: UUID.v7(), name: input.name ?? "")
            try party.apply(input)
            let profile = MatchProfile(
                id: party.id, kind: party.kind, name: party.name, email: party.email, phone: party.phone,
                country: party.country, details: party.details, hasNumber: false)
            // The keys of new parties are written behind them, and after a large import long behind: who has the address itself is asked of
            // the base.
            let exact = [party.email?.lowercased(), party.phone]
            let (called, pairs) = try await context.transaction { transaction in
                let called = try await transaction.rows(
                    DuplicateStore.called, references.map(\.system), references.map(\.reference))
                let same = try await transaction.rows(DuplicateStore.exact, exact[0], exact[1])
                return (called, try await DuplicateFinder.pairs([profile], with: same, transaction))
            }
            // What another system calls it says who it is.
            let certain = called.map { FoundDuplicate(id: $0.text, score: 100, reasons: ["same reference"]) }
            let likely = pairs.map { pair in
                FoundDuplicate(
                    id: (pair.low == profile.id ? pair.high : pair.low).text, score: pair.likeness.score,
                    reasons: pair.likeness.reasons)
            }
            return try Response(
                .ok, json: ["items": certain + likely.filter { one in !certain.contains { $0.id == one.id } }])
        },
        Route(
            .post, "/v1/duplicates/{low}/{high}/reject", "Says that two parties are not one; remembered",
            tag: "duplicates", access: .change,
            parameters: [.path("low", .uuid, "One party"), .path("high", .uuid, "The other")],
            body: Rejection.input.body, gives: .json(pairSchema),
            refuses: [409]
        ) { request in
            let low = try request.id("low"), high = try request.id("high")
            guard low != high else { throw Problem.field("high", "must be another party") }
            let by = request.actor(for: try await Rejection.input.read(request))
            return try await context.transaction { transaction in
                for id in [low, high] where try await transaction.rows(PartyStore.get, id).isEmpty {
                    throw Problem.missing("party", id)
                }
                let rows = try await transaction.query(DuplicateStore.decide, low, high, "rejected", by)
                return .stored(try rows.first?.value(0) ?? "{}")
            }
        },
        Route(
            .post, "/v1/duplicates/scan", "Has all parties looked at again, in the background", tag: "duplicates",
            access: .change, gives: .accepted
        ) { _ in
            try await context.transaction { transaction in _ = transaction.enqueue(DuplicateStore.scan) }
            return Response(.accepted)
        },
    ]
}

private struct Rejection: Decodable {
    let by: String?

    /// On whose behalf, where that is told.
    static let input = Input<String?>(
        .json(.object([.init("by", .string, required: false, "On whose behalf")]))
    ) { try FieldCheck.text(await $0.model(Rejection.self).by, "by", atMost: 200) }
}

/// Somebody who is not entered yet: a party's members, and what other systems call them.
private struct Candidate: Decodable {
    let party: PartyInput
    private let references: [Reference]

    struct Reference: Decodable {
        let system: String
        let reference: String
    }

    private enum Key: String, CodingKey { case references }

    init(from decoder: any Decoder) throws {
        party = try PartyInput(from: decoder)
        references =
            try decoder.container(keyedBy: Key.self).decodeIfPresent([Reference].self, forKey: .references) ?? []
    }

    func checkedReferences() throws -> [Reference] {
        guard references.count <= 20 else { throw Problem.field("references", "takes at most 20") }
        return try references.enumerated().map { index, one in
            Reference(
                system: try FieldCheck.needed(one.system, "references[\(index)].system", atMost: 100),
                reference: try FieldCheck.needed(one.reference, "references[\(index)].reference", atMost: 200))
        }
    }
}

private struct FoundDuplicate: Encodable {
    let id: String
    let score: Int
    let reasons: [String]
}

/// Where a page ended.
private struct PairCursor {
    let score: Int
    let low: UUID
    let high: UUID
    private static let zero = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    init(score: Int, low: UUID, high: UUID) {
        self.score = score
        self.low = low
        self.high = high
    }

    init(_ text: String?) throws {
        guard let text else {
            self.init(score: 101, low: Self.zero, high: Self.zero)
            return
        }
        let parts = try PageCursor.parts(text, 3)
        guard let score = Int(parts[0]), (0...101).contains(score), let low = UUID(text: parts[1]),
            let high = UUID(text: parts[2])
        else { throw PageCursor.refusal }
        self.init(score: score, low: low, high: high)
    }

    var text: String { PageCursor.text("\(score)", low.text, high.text) }
}

private let reasonSchema = Schema.array(.string)

private let pairSchema = Schema.object([
    .init("score", .integer(0...100)), .init("reasons", reasonSchema),
    .init("status", .enumeration(["open", "rejected", "merged"])), .init("foundAt", .dateTime),
    .init("decidedAt", .nullable(.dateTime)), .init("decidedBy", .nullable(.string)),
    .init("parties", .array(.any), "Both, the older first"),
])

private let foundSchema = Schema.object([
    .init("id", .uuid), .init("score", .integer(0...100)), .init("reasons", reasonSchema),
])

private let candidateSchema = Schema.object([
    .init("name", .string, required: false), .init("kind", .string, required: false),
    .init("email", .string, required: false), .init("phone", .string, required: false),
    .init("country", .string, required: false),
    .init("addresses", .array(.any), required: false, "As a party has them"),
    .init(
        "references", .array(.object([.init("system", .string), .init("reference", .string)])), required: false,
        "What other systems call it: whoever is called so is found at once"),
])
