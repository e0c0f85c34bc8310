import CRMModel
import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of persons.
enum PersonStore {
    static let statements: [any Preparable] = [
        exists, missing, loop, otherAdministrator, page, shown, one, placed, choices, byAddress, everByAddress, reports,
    ]

    static let exists = Query(
        "person.exists", takes: UUID.self, gives: UUID.self, sql: "SELECT id FROM person WHERE id = $1")

    /// The field that names a team or a territory that there is not.
    static let missing = Query(
        "person.missing", takes: [UUID].self, [UUID].self, gives: String.self,
        sql: """
            SELECT 'teams' WHERE EXISTS (
                SELECT FROM unnest($1::uuid[]) n(id) WHERE NOT EXISTS (SELECT FROM team t WHERE t.id = n.id))
            UNION ALL SELECT 'territories' WHERE EXISTS (
                SELECT FROM unnest($2::uuid[]) n(id) WHERE NOT EXISTS (SELECT FROM territory t WHERE t.id = n.id))
            """)

    static let loop = TreeStore.loop("person", "manager_id")

    /// Whether another than one is an administrator.
    static let otherAdministrator = Query(
        "person.other_administrator", takes: UUID.self, gives: Bool.self,
        sql: """
            SELECT EXISTS (SELECT FROM person
                WHERE id <> $1 AND status = 'active' AND 'administrator' = ANY(roles))
            """)

    /// A page in order of id, of those that the filters leave: status, team, role, and how a name, an address or an id of others begins.
    static let page = Query(
        "person.filtered", takes: UUID?.self, String?.self, UUID?.self, String?.self, String?.self, Int.self,
        gives: String.self, UUID.self,
        sql: """
            SELECT \(PersonState.record.json), o.id \(PersonState.record.from)
            WHERE ($1::uuid IS NULL OR o.id > $1) AND ($2::text IS NULL OR o.status = $2)
                AND ($3::uuid IS NULL OR $3 = ANY(o.teams)) AND ($4::text IS NULL OR $4 = ANY(o.roles))
                AND ($5::text IS NULL OR lower(o.name) LIKE lower($5) OR lower(o.email) LIKE lower($5)
                    OR o.external_id LIKE $5)
            ORDER BY o.id LIMIT $6
            """)

    /// As people see them: a page in order of id, of those whose name or address begins so.
    static let shown = Query(
        "person.shown", takes: UUID?.self, String?.self, Int.self,
        gives: UUID.self, String.self, String?.self, String?.self, String.self, Bool.self,
        sql: """
            SELECT id, name, email, title, array_to_string(roles, ' '), status = 'active' FROM person
            WHERE ($1::uuid IS NULL OR id > $1)
                AND ($2::text IS NULL OR lower(name) LIKE lower($2) OR lower(email) LIKE lower($2))
            ORDER BY id LIMIT $3
            """)
    /// How a person is called, and his address.
    static let one = Query(
        "person.named", takes: UUID.self, gives: String.self, String?.self,
        sql: "SELECT name, email FROM person WHERE id = $1")
    /// Whom a person reports to, and the names of his teams and territories, parted by a sign that none of them has.
    static let placed = Query(
        "person.placed", takes: UUID.self, gives: String?.self, String?.self, String?.self,
        sql: """
            SELECT m.name,
                (SELECT string_agg(t.name, E'\\x1f' ORDER BY t.name) FROM team t WHERE t.id = ANY(p.teams)),
                (SELECT string_agg(t.name, E'\\x1f' ORDER BY t.name) FROM territory t WHERE t.id = ANY(p.territories))
            FROM person p LEFT JOIN person m ON m.id = p.manager_id WHERE p.id = $1
            """)
    /// Those whom a form names by their addresses.
    static let choices = Query(
        "person.choices", gives: String.self, String.self,
        sql: """
            SELECT coalesce(email, ''), name FROM person WHERE status = 'active' AND email IS NOT NULL ORDER BY lower(name), id LIMIT 300
            """)
    /// The same, of those who have left too: the last who had it.
    static let everByAddress = Query(
        "person.ever_by_address", takes: String.self, gives: UUID.self,
        sql: "SELECT id FROM person WHERE lower(email) = lower($1) ORDER BY status = 'active' DESC, id DESC LIMIT 1")
    /// Who reports to a person.
    static let reports = Query(
        "person.reports", takes: UUID.self, gives: UUID.self, String.self,
        sql: """
            SELECT id, name FROM person WHERE manager_id = $1 AND status = 'active' ORDER BY lower(name), id LIMIT 200
            """)
    static let byAddress = Query(
        "person.by_address", takes: String.self, gives: UUID.self,
        sql: "SELECT id FROM person WHERE lower(email) = lower($1) AND status = 'active'")

    static let migration = Migration(
        "m202611302228_people",
        """
        -- Who is of the firm, or was: what others own names them for ever.
        CREATE TABLE person (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, name text NOT NULL, email text, phone text,
            title text, external_id text, manager_id uuid, teams uuid[] NOT NULL DEFAULT '{}',
            territories uuid[] NOT NULL DEFAULT '{}', roles text[] NOT NULL DEFAULT '{}',
            skills text[] NOT NULL DEFAULT '{}', capacity bigint, language text, zone text,
            status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'ended')),
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        );
        -- Who has left leaves his address to whoever gets it next.
        CREATE UNIQUE INDEX person_email ON person (lower(email)) WHERE status = 'active';
        CREATE UNIQUE INDEX person_external ON person (external_id) WHERE status = 'active';
        """)
}
