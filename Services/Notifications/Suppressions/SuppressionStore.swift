import FoundationEssentials
import Postgres

/// The SQL of who gets no marketing: addresses on the suppression list, and parties that withdrew their consent.
enum SuppressionStore {
    static let statements: [any Preparable] = [add, hear]

    static let add = Statement(
        "suppression.add",
        """
        INSERT INTO suppression (address, reason) VALUES (lower($1), $2)
        ON CONFLICT (address) DO UPDATE SET reason = excluded.reason
        """)

    /// Keeps what parties say of channels where it was decided later than what stands, or refused at the same time.
    static let hear = Query(
        "suppression.hear", takes: [UUID].self, [String].self, [Bool].self, [Date].self,
        sql: """
            WITH newest AS (
                INSERT INTO consent_word AS w (party_id, channel, granted, decided_at)
                SELECT * FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::timestamptz[])
                ON CONFLICT (party_id, channel) DO UPDATE SET granted = excluded.granted, decided_at = excluded.decided_at
                WHERE (excluded.decided_at, NOT excluded.granted) > (w.decided_at, NOT w.granted)
                RETURNING party_id, channel, granted),
            lifted AS (
                DELETE FROM withdrawal w USING newest n
                WHERE n.granted AND w.party_id = n.party_id AND w.channel = n.channel)
            INSERT INTO withdrawal (party_id, channel) SELECT party_id, channel FROM newest WHERE NOT granted
            ON CONFLICT DO NOTHING
            """)
}
