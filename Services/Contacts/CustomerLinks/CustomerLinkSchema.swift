import Postgres

/// The tables of numbers that ERPs tie to our parties.
enum CustomerLinkSchema {
    static let migration = Migration(
        "m202611301916_customer_links",
        """
        -- A merge by the word of an ERP: the number that became the survivor's, and what the ERP had said of it when that was applied last.
        ALTER TABLE party_merge ADD COLUMN system text, ADD COLUMN number text, ADD COLUMN said jsonb;
        -- What an ERP says: that a number is the buyer of a request, or a party. One that waits for its request or party is open.
        CREATE TABLE customer_claim (
            system text NOT NULL, number text NOT NULL, claimant text NOT NULL, request_id uuid, party_id uuid,
            state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'tied', 'apart', 'conflict', 'unknown')),
            noted_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (system, number, claimant)
        );
        CREATE INDEX customer_claim_open ON customer_claim (noted_at) WHERE state = 'open';
        -- The buyers of requests that ERPs were asked for.
        CREATE TABLE order_asked (request_id uuid PRIMARY KEY, party_id uuid NOT NULL);
        -- Tied numbers of which an ERP has told anew.
        CREATE TABLE customer_link_due (party_id uuid PRIMARY KEY);
        """)
}
