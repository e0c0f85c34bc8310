import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// What other systems call parties (C4); each is searched for by it from then on.
@Loop
func referenceRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .put, "/v1/parties/{id}/references/{system}/{reference}", "Says what another system calls a party (C4)",
            tag: "relations", access: .change, gives: .nothing, refuses: [409]
        ) { request in
            let (id, system, reference) = try request.reference()
            return try await context.transaction { transaction in
                var party = try Party(try await PartyCommands.lock(id, transaction))
                let (holder, isNew) =
                    try await transaction.rows(RelationStore.refer, system, reference, id).first ?? (nil, false)
                guard holder == id else {
                    throw Problem(
                        status: .conflict, detail: "\(system) \(reference) is party \(holder?.text ?? "unknown").",
                        errors: [FieldError(field: "reference", message: "belongs to another party")])
                }
                guard isNew else { return Response(.noContent) }
                party.references.append(reference)
                PartyCommands.index([party], transaction)
                transaction.enqueue(PartyStore.tellAgain, [id])
                return Response(.noContent)
            }
        },
        Route(
            .delete, "/v1/parties/{id}/references/{system}/{reference}", "Takes a reference back", tag: "relations",
            access: .change, gives: .nothing, refuses: [409]
        ) { request in
            let (id, system, reference) = try request.reference()
            return try await context.transaction { transaction in
                var party = try Party(try await PartyCommands.lock(id, transaction))
                let rows = try await transaction.query(RelationStore.unrefer, system, reference, id)
                guard !rows.isEmpty else { throw Problem(status: .notFound, detail: "There is no such reference.") }
                party.references.firstIndex(of: reference).map { _ = party.references.remove(at: $0) }
                PartyCommands.index([party], transaction)
                transaction.enqueue(PartyStore.tellAgain, [id])
                return Response(.noContent)
            }
        },
    ]
}

extension Request {
    /// The party, the system and the reference of the path. The ERP's number says which party it is: another that had it would have the
    /// ERP asked for a stranger.
    @Loop
    fileprivate func reference() throws -> (UUID, String, String) {
        let system = try FieldCheck.needed(path("system"), "system", atMost: 50)
        guard system != "erp" else {
            throw Problem(status: .conflict, detail: "What the ERP calls a party is the ERP's to say.")
        }
        return (try id(), system, try FieldCheck.needed(path("reference"), "reference", atMost: 200))
    }
}
