import FoundationEssentials
import Postgres

/// The SQL of teams.
enum TeamStore {
    static let statements: [any Preparable] = [exists, leader, loop, shown, choices, led]

    static let exists = Query(
        "team.exists", takes: UUID.self, gives: UUID.self, sql: "SELECT id FROM team WHERE id = $1")
    static let leader = Query(
        "team.leader", takes: UUID.self, gives: UUID.self, sql: "SELECT id FROM person WHERE id = $1")
    static let loop = TreeStore.loop("team", "parent_id")

    /// As people see them: the team, what it is a part of, who leads it, how many are of it.
    static let shown = Query(
        "team.listed", gives: UUID.self, String.self, String?.self, String?.self, Int.self,
        sql: """
            SELECT t.id, t.name, p.name, l.name, (SELECT count(*) FROM person m WHERE t.id = ANY(m.teams) AND m.status = 'active')
            FROM team t LEFT JOIN team p ON p.id = t.parent_id LEFT JOIN person l ON l.id = t.leader_id
            WHERE t.status = 'active' ORDER BY lower(t.name), t.id LIMIT 500
            """)

    /// Those that a form chooses among.
    static let choices = Query(
        "team.choices", gives: UUID.self, String.self,
        sql: "SELECT id, name FROM team WHERE status = 'active' ORDER BY lower(name), id LIMIT 200")

    /// Those that a person leads.
    static let led = Query(
        "team.led", takes: UUID.self, gives: UUID.self, String.self,
        sql: "SELECT id, name FROM team WHERE leader_id = $1 AND status = 'active' ORDER BY lower(name), id LIMIT 200")

    static let migration = Migration(
        "m202611302209_teams",
        """
        -- People who work together; who is of one stands with the persons.
        CREATE TABLE team (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, name text NOT NULL, parent_id uuid, leader_id uuid,
            status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'ended')),
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        );
        """)
}
