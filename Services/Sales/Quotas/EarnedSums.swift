import ServiceKit

/// SQL: what was earned within a quota `q` (`part`, `name`, `period_start`, `period_end`, `basis`), by kind, currency and day of the firm.
enum EarnedSums {
    /// The currencies of documents of some kinds, each by a step in the index.
    static func currencies(_ kinds: String) -> String {
        let next = "SELECT currency FROM erp_document WHERE \(kinds)"
        return """
            WITH RECURSIVE found AS (
                (\(next) ORDER BY currency LIMIT 1)
                UNION ALL
                SELECT (\(next) AND currency > f.currency ORDER BY currency LIMIT 1) FROM found f WHERE f.currency IS NOT NULL)
            SELECT currency FROM found WHERE currency IS NOT NULL
            """
    }

    /// Whether a document `d` counts for the quota: its account was the owner's, the team's or the territory's on the day of the document.
    private static let isOfHolder = """
        CASE q.part WHEN 'owner' THEN q.name = 'all' OR EXISTS (
            SELECT FROM account_owner o WHERE o.account_id = d.party_id AND o.owner = q.name
                AND d.at >= o.since AND d.at < o.until)
        ELSE EXISTS (
            SELECT FROM account_part o WHERE o.account_id = d.party_id AND o.kind = q.part AND o.name = q.name
                AND d.at >= o.since AND d.at < o.until) END
        """

    private static let isInPeriod = """
        d.at >= \(FirmZone.start(of: "q.period_start")) AND d.at < \(FirmZone.start(of: "q.period_end + 1"))
        """

    /// What documents of some kinds come to.
    static func documents(_ kinds: String) -> String {
        """
        SELECT d.kind, d.currency, \(FirmZone.day("d.at")) AS day, count(*) AS documents, sum(d.total) AS total
        FROM (\(currencies(kinds))) c JOIN erp_document d ON d.currency = c.currency AND \(kinds) AND NOT d.is_cancelled
            AND \(isInPeriod)
        WHERE \(isOfHolder) GROUP BY 1, 2, 3
        """
    }

    /// What of payments was taken back by credits. A credit that lessens what is still to be paid takes nothing back: the payment is less by
    /// it already, and so it is where the ERP tells of money that went back as of a payment below nothing. What counts is what an account has
    /// paid over what its orders less its credits come to, up to its credits; a later order may use it up again. Walk-ins have no account:
    /// they have paid when they get something back.
    static let takenBack = """
        SELECT 'takenBack', d.currency, \(FirmZone.day("d.at")), 0::bigint, sum(d.taken - d.before) FROM (
            SELECT w.*, lag(w.taken, 1, 0::numeric) OVER (PARTITION BY w.party_id, w.currency \(order)) AS before FROM (
                SELECT x.party_id, x.currency, x.at, x.kind, x.id, x.source,
                    least(\(sum("credit")), greatest(0, \(sum("payment")) - \(sum("order")) + \(sum("credit")))) AS taken
                FROM (
                    SELECT d.* FROM (\(accounts)) a JOIN erp_document d ON d.party_id = a.account_id
                    WHERE d.kind IN ('order', 'credit', 'payment') AND NOT d.is_cancelled
                        AND d.at < \(FirmZone.start(of: "q.period_end + 1"))) x
                WINDOW run AS (PARTITION BY x.party_id, x.currency \(order))) w) d
        WHERE q.basis = 'payments' AND \(isInPeriod) AND \(isOfHolder) GROUP BY 2, 3
        UNION ALL
        SELECT 'takenBack', currency, day, 0::bigint, total FROM (
            SELECT d.currency, \(FirmZone.day("d.at")) AS day, sum(d.total) AS total
            FROM (\(currencies("kind = 'credit'"))) c JOIN erp_document d ON d.currency = c.currency AND d.kind = 'credit'
                AND NOT d.is_cancelled AND d.party_id IS NULL AND \(isInPeriod)
            WHERE q.basis = 'payments' AND q.part = 'owner' AND q.name = 'all' GROUP BY 1, 2) n
        """

    private static let order = "ORDER BY at, kind, id, source"

    private static func sum(_ kind: String) -> String {
        "coalesce(sum(x.total) FILTER (WHERE x.kind = '\(kind)') OVER run, 0)"
    }

    /// Accounts that ever were the holder's and have credits.
    private static let accounts = """
        SELECT p.account_id FROM (
            SELECT account_id FROM account_owner WHERE q.part = 'owner' AND owner = q.name
            UNION SELECT account_id FROM account_part WHERE kind = q.part AND name = q.name) p
        WHERE q.basis = 'payments'
            AND EXISTS (SELECT FROM erp_document k WHERE k.party_id = p.account_id AND k.kind = 'credit')
        UNION SELECT party_id FROM erp_document
        WHERE q.basis = 'payments' AND q.part = 'owner' AND q.name = 'all' AND kind = 'credit' AND party_id IS NOT NULL
        """
}
