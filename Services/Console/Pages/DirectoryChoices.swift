import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import Text

/// What forms of the directory choose among: people by their addresses, teams and territories by their names.
@Loop
struct DirectoryChoices {
    let people: [(email: String, name: String)]
    let teams: [(id: String, name: String)]
    let territories: [(id: String, name: String)]
    private let context: ServiceContext

    init(_ context: ServiceContext) async throws {
        self.context = context
        people = try await context.rows(PersonStore.choices).map { ($0, $1) }
        teams = try await context.rows(TeamStore.choices).map { ($0.text, $1) }
        territories = try await context.rows(TerritoryStore.choices).map { ($0.text, $1) }
    }

    /// Who has an address; nobody for an empty one, and a 400 about a field for one that nobody has.
    func person(_ address: String?, _ field: String) async throws -> UUID? {
        guard let address = address?.trimmed, !address.isEmpty else { return nil }
        guard let id = try await context.rows(PersonStore.byAddress, address).first else {
            throw Problem.field(field, "is the address of nobody here")
        }
        return id
    }

    /// The address of a person, as forms show him.
    func address(of person: UUID?) async throws -> String {
        guard let person else { return "" }
        return try await context.rows(PersonStore.one, person).first?.1 ?? ""
    }
}
