import Postgres

/// The SQL of roles.
enum RoleStore {
    static let statements: [any Preparable] = [named, shown]

    /// The rights of the firm's own roles that some names lead to, with their scopes.
    static let named = Query(
        "role.named", takes: [String].self, gives: String.self, String.self, String.self,
        sql: """
            SELECT name, scope, array_to_string(rights, ' ') FROM role
            WHERE name = ANY($1::text[]) AND status = 'active' ORDER BY name
            """)

    /// As people see them.
    static let shown = Query(
        "role.shown", gives: String.self, String?.self, String.self, String.self,
        sql: """
            SELECT name, purpose, array_to_string(rights, ' '), scope FROM role WHERE status = 'active' ORDER BY name
            LIMIT 500
            """)

    static let migration = Migration(
        "m202611302219_roles",
        """
        -- The firm's own roles; those that are built in stand in the program.
        CREATE TABLE role (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, name text NOT NULL, purpose text,
            rights text[] NOT NULL, scope text NOT NULL DEFAULT 'own'
                CHECK (scope IN ('own', 'team', 'territory', 'all')),
            status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'ended')),
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE UNIQUE INDEX role_name ON role (name);
        """)
}
