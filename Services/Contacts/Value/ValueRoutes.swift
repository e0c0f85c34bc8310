import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func valueRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/parties/{id}/value",
            "What a party is worth: by currency sums, classes within the base, and what the models foretell",
            tag: "value", access: .read,
            parameters: [.path("id", .uuid)], gives: .json(ValueSchemas.ofParty)
        ) { request in
            let id = try request.id()
            guard let row = try await context.query(ScoreStore.get, id).first else {
                throw Problem.missing("party", id)
            }
            return .stored(try row.value(0))
        },
        Route(
            .get, "/v1/parties/{id}/wallet", "What a customer spends in all in a year, as it was told, by currency",
            tag: "value", access: .read, parameters: [.path("id", .uuid)], gives: .json(ValueSchemas.wallet)
        ) { request in
            let id = try request.id()
            guard let row = try await context.query(ScoreStore.wallet, id).first else {
                throw Problem.missing("party", id)
            }
            return .shown(try row.value(0))
        },
        Route(
            .put, "/v1/parties/{id}/wallet", "Says what a customer spends in all in a year, for the share of wallet",
            tag: "value", access: .change, parameters: [.path("id", .uuid), .ifMatch], body: WalletInput.input.body,
            gives: .json(ValueSchemas.wallet), refuses: [409, 412, 428]
        ) { request in
            let (id, seen, said) = (
                try request.id(), try await Seen(request), try await WalletInput.input.read(request)
            )
            return try await context.transaction { transaction in
                try await PartyCommands.lock(id, transaction) { _ in
                    try seen.check("wallet", try await transaction.query(ScoreStore.wallet, id).first?.value(0) ?? "{}")
                }
                transaction.enqueue(ScoreStore.setWallet, id, said.currency, said.yearlySpend.units)
                return .shown(try await transaction.query(ScoreStore.wallet, id).first?.value(0) ?? "{}")
            }
        },
        Route(
            .get, "/v1/value/customers", "Customers by net revenue, the greatest first", tag: "value", access: .read,
            parameters: [
                .query("currency", .string, required: true, "ISO 4217"),
                .query("abc", .enumeration(["A", "B", "C"]), "Only this class"),
                .query("limit", .integer(1...200), "How many at most; 50 unless given"),
                .query("after", .string, "The `next` of the page before"),
            ], gives: .json(ValueSchemas.page)
        ) { request in
            let currency = try FieldCheck.currency(request.query("currency")) ?? ""
            let after = try ValueCursor(request.query("after"))
            let limit = request.pageLimit
            let rows = try await context.rows(
                ScoreStore.page, currency, after.net, after.party, limit, request.query("abc") ?? "")
            let next = rows.last.map { ValueCursor(net: $0.1, party: $0.2).text }
            return .page(rows.map(\.0), limit: limit, next: next)
        },
        Route(
            .get, "/v1/value/weights", "The weights of the weighted score", tag: "value", access: .read,
            gives: .json(ValueSchemas.weights)
        ) { _ in
            try .weights(await context.query(ScoreStore.weights))
        },
        Route(
            .put, "/v1/value/weights", "Sets the weights of the weighted score, all of them", tag: "value",
            access: .configure,
            parameters: [.ifMatch], body: WeightInput.input.body, gives: .json(ValueSchemas.weights),
            refuses: [412, 428]
        ) { request in
            let (seen, weights) = (try await Seen(request), try await WeightInput.input.read(request))
            return try await context.transaction { transaction in
                transaction.enqueue(ScoreStore.lockWeights)
                let current = try await transaction.query(ScoreStore.weights).first
                try seen.check("weighting", try current?.value(0) ?? "{}", at: try current?.value(1) ?? 0)
                transaction.enqueue(ScoreStore.raiseWeights, weights.map(\.key), weights.map(\.value))
                transaction.enqueue(ScoreStore.dropWeights, weights.map(\.key))
                transaction.enqueue(ScoreStore.setWeight, weights.map(\.key), weights.map(\.value))
                return try .weights(await transaction.query(ScoreStore.weights))
            }
        },
    ]
}

extension Response {
    /// The weights with their version.
    fileprivate static func weights(_ rows: Rows) throws -> Response {
        .stored(try rows.first?.value(0) ?? "{}", version: try rows.first?.value(1) ?? 0)
    }
}

private struct WalletInput: Decodable {
    let currency: String
    let yearlySpend: Amount

    static let input = Input<WalletInput>(.json(ValueSchemas.spend)) { request in
        let said = try await request.model(WalletInput.self)
        _ = try FieldCheck.currency(said.currency)
        guard said.yearlySpend > .zero else { throw Problem.field("yearlySpend", "must be more than nothing") }
        try FieldCheck.money(said.yearlySpend, in: said.currency, "yearlySpend")
        return said
    }
}

private struct WeightInput: Decodable {
    let weights: [String: Double]

    static let input = Input<[(key: String, value: Double)]>(.json(ValueSchemas.weights)) {
        try await $0.model(WeightInput.self).checked()
    }

    /// In order of name, so that two that come together do not wait for each other crosswise.
    private func checked() throws -> [(key: String, value: Double)] {
        for (name, weight) in weights {
            guard ScoreStore.behaviours.contains(name) else {
                let known = ScoreStore.behaviours.joined(separator: ", ")
                throw Problem.field("weights.\(name)", "is no behaviour; there are \(known)")
            }
            guard weight.isFinite, abs(weight) <= 1_000_000 else {
                throw Problem.field("weights.\(name)", "must be a number from -1000000 to 1000000")
            }
        }
        return weights.sorted { $0.key < $1.key }
    }
}

/// Where a page of customers by net revenue ended.
private struct ValueCursor {
    var net = Int.max
    var party = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    init(net: Int, party: UUID) {
        self.net = net
        self.party = party
    }

    init(_ text: String?) throws {
        guard let text else { return }
        let parts = try PageCursor.parts(text, 2)
        guard let net = Int(parts[0]), let party = UUID(text: parts[1]) else { throw PageCursor.refusal }
        self.net = net
        self.party = party
    }

    var text: String { PageCursor.text("\(net)", party.text) }
}
