import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Text

/// Gathers all that the services hold on a person into one archive (GDPR, articles 15 and 20): asked for by an event, answered by events,
/// and kept for a week.
@Loop
enum Archive {
    /// The timer that ends an archive's time.
    static let timer = "archive-expiry"
    private static let lifetime = 7.0 * 86_400

    /// Asks for an archive of a party and of all that are merged into it; contacts' own part is there at once.
    static func begin(_ party: UUID, by person: String?, in transaction: Transaction) async throws -> UUID {
        let rows = try await transaction.query(ErasureStore.lock, party)
        let parties: [UUID] = try rows.map { try $0.value(0) }
        guard parties.contains(party) else { throw Problem.missing("party", party) }
        let id = UUID.v7()
        Outbox.carryTrace(in: transaction)
        transaction.enqueue(ArchiveStore.put, id, party, parties, person)
        for one in parties {
            let pieces = try await contactsPersonalData.pieces(of: one, in: transaction)
            let own = pieces.enumerated().map { Piece(one, id, $0.offset, pieces.count, $0.element) }
            receive(own, from: contactsOwner, transaction)
        }
        transaction.enqueue(ArchiveStore.ask, id, parties)
        Timers.set(kind: timer, key: id.text, dueAt: Date(timeIntervalSinceNow: lifetime), in: transaction)
        return id
    }

    /// Hears the other services' parts.
    static func subscribe(_ subscriptions: inout Subscriptions) {
        on(ErasureOwners.Sales.self, &subscriptions)
        on(ErasureOwners.Campaigns.self, &subscriptions)
        on(ErasureOwners.Tickets.self, &subscriptions)
        on(ErasureOwners.Notifications.self, &subscriptions)
    }

    static func expire(_ due: [DueTimer], _ transaction: Transaction) async throws {
        transaction.enqueue(ArchiveStore.expire, due.compactMap { UUID(text: $0.key) })
    }

    private struct Piece {
        let party: UUID
        let archive: UUID
        let number: Int
        let count: Int
        let bytes: [UInt8]

        init(_ party: UUID, _ archive: UUID, _ number: Int, _ count: Int, _ bytes: [UInt8]) {
            self.party = party
            self.archive = archive
            self.number = number
            self.count = count
            self.bytes = bytes
        }
    }

    private static func on<Owner: ErasureOwner>(_ owner: Owner.Type, _ subscriptions: inout Subscriptions) {
        subscriptions.on(ArchiveDelivered<Owner>.self) { events, transaction in
            let pieces = events.map(\.data).map {
                Piece($0.partyId, $0.archiveId, $0.piece, $0.pieces, Base64.decode($0.bytes) ?? [])
            }
            receive(pieces, from: Owner.name, transaction)
        }
    }

    private static func receive(_ pieces: [Piece], from service: String, _ transaction: Transaction) {
        transaction.enqueue(
            ArchiveStore.receive, pieces.map(\.archive), pieces.map(\.party), pieces.map(\.number), pieces.map(\.count),
            pieces.map { SQLBytes($0.bytes) }, service)
    }
}

@Loop
func archiveRoutes(_ context: ServiceContext) -> [Route] {
    @Loop func stored(_ id: UUID) async throws -> (json: String, isComplete: Bool) {
        let found = try await context.rows(ArchiveStore.get, id)
        guard let archive = found.first else { throw Problem.missing("archive", id) }
        return archive
    }
    return [
        Route(
            .post, "/v1/parties/{id}/archives", "Gathers all that every service holds on a person", tag: "privacy",
            access: .erase,
            parameters: [.path("id", .uuid, "The party, with all merged into it"), .idempotencyKey],
            body: ArchiveInput.input.body, gives: .json(.made, .created), refuses: [422]
        ) { request in
            let party = try request.id()
            let said = try await ArchiveInput.input.read(request)
            let by = request.actor(for: said)
            return try await context.create(request) { transaction in
                let id = try await Archive.begin(party, by: by, in: transaction)
                return try .made(id, at: "/v1/archives")
            }
        },
        Route(
            .get, "/v1/archives/{id}", "What is there of an archive", tag: "privacy", access: .erase,
            parameters: [.path("id", .uuid, "The archive")], gives: .json(archiveSchema)
        ) { request in
            .stored(try await stored(try request.id()).json)
        },
        Route(
            .get, "/v1/archives/{id}/file", "The archive: a ZIP with a JSON file for each service and party",
            tag: "privacy", access: .erase, parameters: [.path("id", .uuid, "The archive")],
            gives: .bytes("application/zip"), refuses: [409]
        ) { request in
            let id = try request.id()
            let (overview, isComplete) = try await stored(id)
            guard isComplete else {
                throw Problem(status: .conflict, detail: "Not all services have delivered their parts yet.")
            }
            return Response.stream(contentType: "application/zip") { writer in
                var zip = ZipFile()
                try await writer.write(try zip.file("archive.json", Array(overview.utf8)))
                for file in try await context.query(ArchiveStore.files, id) {
                    let (service, party): (String, UUID) = (try file.value(0), try file.value(1))
                    var content: [UInt8] = []
                    for piece in try await context.query(ArchiveStore.pieces, id, service, party) {
                        let bytes: SQLBytes = try piece.value(0)
                        content += bytes.bytes
                    }
                    try await writer.write(try zip.file("\(service)/\(party.text).json", content))
                }
                try await writer.write(zip.end())
            }.with("content-disposition", "attachment; filename=\"archive-\(id.text).zip\"")
        },
    ]
}

private struct ArchiveInput: Decodable {
    let by: String?

    /// On whose behalf it is asked for, where that is told.
    static let input: Input<String?> = Input(.json(.object([.init("by", .string, required: false, "On whose behalf")])))
    {
        try FieldCheck.text(await $0.model(ArchiveInput.self).by, "by", atMost: 200)
    }
}

private let archiveSchema = Schema.object([
    .init("id", .uuid), .init("partyId", .uuid), .init("parties", .array(.uuid)),
    .init("requestedBy", .nullable(.string)), .init("requestedAt", .dateTime), .init("expiresAt", .dateTime),
    .init("isComplete", .boolean, "Whether each service has delivered its part for each party"),
    .init(
        "parts",
        .array(.object([.init("service", .string), .init("partyId", .uuid), .init("bytes", .integer())])),
        "What has come whole"),
])
