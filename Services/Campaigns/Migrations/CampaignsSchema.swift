import Postgres

/// The tables of campaigns. Amounts and quantities are ten-thousandths.
enum CampaignsSchema {
    static let migration = Migration(
        "m0002_campaigns",
        """
        -- The orders of a customer by time, for the segments.
        CREATE INDEX erp_document_orders ON erp_document (party_id, at)
            WHERE kind = 'order' AND NOT is_cancelled AND party_id IS NOT NULL;

        CREATE TABLE product (
            sku text PRIMARY KEY, name text NOT NULL, category text, price bigint, currency text,
            is_discontinued boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE product_sales (
            sku text NOT NULL, currency text NOT NULL,
            orders bigint NOT NULL, quantity bigint NOT NULL, revenue bigint NOT NULL, last_ordered_at timestamptz,
            PRIMARY KEY (sku, currency)
        ) WITH (fillfactor = 80);
        -- What of a product an order holds, so that a changed order is taken back exactly.
        CREATE TABLE order_item (
            order_id text NOT NULL, sku text NOT NULL, currency text NOT NULL, quantity bigint NOT NULL,
            revenue bigint NOT NULL,
            PRIMARY KEY (order_id, sku)
        );

        -- Parties as marketing sees them. The version is the sequence of the member's segment events.
        CREATE TABLE member (
            party_id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 0,
            name text, email text, language text, may_mail boolean,
            orders bigint NOT NULL DEFAULT 0, first_order_at timestamptz, last_order_at timestamptz,
            -- When time alone may move it into a segment or out of one.
            next_check_at timestamptz
        ) WITH (fillfactor = 70);
        CREATE INDEX member_due ON member (next_check_at) WHERE next_check_at IS NOT NULL;
        CREATE TABLE segment_member (
            segment text NOT NULL, party_id uuid NOT NULL, since timestamptz NOT NULL, reason text NOT NULL,
            PRIMARY KEY (segment, party_id)
        );
        CREATE INDEX segment_member_of ON segment_member (party_id);
        -- The time of the newest order seen: `now` where demos replay the past.
        CREATE TABLE order_clock (
            is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), newest_order_at timestamptz
        );
        INSERT INTO order_clock (newest_order_at) VALUES (NULL);

        CREATE TABLE campaign (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, name text NOT NULL, segment text NOT NULL,
            template text NOT NULL, purpose text NOT NULL,
            subject_zh text, body_zh text, subject_en text, body_en text,
            status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'running', 'completed')),
            -- How far the audience, in order of party, was asked for.
            reached uuid,
            created_at timestamptz NOT NULL DEFAULT now(), launched_at timestamptz, completed_at timestamptz
        );
        -- One row for each member of the audience decides that it is asked for once.
        CREATE TABLE recipient (
            campaign_id uuid NOT NULL REFERENCES campaign, party_id uuid NOT NULL, message_id uuid,
            status text NOT NULL, reason text, updated_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (campaign_id, party_id)
        ) WITH (fillfactor = 80);
        """)

    static let lives = Migration(
        "m202611301553_campaign_lives",
        """
        -- When a person let a campaign go on that stood still, as a life before had begun it.
        ALTER TABLE campaign ADD resumed_at timestamptz;
        -- A life that had others before it reads of campaigns and of what they asked for in any order.
        ALTER TABLE recipient DROP CONSTRAINT recipient_campaign_id_fkey;
        """)

    static let benefits = Migration(
        "m0038_member_benefit",
        """
        -- What the party values most, as contacts tells it, and whether he says so himself.
        ALTER TABLE member ADD benefit text, ADD is_benefit_declared boolean NOT NULL DEFAULT false;
        """)

    /// Several members may have one mailbox.
    static let mailboxes = Migration(
        "m202611301912_member_mailboxes",
        "CREATE INDEX member_by_mail ON member (lower(email)) WHERE email IS NOT NULL")

    static let decisions = Migration(
        "m202611301541_member_consent_decided",
        """
        -- When the member decided what `may_mail` says; null where that was told before times were told.
        ALTER TABLE member ADD consent_decided_at timestamptz;
        """)
}
