import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import Text

extension PersonState {
    /// The languages of the pages.
    static let languages = ["zh", "en"]

    /// Its fields. Roles are given by a command of its own, whose right is another than that of changing a telephone number.
    static let record = Record<PersonState>(
        "person", id: \.personId, blank: { PersonState(personId: $0) },
        [
            .needed("name", \.name, .text(200)), .optional("email", \.email, .mail),
            .optional("phone", \.phone, .text(50)), .optional("title", \.title, .text(100)),
            .optional("externalId", \.externalId, .text(100)), .optional("managerId", \.managerId),
            .needed("teams", \.teams, .each(.any, atMost: 20), required: false),
            .needed("territories", \.territories, .each(.any, atMost: 50), required: false),
            .needed("roles", \.roles, given: false),
            .needed("skills", \.skills, .each(.text(50), atMost: 50), required: false),
            .optional("capacity", \.capacity, .capacity), .optional("language", \.language, .word(languages)),
            .optional("zone", \.zone, .zone),
            .needed("status", \.status, given: false, shown: .enumeration(Directory.statuses)),
        ])

    /// How they are kept.
    static let kept = Kept<PersonState, PersonChanged>(
        record: record, resource: .people, blank: { PersonState(personId: $0) }, id: { $0.personId },
        tell: { PersonChanged(person: $0) }, told: { $0.person },
        check: { new, old, transaction in try await PersonCommands.check(new, old, in: transaction) },
        page: Kept<PersonState, PersonChanged>.page(record))

    /// Whether the person may do all there is to do.
    var isAdministrator: Bool { status == "active" && roles.contains("administrator") }
}

extension Rule<Int> {
    /// How much somebody takes on at once.
    fileprivate static var capacity: Rule {
        Rule(.integer(0...1000)) { value, name in
            guard (0...1000).contains(value) else { throw Problem.field(name, "must be from 0 to 1000") }
            return value
        }
    }
}

extension Rule<String> {
    /// A time zone of the IANA database.
    fileprivate static var zone: Rule {
        Rule { value, name in
            guard let zone = TimeZoneName.normal(value) else {
                throw Problem.field(name, "must be a time zone such as Asia/Shanghai")
            }
            return zone
        }
    }
}

extension Resource {
    /// Persons over HTTP.
    static let people = Resource(PersonState.record, at: "/v1/people")
}
