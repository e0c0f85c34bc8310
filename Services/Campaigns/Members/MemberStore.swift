import Postgres

/// The SQL of members.
enum MemberStore {
    static let statements = [
        addMissing, lock, upsert, consent, benefit, addOrders, present, end, get,
    ]

    /// Makes the members who are missing. Those who come to lock them wait here for whoever makes the same ones, while he waits for none
    /// of theirs.
    static let addMissing = Statement(
        "member.add_missing", locks: .newMembers,
        """
        INSERT INTO member (party_id) SELECT n.party_id FROM unnest($1::uuid[]) AS n(party_id)
        WHERE NOT EXISTS (SELECT FROM member m WHERE m.party_id = n.party_id)
        ORDER BY n.party_id ON CONFLICT DO NOTHING
        """)

    /// Locks members and those whom their facts count for.
    static let lock = Statement(
        "member.lock", locks: .members,
        """
        SELECT FROM member WHERE party_id IN (
            SELECT unnest($1::uuid[]) UNION SELECT survivor_id FROM party_redirect WHERE party_id = ANY($1::uuid[]))
        ORDER BY party_id FOR UPDATE
        """)

    /// Parties as contacts tells of them, whole each time. Rows in order of party.
    static let upsert = Statement(
        "member.upsert",
        """
        INSERT INTO member AS m (party_id, name, email, language)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
        ON CONFLICT (party_id) DO UPDATE SET name = excluded.name, email = excluded.email,
            language = excluded.language
        WHERE (m.name, m.email, m.language) IS DISTINCT FROM (excluded.name, excluded.email, excluded.language)
        """)

    /// Writes what members allow where it was decided later than what stands, or refused at the same time.
    static let consent = Statement(
        "member.consent",
        """
        INSERT INTO member AS m (party_id, may_mail, consent_decided_at)
        SELECT * FROM unnest($1::uuid[], $2::boolean[], $3::timestamptz[])
        ON CONFLICT (party_id) DO UPDATE SET may_mail = excluded.may_mail,
            consent_decided_at = excluded.consent_decided_at
        WHERE m.may_mail IS NULL OR (excluded.consent_decided_at, NOT excluded.may_mail)
            > (coalesce(m.consent_decided_at, '-infinity'), NOT m.may_mail)
        """)

    /// Writes what members value, and locks them, where they are not, for the segments that are worked out behind it.
    static let benefit = Statement(
        "member.benefit",
        """
        INSERT INTO member (party_id, benefit, is_benefit_declared)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::boolean[])
        ON CONFLICT (party_id) DO UPDATE SET benefit = excluded.benefit,
            is_benefit_declared = excluded.is_benefit_declared
        """)

    /// Counts orders, and locks the members, where they are not, for the segments that are worked out behind it.
    static let addOrders = Statement(
        "member.add_orders",
        """
        INSERT INTO member AS m (party_id, orders) SELECT * FROM unnest($1::uuid[], $2::bigint[])
        ON CONFLICT (party_id) DO UPDATE SET orders = m.orders + excluded.orders
        """)

    /// Which of some parties are members.
    static let present = Statement(
        "member.present", "SELECT party_id FROM member WHERE party_id = ANY($1::uuid[]) ORDER BY party_id")

    /// What contacts said of members whom it does not know any more has ended; what they bought stays, and what they refused.
    static let end = Statement(
        "member.end",
        """
        UPDATE member SET name = NULL, email = NULL, language = NULL, benefit = NULL, is_benefit_declared = false
        WHERE party_id = ANY($1::uuid[])
        """)

    static let get = Statement(
        "member.get",
        """
        SELECT json_build_object('partyId', m.party_id, 'name', m.name, 'email', m.email, 'language', m.language,
            'mayMail', m.may_mail, 'orders', m.orders, 'firstOrderAt', m.first_order_at,
            'lastOrderAt', m.last_order_at, 'benefit', m.benefit, 'nextCheckAt', m.next_check_at,
            'segments', (SELECT coalesce(json_agg(json_build_object('segment', s.segment, 'since', s.since,
                'reason', s.reason) ORDER BY s.segment), '[]') FROM segment_member s
                WHERE s.party_id = m.party_id))::text
        FROM member m WHERE m.party_id = $1
        """)
}
