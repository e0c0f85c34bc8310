import Crypto
import FoundationEssentials

/// Somebody of the firm, as the console publishes him: whose things are, who does them, and who may sign in.
public struct PersonState: Codable, Sendable, Equatable {
    /// The person.
    public var personId: UUID
    /// How the person is called.
    public var name: String
    /// Where mails reach the person; of those who are here nobody else has it.
    public var email: String?
    /// Where calls reach the person.
    public var phone: String?
    /// What the person does, in the firm's words.
    public var title: String?
    /// What the ERP or a file calls the person.
    public var externalId: String?
    /// Whom the person reports to.
    public var managerId: UUID?
    /// The teams that the person is of.
    public var teams: [UUID]
    /// The territories that are the person's.
    public var territories: [UUID]
    /// The roles, by name: what the person may.
    public var roles: [String]
    /// What the person can do, in the firm's words.
    public var skills: [String]
    /// How much the person takes on at once; nil where nobody has said.
    public var capacity: Int?
    /// `zh` or `en`.
    public var language: String?
    /// The time zone, as `Asia/Shanghai`.
    public var zone: String?
    /// `active` or `ended`.
    public var status: String

    /// Describes a person.
    public init(
        personId: UUID, name: String = "", email: String? = nil, phone: String? = nil, title: String? = nil,
        externalId: String? = nil, managerId: UUID? = nil, teams: [UUID] = [], territories: [UUID] = [],
        roles: [String] = [], skills: [String] = [], capacity: Int? = nil, language: String? = nil,
        zone: String? = nil, status: String = "active"
    ) {
        self.personId = personId
        self.name = name
        self.email = email
        self.phone = phone
        self.title = title
        self.externalId = externalId
        self.managerId = managerId
        self.teams = teams
        self.territories = territories
        self.roles = roles
        self.skills = skills
        self.capacity = capacity
        self.language = language
        self.zone = zone
        self.status = status
    }
}

/// A person is as told from now on.
public struct PersonChanged: EventData, Codable {
    /// `people.person.changed`.
    public static let type = "people.person.changed"
    /// The person.
    public let person: PersonState
    /// Tells of a person.
    public init(person: PersonState) { self.person = person }
}

/// People who work together.
public struct TeamState: Codable, Sendable, Equatable {
    /// The team.
    public var teamId: UUID
    /// How it is called.
    public var name: String
    /// The team that it is a part of.
    public var parentId: UUID?
    /// Who leads it.
    public var leaderId: UUID?
    /// `active` or `ended`.
    public var status: String

    /// Describes a team.
    public init(
        teamId: UUID, name: String = "", parentId: UUID? = nil, leaderId: UUID? = nil, status: String = "active"
    ) {
        self.teamId = teamId
        self.name = name
        self.parentId = parentId
        self.leaderId = leaderId
        self.status = status
    }
}

/// A team is as told from now on.
public struct TeamChanged: EventData, Codable {
    /// `people.team.changed`.
    public static let type = "people.team.changed"
    /// The team.
    public let team: TeamState
    /// Tells of a team.
    public init(team: TeamState) { self.team = team }
}

/// A part of the market; with those below it a tree.
public struct TerritoryState: Codable, Sendable, Equatable {
    /// The territory.
    public var territoryId: UUID
    /// How it is called.
    public var name: String
    /// The territory that it lies in.
    public var parentId: UUID?
    /// `active` or `ended`.
    public var status: String

    /// Describes a territory.
    public init(territoryId: UUID, name: String = "", parentId: UUID? = nil, status: String = "active") {
        self.territoryId = territoryId
        self.name = name
        self.parentId = parentId
        self.status = status
    }
}

/// A territory is as told from now on.
public struct TerritoryChanged: EventData, Codable {
    /// `people.territory.changed`.
    public static let type = "people.territory.changed"
    /// The territory.
    public let territory: TerritoryState
    /// Tells of a territory.
    public init(territory: TerritoryState) { self.territory = territory }
}

/// A time in which somebody is away.
public struct AbsenceState: Codable, Sendable, Equatable {
    /// The absence.
    public var absenceId: UUID
    /// Who is away.
    public var personId: UUID
    /// The first day, in the person's zone.
    public var from: CalendarDay
    /// The last day.
    public var until: CalendarDay
    /// Who stands in.
    public var substituteId: UUID?
    /// `active` or `ended`: it was taken back.
    public var status: String

    /// Describes an absence.
    public init(
        absenceId: UUID, personId: UUID, from: CalendarDay, until: CalendarDay, substituteId: UUID? = nil,
        status: String = "active"
    ) {
        self.absenceId = absenceId
        self.personId = personId
        self.from = from
        self.until = until
        self.substituteId = substituteId
        self.status = status
    }
}

/// An absence is as told from now on.
public struct AbsenceChanged: EventData, Codable {
    /// `people.absence.changed`.
    public static let type = "people.absence.changed"
    /// The absence.
    public let absence: AbsenceState
    /// Tells of an absence.
    public init(absence: AbsenceState) { self.absence = absence }
}

/// What those may who have it.
public struct RoleState: Codable, Sendable, Equatable {
    /// The role.
    public var roleId: UUID
    /// How it is called; persons have it by this name.
    public var name: String
    /// What it is for.
    public var purpose: String?
    /// The rights: `leads.read`, `leads.*`, `*.read`.
    public var rights: [String]
    /// Whose things: `own`, `team`, `territory` or `all`.
    public var scope: String
    /// `active` or `ended`.
    public var status: String

    /// Describes a role.
    public init(
        roleId: UUID, name: String = "", purpose: String? = nil, rights: [String] = [], scope: String = "own",
        status: String = "active"
    ) {
        self.roleId = roleId
        self.name = name
        self.purpose = purpose
        self.rights = rights
        self.scope = scope
        self.status = status
    }
}

/// A role is as told from now on.
public struct RoleChanged: EventData, Codable {
    /// `people.role.changed`.
    public static let type = "people.role.changed"
    /// The role.
    public let role: RoleState
    /// Tells of a role.
    public init(role: RoleState) { self.role = role }
}

/// The keys with which tokens are signed that count from now on: whoever hears it can check tokens without asking.
public struct SigningKeysChanged: EventData, Codable {
    /// `people.signing-keys.changed`.
    public static let type = "people.signing-keys.changed"
    /// Its key on the topic.
    public static let key = "signing-keys"
    /// Each of them.
    public let keys: [WebKey]
    /// Tells of keys.
    public init(keys: [WebKey]) { self.keys = keys }
}
