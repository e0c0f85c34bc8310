import Postgres

/// The SQL of the suppression list.
enum SuppressionStore {
    static let statements = [add]

    static let add = Statement(
        "suppression.add",
        """
        INSERT INTO suppression (address, reason) VALUES (lower($1), $2)
        ON CONFLICT (address) DO UPDATE SET reason = excluded.reason
        """)
}
