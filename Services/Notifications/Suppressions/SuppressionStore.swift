import Postgres

/// The SQL of who gets no marketing: addresses on the suppression list, and parties that withdrew their consent.
enum SuppressionStore {
    static let statements = [add, withdraw, grant]

    static let add = Statement(
        "suppression.add",
        """
        INSERT INTO suppression (address, reason) VALUES (lower($1), $2)
        ON CONFLICT (address) DO UPDATE SET reason = excluded.reason
        """)

    static let withdraw = Statement(
        "suppression.withdraw",
        "INSERT INTO withdrawal SELECT * FROM unnest($1::uuid[], $2::text[]) ON CONFLICT DO NOTHING")

    static let grant = Statement(
        "suppression.grant",
        """
        DELETE FROM withdrawal w USING unnest($1::uuid[], $2::text[]) AS n(party_id, channel)
        WHERE w.party_id = n.party_id AND w.channel = n.channel
        """)
}
