import Postgres
import ServiceKit

/// The tables of value, models and reports.
enum ValueSchema {
    static let migration = Migration(
        "m0010_value",
        """
        -- What a customer did in a month (UTC). `days` has a bit for each day with an order, the first day the lowest.
        CREATE TABLE party_month (
            party_id uuid NOT NULL, month date NOT NULL, currency text NOT NULL,
            orders bigint NOT NULL, revenue bigint NOT NULL, credits bigint NOT NULL, credited bigint NOT NULL,
            paid bigint NOT NULL, cost bigint NOT NULL, costed bigint NOT NULL, days integer NOT NULL,
            first_at timestamptz, last_at timestamptz,
            PRIMARY KEY (party_id, month, currency)
        ) WITH (fillfactor = 85);

        -- `cost` is the known cost of goods less that of what came back, `costed` the sales less credits that it belongs to.
        ALTER TABLE party_value
            ADD purchase_days bigint NOT NULL DEFAULT 0, ADD first_day_revenue bigint NOT NULL DEFAULT 0,
            ADD cost bigint NOT NULL DEFAULT 0, ADD costed bigint NOT NULL DEFAULT 0;
        CREATE INDEX party_value_by_net ON party_value (currency, (revenue - credited) DESC, party_id);

        -- The inner edges of the fifths of the live base, and the least net revenue of the classes B and A.
        DROP TABLE value_scale;
        CREATE TABLE value_scale (
            currency text PRIMARY KEY, refreshed_at timestamptz NOT NULL, customers bigint NOT NULL,
            recency timestamptz[] NOT NULL, frequency bigint[] NOT NULL, monetary bigint[] NOT NULL,
            abc bigint[] NOT NULL
        );

        -- What of an order or credit the reports need and the ledger does not keep: lines as [sku, quantity, amount].
        CREATE TABLE document_detail (
            id text NOT NULL, kind text NOT NULL, currency text NOT NULL, at timestamptz NOT NULL, channel text,
            cost bigint NOT NULL, costed bigint NOT NULL, lines jsonb NOT NULL,
            PRIMARY KEY (id, kind)
        );
        CREATE INDEX document_detail_newest ON document_detail (currency, at DESC);
        CREATE TABLE product_name (sku text PRIMARY KEY, name text NOT NULL, category text);

        -- Sums over all customers and walk-ins. A lane for each of eight sessions, so that they do not wait for each other.
        CREATE TABLE sales_cell (
            currency text NOT NULL, dimension text NOT NULL, cell text NOT NULL, lane bigint NOT NULL,
            orders bigint NOT NULL, revenue bigint NOT NULL, credits bigint NOT NULL, credited bigint NOT NULL,
            PRIMARY KEY (currency, dimension, cell, lane)
        ) WITH (fillfactor = 50);

        -- What the firm says: weights of behaviours, and what a customer spends in all on what the firm sells.
        CREATE TABLE value_weight (behaviour text PRIMARY KEY, weight double precision NOT NULL);
        CREATE TABLE party_wallet (
            party_id uuid NOT NULL REFERENCES party, currency text NOT NULL, yearly_spend bigint NOT NULL,
            updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (party_id, currency)
        );

        -- What customers said in surveys, each score as a share of its scale.
        CREATE TABLE party_voice (
            party_id uuid NOT NULL, survey text NOT NULL, answers bigint NOT NULL, total double precision NOT NULL,
            last_at timestamptz NOT NULL, PRIMARY KEY (party_id, survey)
        );

        -- Fits of the models and what they foretell of each customer.
        CREATE TABLE model_run (
            id uuid PRIMARY KEY, currency text NOT NULL,
            state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
            weeks bigint NOT NULL, owner uuid, asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            heartbeat_at timestamptz, finished_at timestamptz,
            as_of timestamptz, customers bigint, done bigint NOT NULL DEFAULT 0, after uuid,
            r double precision, alpha double precision, a double precision, b double precision,
            bg_likelihood double precision, p double precision, q double precision, gamma double precision,
            gg_likelihood double precision, fit_seconds double precision, error text
        );
        CREATE UNIQUE INDEX model_run_open ON model_run (currency) WHERE state IN ('queued', 'running');
        CREATE INDEX model_run_latest ON model_run (currency, asked_at DESC);
        CREATE TABLE party_prediction (
            party_id uuid NOT NULL, currency text NOT NULL, run_id uuid NOT NULL,
            alive double precision NOT NULL, purchases double precision NOT NULL, spend bigint,
            lifetime_value bigint, PRIMARY KEY (party_id, currency)
        ) WITH (fillfactor = 85);

        -- Reports as last computed.
        CREATE TABLE report (
            name text NOT NULL, currency text NOT NULL, computed_at timestamptz NOT NULL, seconds double precision NOT NULL,
            body text NOT NULL, PRIMARY KEY (name, currency)
        );
        CREATE TABLE campaign_name (id uuid PRIMARY KEY, name text NOT NULL, segment text, status text);
        CREATE TABLE campaign_message (
            campaign_id uuid NOT NULL, party_id uuid NOT NULL, sent_at timestamptz NOT NULL,
            PRIMARY KEY (campaign_id, party_id)
        );
        CREATE INDEX campaign_message_newest ON campaign_message (sent_at DESC);

        -- From the ledger, for what was applied before these tables were here.
        INSERT INTO party_month
        SELECT party_id, date_trunc('month', at)::date, currency,
            count(*) FILTER (WHERE kind = 'order'), coalesce(sum(total) FILTER (WHERE kind = 'order'), 0)::bigint,
            count(*) FILTER (WHERE kind = 'credit'), coalesce(sum(total) FILTER (WHERE kind = 'credit'), 0)::bigint,
            coalesce(sum(total) FILTER (WHERE kind = 'payment'), 0)::bigint, 0, 0,
            coalesce(bit_or(1 << (extract(day FROM at)::int - 1)) FILTER (WHERE kind = 'order'), 0),
            min(at) FILTER (WHERE kind = 'order'), max(at) FILTER (WHERE kind = 'order')
        FROM erp_document WHERE party_id IS NOT NULL AND NOT is_cancelled AND kind IN ('order', 'credit', 'payment')
        GROUP BY 1, 2, 3;
        UPDATE party_value v SET purchase_days = m.days, first_order_at = m.first_at, last_order_at = m.last_at,
            first_day_revenue = (SELECT coalesce(sum(d.total), 0)::bigint FROM erp_document d
                WHERE d.party_id = v.party_id AND d.currency = v.currency AND d.kind = 'order' AND NOT d.is_cancelled
                    AND d.at >= m.first_at::date AND d.at < m.first_at::date + 1)
        FROM (SELECT party_id, currency, sum(bit_count(days::bit(31)))::bigint AS days, min(first_at) AS first_at,
            max(last_at) AS last_at FROM party_month GROUP BY party_id, currency) m
        WHERE m.party_id = v.party_id AND m.currency = v.currency;
        INSERT INTO sales_cell
        SELECT currency, dimension, cell, 0, count(*) FILTER (WHERE kind = 'order'),
            coalesce(sum(total) FILTER (WHERE kind = 'order'), 0)::bigint, count(*) FILTER (WHERE kind = 'credit'),
            coalesce(sum(total) FILTER (WHERE kind = 'credit'), 0)::bigint
        FROM erp_document d CROSS JOIN LATERAL (VALUES ('month', to_char(at, 'YYYY-MM')), ('hour', to_char(at, 'ID-HH24')),
            ('walk-in', CASE WHEN party_id IS NULL THEN to_char(at, 'YYYY-MM') END)) c(dimension, cell)
        WHERE NOT is_cancelled AND kind IN ('order', 'credit') AND cell IS NOT NULL GROUP BY 1, 2, 3
        """)

    static let months = Migration(
        "m0043_months",
        """
        -- Customers by the months of their first order and of another, and how many of them ordered in the month before too.
        CREATE TABLE cohort_month (
            currency text NOT NULL, cohort date NOT NULL, month date NOT NULL, customers bigint NOT NULL, kept bigint NOT NULL,
            PRIMARY KEY (currency, cohort, month)
        );
        -- The sums that months had when they were counted, and months in which more changed than was added.
        CREATE TABLE month_seen (
            currency text NOT NULL, month date NOT NULL, orders bigint NOT NULL, revenue numeric NOT NULL,
            PRIMARY KEY (currency, month)
        );
        CREATE TABLE month_stale (currency text NOT NULL, month date NOT NULL);
        CREATE INDEX party_month_newest ON party_month USING brin (month)
        """)

    static let weighting = Migration(
        "m202611301230_weighting",
        """
        -- Weights are set all at once: who sets them locks this row, and its version says whether he has read the latest.
        CREATE TABLE weighting (one boolean PRIMARY KEY DEFAULT true CHECK (one), version bigint NOT NULL DEFAULT 1);
        INSERT INTO weighting DEFAULT VALUES
        """)

    static let sources = Migration(
        "m202611301533_detail_source",
        """
        -- Which ERP the document is of, and what was told under customer numbers that do not count, as in the ledger.
        \(LedgerSchema.addSourceOfLedger(to: "document_detail"));
        ALTER TABLE document_detail ALTER COLUMN source DROP DEFAULT, DROP CONSTRAINT document_detail_pkey,
            ADD CONSTRAINT document_detail_pkey PRIMARY KEY (id, kind, source);
        CREATE TABLE document_detail_elsewhere (
            id text NOT NULL, kind text NOT NULL, source text NOT NULL, party_id uuid NOT NULL, currency text NOT NULL,
            at timestamptz NOT NULL, channel text, cost bigint NOT NULL, costed bigint NOT NULL, lines jsonb NOT NULL,
            PRIMARY KEY (id, kind, source, party_id)
        );
        """)
}
