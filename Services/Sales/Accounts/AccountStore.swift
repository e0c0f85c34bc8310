import Messaging
import Crypto
import CRMModel
import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of accounts.
enum AccountStore {
    static let statements: [any Preparable] = [
        upsert, keepKeys, remove, addMissing, addRevenue, redate, end, lock, update, get, page, found, kind, adopt,
    ]
    private static let record = Account.record

    /// Parties as contacts has told them last; accounts that sales alone knows are no difference.
    static let holding = Holding(
        "customers", on: .contacts, isWhole: false,
        page: Query(
            "holding.customers", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT id::text, concat_ws(', ', name, coalesce(email, '-'), coalesce(phone, '-'), coalesce(customer_no, '-'))
                FROM account WHERE id > \(Holding.idBehind) ORDER BY id LIMIT $2
                """),
        [
            .init(PartyCreated.self) { told, _, _ in [line(told.party)] },
            .init(PartyChanged.self) { told, _, _ in [line(told.party)] },
        ])

    private static func line(_ party: PartyState) -> ToldLine {
        let texts = [party.name, party.email ?? "-", party.phone ?? "-", party.customerNo ?? "-"]
        return ToldLine(party.partyId.text, texts.joined(separator: ", "))
    }

    /// Parties as contacts tells of them, whole each time.
    static let upsert = Query(
        "account.upsert", takes: [UUID].self, [String].self, [String].self, [String?].self, [String?].self,
        [String?].self, [String?].self, [String?].self,
        sql: """
            INSERT INTO account AS a (id, name, kind, email, phone, country, customer_no, profile)
            SELECT id, name, kind, email, phone, country, customer_no, profile::jsonb
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
                AS n(id, name, kind, email, phone, country, customer_no, profile)
            ON CONFLICT (id) DO UPDATE SET version = a.version + 1, name = excluded.name, kind = excluded.kind,
                email = excluded.email, phone = excluded.phone, country = excluded.country,
                customer_no = excluded.customer_no, profile = excluded.profile, updated_at = now()
            WHERE (a.name, a.kind, a.email, a.phone, a.country, a.customer_no, a.profile) IS DISTINCT FROM
                (excluded.name, excluded.kind, excluded.email, excluded.phone, excluded.country, excluded.customer_no,
                excluded.profile)
            """)

    /// By what accounts, `$1`, are found: those keys that are given, and no others.
    static let keepKeys = Query(
        "account.keep_keys", takes: [UUID].self, [UUID].self, [String].self, [String].self,
        sql: """
            WITH told AS (SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]) AS n(account_id, kind, key)),
            gone AS (
                DELETE FROM account_key k WHERE k.account_id = ANY($1::uuid[])
                    AND NOT EXISTS (SELECT FROM told t WHERE (t.account_id, t.kind, t.key) = (k.account_id, k.kind, k.key)))
            INSERT INTO account_key (account_id, kind, key) SELECT DISTINCT * FROM told ORDER BY 2, 3, 1
            ON CONFLICT DO NOTHING
            """)

    /// Accounts of parties that are no more, where nothing was sold to them.
    static let remove = Query(
        "account.remove", takes: [UUID].self,
        sql: """
            WITH gone AS (
                DELETE FROM account a WHERE id = ANY($1::uuid[])
                    AND NOT EXISTS (SELECT FROM account_revenue r WHERE r.account_id = a.id) RETURNING id)
            DELETE FROM account_key WHERE account_id IN (SELECT id FROM gone)
            """)

    /// What kind of party an account is; nothing where there is none.
    static let kind = Query(
        "account.kind", takes: UUID.self, gives: String.self, sql: "SELECT kind FROM account WHERE id = $1")

    /// Gives an account that nobody looks after an owner.
    static let adopt = Query(
        "account.adopt", takes: UUID.self, String.self,
        sql: """
            UPDATE account SET version = version + 1, owner = $2, updated_at = now() WHERE id = $1 AND owner IS NULL
            """)

    /// The customers whom exact keys are of, each as the account that counts for it, and by which kinds of keys.
    static let found = Query(
        "account.found", takes: [String].self, [String].self,
        gives: UUID.self, String.self, String.self, String?.self, String?.self, String?.self, String.self,
        sql: """
            SELECT a.id, a.name, a.kind, a.email, a.phone, a.customer_no, string_agg(DISTINCT k.kind, ',' ORDER BY k.kind)
            FROM unnest($1::text[], $2::text[]) AS n(kind, key) JOIN account_key k USING (kind, key)
            LEFT JOIN party_redirect r ON r.party_id = k.account_id
            JOIN account a ON a.id = coalesce(r.survivor_id, k.account_id)
            GROUP BY a.id ORDER BY count(DISTINCT k.kind) DESC, a.id LIMIT 20
            """)

    /// Accounts that are missing: of orders that came before their party, named by the order's number until contacts tells of them, and of
    /// parties.
    static let addMissing = Query(
        "account.add_missing", takes: [UUID].self, [String].self, [String].self, [String?].self, [String?].self,
        [String?].self, [String?].self,
        sql: """
            INSERT INTO account (id, name, kind, email, phone, country, customer_no)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
                AS i(id, name, kind, email, phone, country, customer_no)
            WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = i.id)
            ORDER BY i.id ON CONFLICT DO NOTHING
            """)

    /// Rows in order of account and currency.
    static let addRevenue = Query(
        "account.add_revenue", takes: [UUID].self, [String].self, [Int].self, [Int].self, [Int].self, [Int].self,
        [Date?].self,
        sql: """
            INSERT INTO account_revenue AS r (account_id, currency, orders, revenue, credits, credited, last_order_at)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                $7::timestamptz[])
            ON CONFLICT (account_id, currency) DO UPDATE SET orders = r.orders + excluded.orders,
                revenue = \(BoundedSum.of("r.revenue", and: "excluded.revenue")), credits = r.credits + excluded.credits,
                credited = \(BoundedSum.of("r.credited", and: "excluded.credited")),
                last_order_at = greatest(r.last_order_at, excluded.last_order_at)
            """)

    /// Looks up anew when accounts bought last in a currency; their rows are locked by what was added to them.
    static let redate = Query(
        "account.redate", takes: [UUID].self, [String].self,
        sql: """
            UPDATE account_revenue r SET last_order_at = (
                SELECT max(d.at) FROM erp_document d
                WHERE d.party_id = r.account_id AND d.currency = r.currency AND d.kind = 'order'
                    AND NOT d.is_cancelled)
            FROM unnest($1::uuid[], $2::text[]) AS n(account_id, currency)
            WHERE r.account_id = n.account_id AND r.currency = n.currency
            """)

    /// What contacts said of parties that it does not know any more has ended; what they bought stays.
    static let end = Query(
        "account.end", takes: [UUID].self,
        sql: """
            UPDATE account SET version = version + 1, name = coalesce(customer_no, 'unknown'), kind = 'consumer', email = NULL,
                phone = NULL, country = NULL, updated_at = now()
            WHERE id = ANY($1::uuid[]) AND name <> 'erased'
            """)

    static let lock = record.lock
    static let update = record.update()
    static let get = record.get

    /// What an account bought, as JSON.
    static let revenue = """
        (SELECT coalesce(json_agg(json_build_object('currency', r.currency, 'orders', r.orders,
            'revenue', (r.revenue * 0.0001)::text, 'credits', r.credits, 'credited', (r.credited * 0.0001)::text,
            'netRevenue', ((r.revenue - r.credited) * 0.0001)::text, 'lastOrderAt', r.last_order_at)
            ORDER BY r.revenue DESC), '[]') FROM account_revenue r WHERE r.account_id = o.id)
        """

    /// Merged accounts are left out: the survivor stands for them.
    static let page = Query(
        "account.page", takes: UUID?.self, String?.self, String?.self, Int.self, gives: String.self, UUID.self,
        sql: """
            SELECT \(record.json), o.id \(record.from)
            WHERE ($1::uuid IS NULL OR o.id > $1) AND ($2::text IS NULL OR o.owner = $2)
                AND ($3::text IS NULL OR lower(o.name) LIKE $3)
                AND NOT EXISTS (SELECT 1 FROM party_redirect m WHERE m.party_id = o.id)
            ORDER BY o.id LIMIT $4
            """)
}
