import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func partyRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/parties", "Creates a party", tag: "parties", access: .change, body: .json(PartySchemas.new),
            gives: .json(.made, .created), refuses: [415, 422]
        ) { request in
            let input = try await request.model(PartyInput.self).checked()
            return try await context.create(request) { transaction in
                let party = try await PartyCommands.create(input, in: transaction)
                return try Response.made(party.partyId, at: "/v1/parties")
            }
        },
        Route(
            .get, "/v1/parties/{id}", "One party", tag: "parties", access: .read, gives: .json(PartySchemas.party)
        ) { request in
            let id = try request.id()
            guard let row = try await context.query(PartyStore.get, id).first else {
                throw Problem.missing("party", id)
            }
            return .stored(try row.value(0), version: try row.value(1))
        },
        Route(
            .patch, "/v1/parties/{id}",
            "Changes the members given; null takes one away. A 412 has both versions, `current` and `yours`; a 409 names the survivor "
                + "of a party that is merged",
            tag: "parties", access: .change,
            parameters: [.ifMatch], body: .json(PartySchemas.change), gives: .json(PartySchemas.party),
            refuses: [409, 412, 415, 428]
        ) { request in
            let id = try request.id()
            let seen = try await Seen(request)
            let input = try await request.model(PartyInput.self).checked()
            return try await context.transaction { transaction in
                let (party, version) = try await PartyCommands.change(id, seen, input, in: transaction)
                return .stored(party, version: version)
            }
        },
    ]
}
