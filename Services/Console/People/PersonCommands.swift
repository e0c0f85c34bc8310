import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// Changes of persons that people and programs ask for.
@Loop
enum PersonCommands {
    /// Refuses what no single field can say.
    static func check(_ new: PersonState, _ old: PersonState?, in transaction: Transaction) async throws {
        let teams = new.teams.filter { old?.teams.contains($0) != true }
        let territories = new.territories.filter { old?.territories.contains($0) != true }
        if let missing = try await transaction.rows(PersonStore.missing, teams, territories).first {
            throw Directory.unknown(missing, missing == "teams" ? "a team" : "a territory")
        }
        if let manager = new.managerId, manager != old?.managerId {
            transaction.enqueue(TreeStore.lock)
            guard try await !transaction.rows(PersonStore.exists, manager).isEmpty else {
                throw Directory.unknown("managerId", "a person")
            }
            if try await transaction.rows(PersonStore.loop, new.personId, manager).first == true {
                throw Problem(status: 422, detail: "The person would report to himself in the end.")
            }
        }
        if old?.isAdministrator == true, !new.isAdministrator {
            // Alone, or two administrators could each end the other.
            transaction.enqueue(TreeStore.lock)
            guard try await transaction.rows(PersonStore.otherAdministrator, new.personId).first == true else {
                throw Problem(
                    status: .conflict,
                    detail: "Nobody else is an administrator; make another one before, or nobody could.")
            }
        }
    }

    /// Gives a person roles in place of those before.
    static func grant(_ id: UUID, _ roles: [String], in transaction: Transaction) async throws {
        let own = roles.filter { BuiltInRole.named[$0] == nil }
        let known = own.isEmpty ? [] : Set(try await transaction.rows(RoleStore.named, own).map(\.0))
        if let unknown = own.first(where: { !known.contains($0) }) {
            throw Problem(
                status: 422, detail: "There is no role \(unknown).",
                errors: [FieldError(field: "roles", message: "names a role that there is not")])
        }
        try await PersonState.kept.change(id, in: transaction) { person in
            guard person.status == "active" else { throw Self.ended }
            person.roles = Set(roles).sorted()
        }
    }

    /// Ends a person: who has left may nothing any more. What the person owned stays his until it is handed over.
    static func end(_ id: UUID, in transaction: Transaction) async throws {
        try await PersonState.kept.change(id, in: transaction) { $0.status = "ended" }
        transaction.enqueue(SessionStore.endOthers, id, nil, "the person has left")
    }

    /// Takes a person back who had left, without the roles of before.
    static func takeBack(_ id: UUID, in transaction: Transaction) async throws {
        try await PersonState.kept.change(id, in: transaction) { person in
            guard person.status == "ended" else { return }
            person.status = "active"
            person.roles = []
        }
    }

    private static var ended: Problem { Problem(status: .conflict, detail: "The person has left.") }
}

/// The roles that somebody is to have.
struct Granted: Decodable {
    let roles: [String]

    static let input = Input.command(Granted.self) { said in
        guard said.roles.count <= 20 else { throw Problem.field("roles", "must have at most 20 elements") }
        return said.roles
    }
}
