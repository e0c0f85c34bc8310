import Postgres

/// The SQL of parties.
enum PartyStore {
    static let statements = [
        insert, insertReference, addMissing, upsertFromERP, lock, update, get, byName, byEmail, byPhone, byReference,
        page,
    ]

    /// A party as JSON, as the routes show it. `p` is the party.
    static let json = """
        json_build_object('id', p.id, 'version', p.version, 'kind', p.kind, 'name', p.name, 'email', p.email,
            'phone', p.phone, 'language', p.language, 'timeZone', p.time_zone, 'country', p.country, 'notes', p.notes,
            'tags', p.tags, 'mergedInto', p.merged_into, 'createdAt', p.created_at, 'updatedAt', p.updated_at,
            'references', (SELECT coalesce(json_agg(json_build_object('system', r.system, 'reference', r.reference)), '[]')
                FROM party_reference r WHERE r.party_id = p.id))
        """

    static let insert = Statement(
        "party.insert",
        """
        INSERT INTO party (id, kind, name, email, phone, language, time_zone, country, notes, tags)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10::text[], '{}'))
        RETURNING version
        """)

    static let insertReference = Statement(
        "party.insert_reference",
        "INSERT INTO party_reference (system, reference, party_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")

    /// Parties of orders that came before their customer: named by their number until the master record comes.
    static let addMissing = Statement(
        "party.add_missing",
        """
        WITH incoming AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS n(id, customer_no)),
        created AS (
            INSERT INTO party (id, kind, name)
            SELECT i.id, 'consumer', i.customer_no FROM incoming i
            WHERE NOT EXISTS (SELECT 1 FROM party p WHERE p.id = i.id)
            ON CONFLICT DO NOTHING RETURNING id, name, version),
        referenced AS (
            INSERT INTO party_reference (system, reference, party_id) SELECT 'erp', name, id FROM created
            ON CONFLICT DO NOTHING)
        INSERT INTO outbox (topic, key, seq, type, payload)
        SELECT 'crm.contacts', id::text, version, 'contacts.party.created.v1', json_build_object(
            'partyId', id, 'kind', 'consumer', 'name', name, 'customerNo', name)::text
        FROM created
        """)

    /// The ERP's customer master, absolute: what it does not say stays as it was.
    static let upsertFromERP = Statement(
        "party.upsert_from_erp",
        """
        WITH incoming AS (
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::text[]) AS n(id, customer_no, kind, name, email, phone, language, time_zone, country)),
        written AS (
            INSERT INTO party AS p (id, kind, name, email, phone, language, time_zone, country)
            SELECT id, coalesce(i.kind, o.kind, 'consumer'), i.name, i.email, i.phone, i.language, i.time_zone, i.country
            FROM incoming i LEFT JOIN party o USING (id)
            ON CONFLICT (id) DO UPDATE SET version = p.version + 1, kind = excluded.kind,
                name = excluded.name, email = coalesce(excluded.email, p.email),
                phone = coalesce(excluded.phone, p.phone), language = coalesce(excluded.language, p.language),
                time_zone = coalesce(excluded.time_zone, p.time_zone),
                country = coalesce(excluded.country, p.country), updated_at = now()
            WHERE (p.kind, p.name, p.email, p.phone, p.language, p.time_zone, p.country) IS DISTINCT FROM
                (excluded.kind, excluded.name, coalesce(excluded.email, p.email),
                coalesce(excluded.phone, p.phone), coalesce(excluded.language, p.language),
                coalesce(excluded.time_zone, p.time_zone), coalesce(excluded.country, p.country))
            RETURNING p.*),
        referenced AS (
            INSERT INTO party_reference (system, reference, party_id)
            SELECT 'erp', i.customer_no, i.id FROM incoming i JOIN written USING (id) ON CONFLICT DO NOTHING)
        INSERT INTO outbox (topic, key, seq, type, payload)
        SELECT 'crm.contacts', w.id::text, w.version,
            CASE WHEN w.version = 1 THEN 'contacts.party.created.v1' ELSE 'contacts.party.changed.v1' END,
            json_build_object('partyId', w.id, 'kind', w.kind, 'name', w.name, 'email', w.email, 'phone', w.phone,
                'language', w.language, 'timeZone', w.time_zone, 'country', w.country,
                'customerNo', i.customer_no)::text
        FROM written w JOIN incoming i USING (id)
        """)

    static let lock = Statement(
        "party.lock",
        """
        SELECT version, kind, name, email, phone, language, time_zone, country, notes, tags,
            (SELECT reference FROM party_reference WHERE party_id = $1 AND system = 'erp' LIMIT 1)
        FROM party WHERE id = $1 FOR UPDATE
        """)

    static let update = Statement(
        "party.update",
        """
        UPDATE party p SET version = version + 1, kind = $2, name = $3, email = $4, phone = $5, language = $6,
            time_zone = $7, country = $8, notes = $9, tags = coalesce($10::text[], tags), updated_at = now()
        WHERE id = $1 RETURNING \(json)::text
        """)

    static let get = Statement("party.get", "SELECT \(json)::text, p.version FROM party p WHERE p.id = $1")

    static let byName = Statement(
        "party.by_name",
        """
        SELECT \(json)::text FROM party p
        WHERE lower(p.name) LIKE $1 AND p.merged_into IS NULL ORDER BY lower(p.name), p.id LIMIT $2
        """)

    static let byEmail = Statement(
        "party.by_email",
        "SELECT \(json)::text FROM party p WHERE lower(p.email) LIKE $1 AND p.merged_into IS NULL LIMIT $2")

    static let byPhone = Statement(
        "party.by_phone",
        "SELECT \(json)::text FROM party p WHERE reverse(p.phone) LIKE $1 AND p.merged_into IS NULL LIMIT $2")

    static let byReference = Statement(
        "party.by_reference",
        """
        SELECT \(json)::text FROM party_reference f JOIN party p ON p.id = f.party_id
        WHERE f.system = $1 AND f.reference = $2
        """)

    static let page = Statement(
        "party.page",
        """
        SELECT \(json)::text, lower(p.name), p.id FROM party p
        WHERE (lower(p.name), p.id) > ($1, $2) AND p.merged_into IS NULL
        ORDER BY lower(p.name), p.id LIMIT $3
        """)
}
