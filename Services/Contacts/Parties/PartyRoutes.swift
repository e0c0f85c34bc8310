import EventLoop
import HTTP
import ServiceKit

extension Resource {
    /// Parties over HTTP; their lists are a capability of their own.
    static let parties = Resource("party", at: "/v1/parties", schema: PartySchemas.party, get: PartyStore.get)
}

@Loop
func partyRoutes(_ context: ServiceContext) -> [Route] {
    [
        Resource.parties.create(context, .party(PartySchemas.new), refuses: [415]) { said, transaction in
            try await PartyCommands.create(said, in: transaction)
        },
        Resource.parties.one(context),
        Resource.parties.change(
            context, .party(PartySchemas.change),
            summary: """
                Changes the members given of a party; null takes one away. A 412 has both forms, `current` and `yours`; a 409 \
                names the survivor of a party that is merged
                """,
            refuses: [415]
        ) { id, seen, said, transaction in
            try await PartyCommands.change(id, seen, said, in: transaction)
        },
    ]
}

extension Input<PartyInput> {
    /// What is said of a party.
    fileprivate static func party(_ schema: Schema) -> Input {
        Input(.json(schema), takes: .text) { try await $0.model(PartyInput.self).checked() }
    }
}
