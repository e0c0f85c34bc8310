import Postgres

/// The tables of sales. Amounts are ten-thousandths of the currency's unit.
enum SalesSchema {
    static let migration = Migration(
        "m0002_sales",
        """
        -- For attainment over a period, whoever bought.
        CREATE INDEX erp_document_by_time ON erp_document (currency, at)
            INCLUDE (kind, total, is_cancelled, party_id) WHERE kind IN ('order', 'credit');

        -- Parties as salespeople see them. The id is the party's.
        CREATE TABLE account (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1,
            name text NOT NULL, kind text NOT NULL DEFAULT 'consumer', email text, phone text, country text,
            customer_no text, owner text,
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        ) WITH (fillfactor = 80);
        CREATE INDEX account_by_name ON account (lower(name) text_pattern_ops, id);
        CREATE INDEX account_by_owner ON account (owner, id) WHERE owner IS NOT NULL;

        -- What they bought; credits stand apart.
        CREATE TABLE account_revenue (
            account_id uuid NOT NULL, currency text NOT NULL,
            orders bigint NOT NULL, revenue bigint NOT NULL, credits bigint NOT NULL, credited bigint NOT NULL,
            last_order_at timestamptz,
            PRIMARY KEY (account_id, currency)
        ) WITH (fillfactor = 80);

        -- What an owner, or `all`, should sell from the first to the last day of a period, in UTC.
        CREATE TABLE quota (
            owner text NOT NULL, period_start date NOT NULL, period_end date NOT NULL, currency text NOT NULL,
            target bigint NOT NULL CHECK (target > 0), version bigint NOT NULL DEFAULT 1,
            updated_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (owner, period_start, period_end, currency), CHECK (period_start <= period_end)
        );

        CREATE TABLE lead (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, status text NOT NULL DEFAULT 'new'
                CHECK (status IN ('new', 'working', 'qualified', 'disqualified', 'converted')),
            name text NOT NULL, company text, email text, phone text, source text, party_id uuid, owner text,
            notes text, opportunity_id uuid,
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX lead_by_status ON lead (status, id);

        -- The stages of the pipeline in their order; a closed one is not left again.
        CREATE TABLE pipeline_stage (
            stage text PRIMARY KEY, position integer NOT NULL UNIQUE,
            probability integer NOT NULL CHECK (probability BETWEEN 0 AND 100), is_closed boolean NOT NULL
        );
        INSERT INTO pipeline_stage VALUES ('qualification', 1, 20, false), ('proposal', 2, 50, false),
            ('negotiation', 3, 75, false), ('won', 4, 100, true), ('lost', 5, 0, true);

        CREATE TABLE opportunity (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, name text NOT NULL,
            stage text NOT NULL DEFAULT 'qualification' REFERENCES pipeline_stage,
            party_id uuid, lead_id uuid, contact_name text, contact_email text, owner text,
            amount bigint, currency text, expected_close date, loss_reason text,
            stage_since timestamptz NOT NULL DEFAULT now(),
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX opportunity_by_stage ON opportunity (stage, id);
        CREATE INDEX opportunity_of_party ON opportunity (party_id, id) WHERE party_id IS NOT NULL;
        CREATE TABLE opportunity_stage (
            opportunity_id uuid NOT NULL REFERENCES opportunity, version bigint NOT NULL, stage text NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (opportunity_id, version)
        );

        CREATE TABLE quote (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1,
            opportunity_id uuid NOT NULL REFERENCES opportunity,
            status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'accepted')),
            currency text NOT NULL, total bigint NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX quote_of_opportunity ON quote (opportunity_id, id);
        -- The net price is the price after discount, rounded to four places; total = quantity x net price.
        CREATE TABLE quote_line (
            quote_id uuid NOT NULL REFERENCES quote, position integer NOT NULL, sku text NOT NULL, name text NOT NULL,
            quantity bigint NOT NULL, unit_price bigint NOT NULL, discount_percent bigint NOT NULL,
            net_price bigint NOT NULL, total bigint NOT NULL,
            PRIMARY KEY (quote_id, position)
        );

        -- What the ERP was asked for; its id is the correlation id of the ERP's order.
        CREATE TABLE order_request (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, quote_id uuid NOT NULL UNIQUE REFERENCES quote,
            party_id uuid NOT NULL, owner text,
            status text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'ordered')),
            order_id text, requested_at timestamptz NOT NULL DEFAULT now(), ordered_at timestamptz
        );
        -- The ERP's orders that carried a correlation id, whether its request is known here or not yet.
        CREATE TABLE order_answer (
            request_id uuid PRIMARY KEY, order_id text NOT NULL, at timestamptz NOT NULL
        );

        CREATE TABLE task (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, kind text NOT NULL, subject text NOT NULL,
            status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done')),
            owner text, party_id uuid, reference text,
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
            UNIQUE (kind, reference)
        );
        CREATE INDEX task_by_status ON task (status, id);
        """)
}
