import Postgres

/// The tables of lifecycle stages and of what customers value.
enum StageSchema {
    static let migration = Migration(
        "m0042_stages",
        """
        -- Where customers are in their relationship with the firm; who is not here is a prospect. `last_order_at` is the last order when
        -- the stage was judged, `due_at` when time alone may change it: an order that changes nothing writes nothing here, so it may
        -- be early, never late.
        CREATE TABLE party_stage (
            party_id uuid PRIMARY KEY, stage text NOT NULL CHECK (stage IN
                ('prospect', 'lead', 'customer', 'loyal', 'lapsing', 'lapsed', 'lost', 'won_back')),
            since timestamptz NOT NULL DEFAULT now(), cause text NOT NULL,
            last_order_at timestamptz, due_at timestamptz
        );
        CREATE INDEX party_stage_due ON party_stage (due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX party_stage_of ON party_stage (stage, party_id);
        -- Every change with what caused it.
        CREATE TABLE party_stage_change (
            party_id uuid NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), stage text NOT NULL,
            previous text NOT NULL, cause text NOT NULL, PRIMARY KEY (party_id, at, stage)
        );
        -- Whoever bought before there were stages is judged by the clock.
        INSERT INTO party_stage (party_id, stage, cause, last_order_at, due_at)
        SELECT party_id, 'customer', 'orders before stages were kept', max(last_order_at), '-infinity'
        FROM party_value WHERE orders > 0 GROUP BY party_id
        """)

    static let knownAt = Migration(
        "m202611301914_stage_known",
        """
        -- `since` goes by the facts: the order, or the day on which the silence was long enough. Beside it stands when that was known.
        ALTER TABLE party_stage ADD COLUMN known_at timestamptz;
        ALTER TABLE party_stage_change ADD COLUMN since timestamptz
        """)

    static let benefits = Migration(
        "m0044_benefits",
        """
        -- What customers value: what they say, and what their behaviour says.
        CREATE TABLE party_benefit (
            party_id uuid PRIMARY KEY,
            declared text CHECK (declared IN ('functional', 'process', 'relationship')),
            learnt text CHECK (learnt IN ('functional', 'process', 'relationship')),
            evidence jsonb, updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX party_benefit_of ON party_benefit (coalesce(declared, learnt), party_id)
        """)
}
