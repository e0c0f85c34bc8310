import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of quotas. What was earned is never stored: it is asked of the ledger (`EarnedSums`), so it is live, and the same after a rebuild.
enum QuotaStore {
    static let statements: [any Preparable] = [put, putPart, list, owners]

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

    /// Whose an account was is a table for owners, and one for teams and territories.
    static let parts = Migration(
        "m202611302253_quota_parts",
        """
        -- The team that looks after an account and the territory that it lies in, by name.
        ALTER TABLE account ADD COLUMN team text, ADD COLUMN territory text;
        -- From when to when; the first one that is known has what lies before.
        CREATE TABLE account_part (
            account_id uuid NOT NULL, kind text NOT NULL CHECK (kind IN ('team', 'territory')), since timestamptz NOT NULL,
            until timestamptz NOT NULL DEFAULT 'infinity', name text NOT NULL, PRIMARY KEY (account_id, kind, since)
        );
        CREATE INDEX account_part_of ON account_part (kind, name, account_id);
        CREATE INDEX account_owner_of ON account_owner (owner, account_id);
        CREATE FUNCTION keep_account_part(account uuid, part text, now_at text) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE start timestamptz := clock_timestamp();
        BEGIN
            UPDATE account_part SET until = start WHERE account_id = account AND kind = part AND until = 'infinity';
            IF now_at IS NOT NULL THEN
                INSERT INTO account_part (account_id, kind, since, name)
                SELECT account, part, CASE WHEN EXISTS (SELECT FROM account_part WHERE account_id = account AND kind = part)
                    THEN start ELSE '-infinity' END, now_at;
            END IF;
        END $$;
        CREATE FUNCTION keep_account_parts() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.team IS DISTINCT FROM NEW.team THEN PERFORM keep_account_part(NEW.id, 'team', NEW.team); END IF;
            IF OLD.territory IS DISTINCT FROM NEW.territory THEN
                PERFORM keep_account_part(NEW.id, 'territory', NEW.territory);
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER account_parts_changed AFTER UPDATE OF team, territory ON account FOR EACH ROW
            WHEN (OLD.team IS DISTINCT FROM NEW.team OR OLD.territory IS DISTINCT FROM NEW.territory)
            EXECUTE FUNCTION keep_account_parts();
        -- What teams and territories should sell; quotas of owners stay where they were.
        CREATE TABLE part_quota (
            part text NOT NULL CHECK (part IN ('team', 'territory')), name text NOT NULL, period_start date NOT NULL,
            period_end date NOT NULL, currency text NOT NULL, target bigint NOT NULL CHECK (target > 0),
            basis text NOT NULL CHECK (basis IN ('orders', 'payments')), version bigint NOT NULL DEFAULT 1,
            updated_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (part, name, period_start, period_end, currency), CHECK (period_start <= period_end)
        );
        -- Customers who got something back.
        CREATE INDEX erp_document_credited ON erp_document (party_id) WHERE kind = 'credit' AND party_id IS NOT NULL
        """)

    static let put = Query(
        "quota.put", takes: String.self, String.self, String.self, String.self, Int.self, String.self, gives: Int.self,
        sql: """
            INSERT INTO quota AS q (owner, period_start, period_end, currency, target, basis)
            VALUES ($1, $2::text::date, $3::text::date, $4, $5, $6)
            \(kept("owner"))
            """)

    /// The same of a team or a territory, `$7`.
    static let putPart = Query(
        "quota.put_part", takes: String.self, String.self, String.self, String.self, Int.self, String.self, String.self,
        gives: Int.self,
        sql: """
            INSERT INTO part_quota AS q (part, name, period_start, period_end, currency, target, basis)
            VALUES ($7, $1, $2::text::date, $3::text::date, $4, $5, $6)
            \(kept("part, name"))
            """)

    /// SQL: over the quota that is there; one that says the same leaves its version.
    private static func kept(_ holder: String) -> String {
        """
        ON CONFLICT (\(holder), period_start, period_end, currency) DO UPDATE SET target = excluded.target,
            basis = excluded.basis, updated_at = now(), version = q.version
                + ((q.target, q.basis) IS DISTINCT FROM (excluded.target, excluded.basis))::int
        RETURNING version
        """
    }

    /// Quotas of a kind, `$3`, that a day falls into, or all, with what was earned. What was sold in other currencies counts by the rate of its
    /// day; what has none is told apart. Rounded once, at the end.
    static let list = Query(
        "quota.list", takes: String?.self, String?.self, String.self, gives: String.self,
        sql: """
            SELECT coalesce(json_agg(json_build_object('owner', CASE q.part WHEN 'owner' THEN q.name END,
                'team', CASE q.part WHEN 'team' THEN q.name END,
                'territory', CASE q.part WHEN 'territory' THEN q.name END, 'periodStart', q.period_start,
                'periodEnd', q.period_end, 'currency', q.currency, 'basis', q.basis, 'target', (q.target * 0.0001)::text,
                'version', q.version, 'orders', s.orders, 'revenue', (round(s.revenue) * 0.0001)::text,
                'paid', (round(s.paid) * 0.0001)::text, 'credited', (round(s.credited) * 0.0001)::text,
                'takenBack', (round(e.taken_back) * 0.0001)::text, 'earned', (round(e.earned) * 0.0001)::text,
                'attainmentPercent', round(e.earned * 100.0 / q.target, 2)::text, 'converted', s.converted,
                'notConverted', s.not_converted, 'zone', \(FirmZone.name))
                ORDER BY q.period_start, q.name, q.currency, q.period_end), '[]')::text
            FROM (
                SELECT 'owner' AS part, owner AS name, period_start, period_end, currency, target, basis, version FROM quota
                UNION ALL SELECT part, name, period_start, period_end, currency, target, basis, version FROM part_quota) q
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(documents) FILTER (WHERE kind = 'order'), 0)::bigint AS orders,
                    coalesce(sum(total * rate) FILTER (WHERE kind = 'order'), 0) AS revenue,
                    coalesce(sum(total * rate) FILTER (WHERE kind = 'payment'), 0) AS paid,
                    coalesce(sum(total * rate) FILTER (WHERE kind = 'credit'), 0) AS credited,
                    coalesce(sum(total * rate) FILTER (WHERE kind = 'takenBack'), 0) AS taken_back,
                    \(listed("rate IS NOT NULL AND currency <> q.currency")) AS converted,
                    \(listed("rate IS NULL")) AS not_converted
                FROM (
                    SELECT x.*, r.rate, r.day AS rate_day FROM (
                        \(EarnedSums.documents("kind IN ('order', 'credit')"))
                        UNION ALL \(EarnedSums.documents("kind = 'payment'")) UNION ALL \(EarnedSums.takenBack)) x
                    CROSS JOIN LATERAL rate_of(x.currency, q.currency, x.day) r) t) s
            CROSS JOIN LATERAL (SELECT CASE q.basis WHEN 'orders' THEN s.credited ELSE s.taken_back END AS taken_back) b
            CROSS JOIN LATERAL (
                SELECT b.taken_back, CASE q.basis WHEN 'orders' THEN s.revenue ELSE s.paid END - b.taken_back AS earned) e
            WHERE q.part = $3 AND ($1::text IS NULL OR q.name = $1)
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
                FROM account_owner o WHERE o.account_id = a.id),
                'teams', \(named("team")), 'territories', \(named("territory")))::text FROM account a WHERE a.id = $1
            """)

    private static func named(_ kind: String) -> String {
        """
        (SELECT coalesce(json_agg(json_build_object('name', o.name, 'since', nullif(o.since, '-infinity'),
            'until', nullif(o.until, 'infinity')) ORDER BY o.since DESC), '[]')
            FROM account_part o WHERE o.account_id = a.id AND o.kind = '\(kind)')
        """
    }
}
