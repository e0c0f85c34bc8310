import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

extension RoleState {
    /// Whose things a right may reach.
    static let scopes = ["own", "team", "territory", "all"]

    /// Its fields.
    static let record = Record<RoleState>(
        "role", id: \.roleId, blank: { RoleState(roleId: $0) },
        [
            .needed("name", \.name, .roleName), .optional("purpose", \.purpose, .text()),
            .needed("rights", \.rights, .each(.right, atMost: 500)),
            .needed("scope", \.scope, .word(scopes), required: false),
            .needed("status", \.status, .word(Directory.statuses), required: false),
        ])

    /// How they are kept.
    static let kept = Kept<RoleState, RoleChanged>(
        record: record, resource: .roles, blank: { RoleState(roleId: $0) }, id: { $0.roleId },
        tell: { RoleChanged(role: $0) }, told: { $0.role },
        check: { new, old, _ in
            if BuiltInRole.named[new.name] != nil {
                throw Problem(status: .conflict, detail: "The role \(new.name) is built in and stays as it is.")
            }
            // Persons have it by its name: another would take it from all of them in silence.
            if let old, old.name != new.name {
                throw Problem(status: .conflict, detail: "A role keeps its name; make another and end this one.")
            }
        }, page: Kept<RoleState, RoleChanged>.page(record))
}

extension Rule<String> {
    /// What persons have a role by: small letters, digits and dashes.
    fileprivate static var roleName: Rule {
        Rule { value, name in
            let clean = try FieldCheck.needed(value, name, atMost: 50)
            guard clean.utf8.allSatisfy({ isSmall($0) || $0 == UInt8(ascii: "-") }) else {
                throw Problem.field(name, "must be small letters, digits and dashes such as key-accounts")
            }
            return clean
        }
    }

    /// A right, as routes have them.
    fileprivate static var right: Rule {
        Rule { value, name in
            do throws(UnknownRight) {
                _ = try RightSet(named: [value])
                return value
            } catch {
                throw Problem.field(name, "must be a right: \(error)")
            }
        }
    }

    private static func isSmall(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension Resource {
    /// Roles over HTTP.
    static let roles = Resource(RoleState.record, at: "/v1/roles")
}
