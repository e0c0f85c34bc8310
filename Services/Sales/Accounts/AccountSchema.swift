import Postgres

/// What came to the tables of accounts.
enum AccountSchema {
    static let profiles = Migration(
        "m202611301911_account_profiles",
        """
        -- What contacts tells of the party beyond the columns: addresses, tax id, language, names of other systems.
        ALTER TABLE account ADD COLUMN profile jsonb;
        -- By what accounts are found for certain: all mail addresses and telephone numbers, and what systems call them.
        CREATE TABLE account_key (
            kind text NOT NULL, key text NOT NULL, account_id uuid NOT NULL, PRIMARY KEY (kind, key, account_id)
        );
        CREATE INDEX account_key_of ON account_key (account_id);
        INSERT INTO account_key
        SELECT 'mail', lower(email), id FROM account WHERE email IS NOT NULL
        UNION ALL SELECT DISTINCT 'phone', right(regexp_replace(phone, '\\D', '', 'g'), 9), id FROM account
        WHERE length(regexp_replace(phone, '\\D', '', 'g')) >= 7
        UNION ALL SELECT 'reference', 'erp:' || customer_no, id FROM account WHERE customer_no IS NOT NULL;
        """)
}
