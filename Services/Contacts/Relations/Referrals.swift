import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// Who brought whom (C3): a tree, in which nobody is brought by two, and nobody stands above himself.
@Loop
enum Referrals {
    /// Kinds of relations in which nobody may stand above himself.
    private static let trees: Set = ["refers", "parent-of"]

    /// The parties that stand above two by relations of a kind and under nobody. Whoever adds such a relation locks them: two that are
    /// each right and together a circle have one of them in common.
    static func tops(of parties: [UUID], _ kind: String, _ transaction: Transaction) async throws -> [UUID] {
        guard trees.contains(kind) else { return [] }
        return try await transaction.query(ReferralStore.tops, parties, kind).map { try $0.value(0) }
    }

    /// Refuses a relation that would make no tree of referrals, or of firms and those they are parent of; those that stand on top are
    /// locked.
    static func check(
        _ party: UUID, _ kind: String, _ other: UUID, under tops: [UUID], _ transaction: Transaction
    ) async throws {
        guard trees.contains(kind) else { return }
        guard try await self.tops(of: [party, other], kind, transaction) == tops else {
            throw PostgresError(sqlState: "40001", message: "somebody else was put on top of the tree")
        }
        if kind == "refers",
            let referrer: UUID = try await transaction.query(ReferralStore.referrer, other).first?.value(0),
            referrer != party
        {
            throw Problem(
                status: .conflict, detail: "Party \(other.text) was brought by \(referrer.text).",
                errors: [FieldError(field: "other", message: "was brought by \(referrer.text)")])
        }
        guard try await transaction.query(ReferralStore.isAbove, party, other, kind).isEmpty else {
            throw Problem(
                status: .conflict, detail: "Party \(other.text) stands above \(party.text): that would be a circle.",
                errors: [FieldError(field: "other", message: "stands above \(party.text)")])
        }
    }

    /// The tree below a party, nearest first, each party once; and who is above it, nearest first.
    static func tree(of party: UUID, depth: Int, limit: Int, _ context: ServiceContext) async throws -> Tree {
        let above = try await context.rows(ReferralStore.above, party).map(Member.init)
        guard !above.isEmpty else { throw Problem.missing("party", party) }
        var seen: Set<UUID> = [party]
        var items: [Member] = []
        for member in try await context.rows(ReferralStore.below, party, depth, limit + 1).map(Member.init) {
            if seen.insert(member.partyId).inserted { items.append(member) }
        }
        return Tree(
            above: Array(above.dropFirst()), items: Array(items.prefix(limit)), isWhole: items.count <= limit)
    }

    /// Somebody in the tree.
    nonisolated struct Member: Encodable {
        let partyId: UUID
        let name: String
        let stage: String
        let depth: Int
        let referredBy: UUID?
    }

    /// A party's place among referrals.
    nonisolated struct Tree: Encodable {
        let above: [Member]
        let items: [Member]
        let isWhole: Bool
    }
}

@Loop
func referralRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/parties/{id}/referrals", "Whom a party brought, whom these brought, and by whom it was brought",
            tag: "relations", access: .read,
            parameters: [
                .path("id", .uuid, "The party"), .query("depth", .integer(1...100), "How far down; 10 unless given"),
                .query("limit", .integer(1...1000), "How many at most; 1000 unless given"),
            ],
            gives: .json(
                .object([
                    .init("above", .array(memberSchema), "Who brought the party, who brought that one, and so on"),
                    .init("items", .array(memberSchema), "The tree below, the nearest first"),
                    .init("isWhole", .boolean, "False where there are more than `limit`"),
                ]))
        ) { request in
            let tree = try await Referrals.tree(
                of: try request.id(), depth: request.query("depth", as: Int.self) ?? 10,
                limit: request.query("limit", as: Int.self) ?? 1000, context)
            return try Response(.ok, json: tree)
        }
    ]
}

private let memberSchema = Schema.named(
    "Referral",
    .object([
        .init("partyId", .uuid), .init("name", .string), .init("stage", .enumeration(Party.stages)),
        .init("depth", .integer(), "Steps from the party, above it less than 0"),
        .init("referredBy", .uuid, required: false, "Who brought it, where that is known"),
    ]))
