import FoundationEssentials
import Postgres

/// The SQL of territories.
enum TerritoryStore {
    static let statements: [any Preparable] = [exists, loop]

    static let exists = Query(
        "territory.exists", takes: UUID.self, gives: UUID.self, sql: "SELECT id FROM territory WHERE id = $1")
    static let loop = TreeStore.loop("territory", "parent_id")

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
