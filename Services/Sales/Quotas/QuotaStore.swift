import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of quotas. What was earned is never stored: it is asked of the ledger, so it is live, and the same after a rebuild.
enum QuotaStore {
    static let statements: [any Preparable] = [put, list, owners]

    static let migration = Migration(
        "m202611301921_quota_earned",
        """
        -- Whether orders or payments earn.
        ALTER TABLE quota ADD COLUMN basis text NOT NULL DEFAULT 'orders' CHECK (basis IN ('orders', 'payments'));
        CREATE INDEX erp_document_payments ON erp_document (currency, at) INCLUDE (total, is_cancelled, party_id)
            WHERE kind = 'payment';
        -- Whose an account was, from when to when. The first owner that is known has what lies before: nobody else is known for it.
        CREATE TABLE account_owner (
            account_id uuid NOT NULL, since timestamptz NOT NULL, until timestamptz NOT NULL DEFAULT 'infinity',
            owner text NOT NULL, PRIMARY KEY (account_id, since)
        );
        INSERT INTO account_owner (account_id, since, owner) SELECT id, '-infinity', owner FROM account WHERE owner IS NOT NULL;
        CREATE FUNCTION keep_account_owner() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE start timestamptz := clock_timestamp();
        BEGIN
            UPDATE account_owner SET until = start WHERE account_id = NEW.id AND until = 'infinity';
            IF NEW.owner IS NOT NULL THEN
                INSERT INTO account_owner (account_id, since, owner)
                SELECT NEW.id, CASE WHEN EXISTS (SELECT FROM account_owner WHERE account_id = NEW.id) THEN start
                    ELSE '-infinity' END, NEW.owner;
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER account_owner_made AFTER INSERT ON account FOR EACH ROW WHEN (NEW.owner IS NOT NULL)
            EXECUTE FUNCTION keep_account_owner();
        CREATE TRIGGER account_owner_changed AFTER UPDATE OF owner ON account FOR EACH ROW
            WHEN (OLD.owner IS DISTINCT FROM NEW.owner) EXECUTE FUNCTION keep_account_owner()
        """)

    static let put = Query(
        "quota.put", takes: String.self, String.self, String.self, String.self, Int.self, String.self, gives: Int.self,
        sql: """
            INSERT INTO quota AS q (owner, period_start, period_end, currency, target, basis)
            VALUES ($1, $2::text::date, $3::text::date, $4, $5, $6)
            ON CONFLICT (owner, period_start, period_end, currency) DO UPDATE SET target = excluded.target,
                basis = excluded.basis, version = q.version + 1, updated_at = now()
            RETURNING version
            """)

    /// The currencies of documents of some kinds, each by a step in the index.
    private static func currencies(_ kinds: String) -> String {
        let next = "SELECT currency FROM erp_document WHERE \(kinds)"
        return """
            WITH RECURSIVE found AS (
                (\(next) ORDER BY currency LIMIT 1)
                UNION ALL
                SELECT (\(next) AND currency > f.currency ORDER BY currency LIMIT 1) FROM found f WHERE f.currency IS NOT NULL)
            SELECT currency FROM found WHERE currency IS NOT NULL
            """
    }

    /// What documents of some kinds come to within the quota `q`, by kind, currency and day: those of accounts whose owner it was on the
    /// day of the document.
    private static func earned(_ kinds: String) -> String {
        """
        SELECT d.kind, d.currency, \(FirmZone.day("d.at")) AS day, count(*) AS documents, sum(d.total) AS total
        FROM (\(currencies(kinds))) c JOIN erp_document d ON d.currency = c.currency AND \(kinds) AND NOT d.is_cancelled
            AND d.at >= \(FirmZone.start(of: "q.period_start")) AND d.at < \(FirmZone.start(of: "q.period_end + 1"))
        WHERE q.owner = 'all' OR EXISTS (
            SELECT FROM account_owner o WHERE o.account_id = d.party_id AND o.owner = q.owner
                AND d.at >= o.since AND d.at < o.until)
        GROUP BY 1, 2, 3
        """
    }

    /// Quotas that a day falls into, or all, with what was earned. What was sold in other currencies counts by the rate of its day; what has
    /// none is told apart. Rounded once, at the end.
    static let list = Query(
        "quota.list", takes: String?.self, String?.self, gives: String.self,
        sql: """
            SELECT coalesce(json_agg(json_build_object('owner', q.owner, 'periodStart', q.period_start,
                'periodEnd', q.period_end, 'currency', q.currency, 'basis', q.basis, 'target', (q.target * 0.0001)::text,
                'version', q.version, 'orders', s.orders, 'revenue', (round(s.revenue) * 0.0001)::text,
                'paid', (round(s.paid) * 0.0001)::text, 'credited', (round(s.credited) * 0.0001)::text,
                'earned', (round(e.earned) * 0.0001)::text,
                'attainmentPercent', round(e.earned * 100.0 / q.target, 2)::text, 'converted', s.converted,
                'notConverted', s.not_converted, 'zone', \(FirmZone.name))
                ORDER BY q.period_start, q.owner, q.currency, q.period_end), '[]')::text
            FROM quota q CROSS JOIN LATERAL (
                SELECT coalesce(sum(documents) FILTER (WHERE kind = 'order'), 0)::bigint AS orders,
                    coalesce(sum(total * rate) FILTER (WHERE kind = 'order'), 0) AS revenue,
                    coalesce(sum(total * rate) FILTER (WHERE kind = 'payment'), 0) AS paid,
                    coalesce(sum(total * rate) FILTER (WHERE kind = 'credit'), 0) AS credited,
                    \(listed("rate IS NOT NULL AND currency <> q.currency")) AS converted,
                    \(listed("rate IS NULL")) AS not_converted
                FROM (
                    SELECT x.*, r.rate, r.day AS rate_day FROM (
                        \(earned("kind IN ('order', 'credit')")) UNION ALL \(earned("kind = 'payment'"))) x
                    CROSS JOIN LATERAL rate_of(x.currency, q.currency, x.day) r) t) s
            CROSS JOIN LATERAL (
                SELECT CASE q.basis WHEN 'orders' THEN s.revenue ELSE s.paid END - s.credited AS earned) e
            WHERE ($1::text IS NULL OR q.owner = $1)
                AND ($2::text IS NULL OR $2::text::date BETWEEN q.period_start AND q.period_end)
            """)

    /// Sums by day and currency that meet a condition, as a list: what was converted and by which rate.
    private static func listed(_ condition: String) -> String {
        """
        coalesce(json_agg(json_build_object('kind', kind, 'day', day, 'currency', currency,
            'amount', (total * 0.0001)::text, 'rate', rate::text, 'rateDay', rate_day, 'worth', (round(total * rate) * 0.0001)::text)
            ORDER BY day, currency, kind) FILTER (WHERE \(condition)), '[]')
        """
    }

    /// Whose an account was.
    static let owners = Query(
        "quota.owners", takes: UUID.self, gives: String.self,
        sql: """
            SELECT json_build_object('items', (SELECT coalesce(json_agg(json_build_object('owner', o.owner,
                'since', nullif(o.since, '-infinity'), 'until', nullif(o.until, 'infinity')) ORDER BY o.since DESC), '[]')
                FROM account_owner o WHERE o.account_id = a.id))::text FROM account a WHERE a.id = $1
            """)
}
