import FoundationEssentials
import Postgres

/// The SQL of territories.
enum TerritoryStore {
    static let statements: [any Preparable] = [exists, loop, shown, choices]

    static let exists = Query(
        "territory.exists", takes: UUID.self, gives: UUID.self, sql: "SELECT id FROM territory WHERE id = $1")
    static let loop = TreeStore.loop("territory", "parent_id")

    /// As people see them, each behind what it is a part of: the territory, its name, the path above it, whose it is, how many parts it has.
    static let shown = Query(
        "territory.listed", gives: UUID.self, String.self, String?.self, Int.self, Int.self,
        sql: """
            WITH RECURSIVE tree AS (
                SELECT id, name, NULL::text AS above, ARRAY[lower(name) || id] AS place FROM territory
                WHERE status = 'active' AND (parent_id IS NULL
                    OR NOT EXISTS (SELECT FROM territory p WHERE p.id = territory.parent_id AND p.status = 'active'))
                UNION ALL SELECT t.id, t.name, coalesce(u.above || ' › ', '') || u.name, u.place || (lower(t.name) || t.id)
                FROM territory t JOIN tree u ON t.parent_id = u.id WHERE t.status = 'active')
            SELECT u.id, u.name, u.above,
                (SELECT count(*) FROM person p WHERE u.id = ANY(p.territories) AND p.status = 'active'),
                (SELECT count(*) FROM territory c WHERE c.parent_id = u.id AND c.status = 'active')
            FROM tree u ORDER BY u.place LIMIT 500
            """)
    /// Those that a form chooses among.
    static let choices = Query(
        "territory.choices", gives: UUID.self, String.self,
        sql: "SELECT id, name FROM territory WHERE status = 'active' ORDER BY lower(name), id LIMIT 200")

    static let migration = Migration(
        "m202611302208_territories",
        """
        -- Parts of the market, a tree.
        CREATE TABLE territory (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, name text NOT NULL, parent_id uuid,
            status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'ended')),
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX territory_by_parent ON territory (parent_id) WHERE parent_id IS NOT NULL;
        """)
}
