import Postgres

/// The SQL of consent.
enum ConsentStore {
    static let statements = [decide, get]

    /// Records decisions that change something, and publishes them under the party's own sequence.
    static let decide = Statement(
        "consent.decide",
        """
        WITH incoming AS (
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[])
                AS n(party_id, channel, purpose, granted)),
        written AS (
            INSERT INTO consent AS c (party_id, channel, purpose, granted, source, decided_at)
            SELECT party_id, channel, purpose, granted, $5, now() FROM incoming
            ON CONFLICT (party_id, channel, purpose) DO UPDATE
                SET granted = excluded.granted, source = excluded.source, decided_at = excluded.decided_at
                WHERE c.granted IS DISTINCT FROM excluded.granted
            RETURNING c.*),
        kept AS (
            INSERT INTO consent_decision (party_id, channel, purpose, granted, source, decided_at)
            SELECT party_id, channel, purpose, granted, source, decided_at FROM written),
        raised AS (
            UPDATE party p SET version = p.version + 1 FROM (SELECT DISTINCT party_id FROM written) w
            WHERE p.id = w.party_id RETURNING p.id, p.version)
        INSERT INTO outbox (topic, key, seq, type, payload)
        SELECT 'crm.contacts', r.id::text, r.version, 'contacts.consent.changed.v1', json_build_object(
            'partyId', r.id, 'channel', w.channel, 'purpose', w.purpose, 'granted', w.granted, 'source', w.source)::text
        FROM raised r JOIN written w ON w.party_id = r.id
        """)

    static let get = Statement(
        "consent.get",
        """
        SELECT coalesce(json_agg(json_build_object('channel', channel, 'purpose', purpose, 'granted', granted,
            'source', source, 'decidedAt', decided_at) ORDER BY channel, purpose), '[]')::text
        FROM consent WHERE party_id = $1
        """)
}
