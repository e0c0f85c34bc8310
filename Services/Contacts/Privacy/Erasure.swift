import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Forgets persons: here at once, in the other services when they hear of it; each writes a receipt.
@Loop
enum Erasure {
    /// Erases a party and all that are merged into it; answers the erasure's id.
    static func begin(
        _ party: UUID, by person: String?, reason: String?, in transaction: Transaction
    ) async throws -> UUID {
        _ = try await Redirects.claim(circleOf: [party], in: transaction)
        let rows = try await transaction.query(ErasureStore.lock, party)
        let parties: [UUID] = try rows.map { try $0.value(0) }
        guard parties.contains(party) else { throw Problem.missing("party", party) }
        for row in rows where try row.value(0) == party {
            guard let survivor: UUID = try row.value(1) else { continue }
            throw Problem(
                status: .conflict, detail: "Party \(party.text) is merged into \(survivor.text): erase that one.")
        }
        let id = UUID.v7()
        Outbox.carryTrace(in: transaction)
        transaction.enqueue(ErasureStore.put, id, party, parties, person, reason)
        let archives = ErasureLine(
            table: "party_archive", rows: try await transaction.query(ArchiveStore.forget, parties).affected,
            action: "removed", reason: nil)
        let records = try await transaction.query(ErasureStore.customerNumbers, parties).affected
        let senders = try await transaction.query(InteractionStore.forgetSenders, parties).affected
        for one in parties {
            var lines = try await contactsPersonalData.erase(one, in: transaction)
            if one == party { lines += topicLines(records, senders) + [archives] }
            try receive([(id, one, lines)], from: contactsOwner, transaction)
        }
        transaction.enqueue(ErasureStore.publish, parties, id)
        return id
    }

    /// What becomes of the topics that others write.
    private static func topicLines(_ records: Int, _ senders: Int) -> [ErasureLine] {
        [
            ErasureLine(
                table: "topic erp.customers", rows: records, action: "removed",
                reason:
                    "the topic is compacted: records go within two days, in a partition where messages go on coming; the ERP's own copy must "
                    + "be told by people"),
            ErasureLine(
                table: "topic channel.interactions", rows: senders, action: "removed",
                reason:
                    "the topic is compacted: what a sender told goes within two weeks; the channels' own copies must be told by people"
            ),
            ErasureLine(
                table: "topics erp.orders, logistics.shipments", rows: 0, action: "kept",
                reason: "the ERP's and the carrier's own; they carry the customer number, no name, no address"),
        ]
    }

    /// Hears the other services' receipts, and where the ERP's records of the erased end.
    static func subscribe(_ subscriptions: inout Subscriptions) {
        subscriptions.onEnd(ErasureStore.customerForgotten) { ends, transaction in
            try await again(ends.map(\.key), transaction)
        }
        on(ErasureOwners.Sales.self, &subscriptions)
        on(ErasureOwners.Campaigns.self, &subscriptions)
        on(ErasureOwners.Tickets.self, &subscriptions)
        on(ErasureOwners.Notifications.self, &subscriptions)
    }

    /// Erases again who was erased under customer numbers: a record that the ERP told before the end, and that was read behind the erasure, has
    /// brought the person back.
    private static func again(_ numbers: [String], _ transaction: Transaction) async throws {
        let parties = Set(numbers.flatMap(CustomerNumber.parties(ofKey:))).sorted()
        for party in try await transaction.rows(ErasureStore.returned, parties) {
            _ = try await contactsPersonalData.erase(party, in: transaction)
        }
    }

    private static func on<Owner: ErasureOwner>(_ owner: Owner.Type, _ subscriptions: inout Subscriptions) {
        subscriptions.on(ErasureCompleted<Owner>.self) { events, transaction in
            let receipts = events.map { ($0.data.erasureId, $0.data.partyId, $0.data.lines) }
            try receive(receipts, from: Owner.name, transaction)
        }
    }

    private static func receive(
        _ receipts: [(UUID, UUID, [ErasureLine])], from service: String, _ transaction: Transaction
    ) throws {
        transaction.enqueue(
            ErasureStore.receive, receipts.map(\.0), receipts.map(\.1),
            try receipts.map { SQLJSON(Array(try ModelJSON.encoder.encode($0.2))) }, service)
    }
}

@Loop
func privacyRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/parties/{id}/erasures", "Forgets a person in every service; cannot be undone", tag: "privacy",
            access: .erase,
            parameters: [.path("id", .uuid, "The party, with all merged into it"), .idempotencyKey],
            body: erasing.body, gives: .json(.made, .created), refuses: [409, 422]
        ) { request in
            let (party, said) = (try request.id(), try await erasing.read(request))
            return try await context.again {
                try await context.create(request) { transaction in
                    let id = try await Erasure.begin(
                        party, by: request.actor(for: said.by), reason: said.reason, in: transaction)
                    return try .made(id, at: "/v1/erasures")
                }
            }
        },
        Route(
            .get, "/v1/erasures/{id}", "An erasure with what each service removed or kept, and why", tag: "privacy",
            access: .erase,
            parameters: [.path("id", .uuid, "The erasure")], gives: .json(erasureSchema)
        ) { request in
            let id = try request.id()
            guard let json = try await context.rows(ErasureStore.get, id).first else {
                throw Problem.missing("erasure", id)
            }
            return .stored(json)
        },
    ]
}

private struct ErasureInput: Decodable {
    let by: String?
    let reason: String?
}

private let erasing = Input<(by: String?, reason: String?)>(
    .json(
        .object([
            .init("by", .string, required: false, "On whose behalf"),
            .init("reason", .string, required: false, "On what ground"),
        ]))
) { request in
    let said = try await request.model(ErasureInput.self)
    return (
        try FieldCheck.text(said.by, "by", atMost: 200), try FieldCheck.text(said.reason, "reason", atMost: 1000)
    )
}

private let lineSchema = Schema.object([
    .init("table", .string), .init("rows", .integer()), .init("action", .enumeration(["removed", "blanked", "kept"])),
    .init("reason", .string, required: false),
])

private let erasureSchema = Schema.object([
    .init("id", .uuid), .init("partyId", .uuid), .init("parties", .array(.uuid)),
    .init("requestedBy", .nullable(.string)), .init("reason", .nullable(.string)), .init("requestedAt", .dateTime),
    .init("isComplete", .boolean, "Whether each service has answered for each party"),
    .init(
        "receipts",
        .array(
            .object([
                .init("service", .string), .init("partyId", .uuid), .init("completedAt", .dateTime),
                .init("lines", .array(lineSchema)),
            ]))),
])
