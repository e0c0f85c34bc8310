import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of what the ERP tells of customers.
enum CustomerStore {
    static let statements: [any Preparable] = [addMissing, insertFromERP, updateFromERP]

    /// Customers of the ERP's master, each of which is somebody here. What is told of them is mixed with what people write, and not compared;
    /// names of other systems are no difference.
    static let holding = Holding(
        "customers", on: .erpCustomers, isWhole: false,
        page: Query(
            "holding.customers", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT concat_ws(E'\\x1f', system, reference), 'a party' FROM party_reference
                WHERE (system, reference) > (\(Holding.part(1)), \(Holding.part(2))) ORDER BY system, reference LIMIT $2
                """), ends: { CustomerNumber.all(ofKey: $0).map { "\($0.system)\(Holding.mark)\($0.number)" } },
        [
            .init(CustomerUpserted.self) { told, _, _ in
                told.number.map { [ToldLine("\($0.system)\(Holding.mark)\($0.number)", "a party")] } ?? []
            }
        ])

    /// Parties of orders that came before their customer: named by their number until the master record comes.
    static let addMissing = Statement(
        "party.add_missing", locks: .newParties,
        """
        WITH incoming AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n(id, customer_no, system)),
        created AS (
            INSERT INTO party (id, kind, name)
            SELECT i.id, 'consumer', i.customer_no FROM incoming i
            LEFT JOIN LATERAL (SELECT true AS is_there FROM party p WHERE p.id = i.id LIMIT 1) p ON true
            WHERE is_there IS NULL ORDER BY i.id
            ON CONFLICT DO NOTHING RETURNING *),
        referenced AS (
            INSERT INTO party_reference (system, reference, party_id)
            SELECT i.system, i.customer_no, i.id FROM created JOIN incoming i USING (id)
            ON CONFLICT DO NOTHING)
        \(PartyStore.tell(PartyCreated.self, names: .first(system: "i.system", number: "i.customer_no")))
        FROM created p JOIN incoming i USING (id)
        """)

    /// What a record of the ERP's customer master says, of many customers.
    private static let told: [SQLShape] =
        [.parameter([UUID].self), .parameter([String].self), .parameter([String?].self), .parameter([String].self)]
        + Array(repeating: .parameter([String?].self), count: 5) + Array(repeating: .parameter([String].self), count: 5)
    private static let incoming = """
        incoming AS (
            SELECT n.*, n.more_text::jsonb AS more
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
                AS n(id, customer_no, kind, name, email, phone, language, time_zone, country, sort_name, search_text,
                    search_terms, system, more_text))
        """

    /// Customers of the ERP's master that are missing, in order.
    static let insertFromERP = Statement(
        "party.insert_from_erp", locks: .newParties,
        """
        WITH \(incoming),
        written AS (
            INSERT INTO party (id, kind, name, email, phone, language, time_zone, country, details, sort_name, search_text,
                search_terms)
            SELECT i.id, coalesce(i.kind, 'consumer'), i.name, i.email, i.phone, i.language, i.time_zone, i.country,
                i.more, i.sort_name, i.search_text, i.search_terms::integer[]
            FROM incoming i LEFT JOIN LATERAL (SELECT true AS is_there FROM party p WHERE p.id = i.id LIMIT 1) p ON true
            WHERE is_there IS NULL ORDER BY i.id
            ON CONFLICT DO NOTHING RETURNING *),
        referenced AS (
            INSERT INTO party_reference (system, reference, party_id)
            SELECT i.system, i.customer_no, i.id FROM incoming i JOIN written USING (id) ON CONFLICT DO NOTHING)
        \(PartyStore.tell(PartyCreated.self, names: .first(system: "i.system", number: "i.customer_no")))
        FROM written p JOIN incoming i USING (id)
        """, takes: told, gives: [])

    /// The ERP's customer master, absolute, of parties whose rows are locked: what it does not say stays as it was.
    static let updateFromERP = Statement(
        "party.update_from_erp",
        """
        WITH \(incoming),
        written AS (
            UPDATE party p SET version = p.version + 1, kind = coalesce(n.kind, p.kind),
                name = n.name, email = coalesce(n.email, p.email), phone = coalesce(n.phone, p.phone),
                language = coalesce(n.language, p.language), time_zone = coalesce(n.time_zone, p.time_zone),
                country = coalesce(n.country, p.country), sort_name = n.sort_name,
                details = p.details || \(PartyStore.led("emails", "address", by: "n.email"))
                    || \(PartyStore.led("phones", "number", by: "n.phone")) || n.more,
                search_terms = NULL, updated_at = now()
            FROM incoming n
            WHERE p.id = n.id AND ((p.kind, p.name, p.email, p.phone, p.language, p.time_zone, p.country) IS DISTINCT FROM
                (coalesce(n.kind, p.kind), n.name, coalesce(n.email, p.email), coalesce(n.phone, p.phone),
                coalesce(n.language, p.language), coalesce(n.time_zone, p.time_zone), coalesce(n.country, p.country))
                OR p.details || n.more IS DISTINCT FROM p.details)
                -- A record of before this life may be one of before its erasure too.
                AND (coalesce(current_setting('rapport.past', true), '') <> '1'
                    OR NOT EXISTS (SELECT FROM erasure e WHERE n.id = ANY(e.parties)))
            RETURNING p.*),
        referenced AS (
            INSERT INTO party_reference (system, reference, party_id)
            SELECT i.system, i.customer_no, i.id FROM incoming i JOIN written USING (id) ON CONFLICT DO NOTHING)
        \(PartyStore.tell(PartyChanged.self, names: .told(system: "i.system", number: "i.customer_no")))
        FROM written p JOIN incoming i USING (id)
        """, takes: told, gives: [])
}
