import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of campaigns.
enum CampaignStore {
    static let statements: [any Preparable] = [
        insert, lock, launch, reach, complete, resume, know, tellAgain, get, page, preview,
    ]

    static let insert = Query(
        "campaign.insert", takes: UUID.self, String.self, String.self, String.self, String.self, String?.self,
        String?.self, String?.self, String?.self,
        sql: """
            INSERT INTO campaign (id, name, segment, template, purpose, subject_zh, body_zh, subject_en, body_en)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """)

    static let lock = Query(
        "campaign.lock", takes: UUID.self,
        gives: Int.self, String.self, String.self, String.self, UUID?.self, Bool.self,
        sql: """
            SELECT version, \(status), name, segment, reached, subject_zh IS NOT NULL OR subject_en IS NOT NULL
            FROM campaign c WHERE id = $1 FOR UPDATE
            """)

    /// Whether a campaign `c` stands still: a life before had begun it, and no person has let it go on since.
    static let isHalted = """
        (c.status = 'running' AND coalesce(greatest(c.launched_at, c.resumed_at)
            < (SELECT begun_at FROM life WHERE cause <> 'first'), false))
        """

    /// What a campaign `c` is in.
    private static let status = "CASE WHEN \(isHalted) THEN 'halted' ELSE c.status END"

    static let resume = Statement("campaign.resume", "UPDATE campaign SET resumed_at = now() WHERE id = $1")

    /// A campaign as it was told, where nothing newer is known of it; its words are in no event.
    static let know = Query(
        "campaign.know", takes: UUID.self, Int.self, String.self, String.self, String.self, Date.self, Bool.self,
        sql: """
            INSERT INTO campaign AS c
                (id, version, name, segment, template, purpose, status, created_at, launched_at, completed_at)
            SELECT $1::uuid, $2::bigint, $3::text, $4::text, 'campaign', 'marketing', n.status, n.at,
                CASE WHEN n.status <> 'draft' THEN n.at END, CASE WHEN n.status = 'completed' THEN n.at END
            FROM (SELECT $5::text AS status, $6::timestamptz AS at) n
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name,
                segment = excluded.segment, status = excluded.status,
                launched_at = coalesce(c.launched_at, excluded.launched_at), completed_at = excluded.completed_at
            WHERE c.version < excluded.version OR $7
            """)

    static let launch = Statement(
        "campaign.launch",
        "UPDATE campaign SET version = version + 1, status = 'running', launched_at = now() WHERE id = $1")

    static let reach = Statement("campaign.reach", "UPDATE campaign SET reached = $2 WHERE id = $1")

    static let complete = Statement(
        "campaign.complete",
        "UPDATE campaign SET version = version + 1, status = 'completed', completed_at = now() WHERE id = $1")

    /// Tells campaigns again as they are, each under its next version; gives those that there are.
    static let tellAgain = Query(
        "campaign.tell_again", takes: [UUID].self, gives: UUID.self,
        sql: """
            WITH c AS (
                UPDATE campaign SET version = version + 1 WHERE id = ANY($1::uuid[])
                RETURNING id, version, name, segment, status),
            drafts AS (\(told(CampaignCreated.self)) FROM c WHERE status = 'draft'),
            running AS (\(told(CampaignLaunched.self)) FROM c WHERE status = 'running'),
            completed AS (\(told(CampaignCompleted.self)) FROM c WHERE status = 'completed')
            SELECT id FROM c
            """)

    private static func told<T: EventData>(_ type: T.Type) -> String {
        let state = SQLEvent.object(
            CampaignState.self, ["campaignId": "id", "name": "name", "segment": "segment", "status": "status"])
        return SQLEvent.insert(type, key: "id::text", sequence: "version", ["campaign": state])
    }

    /// A campaign as JSON, as the routes show it. `c` is the campaign.
    private static let json = """
        json_build_object('id', c.id, 'version', c.version, 'name', c.name, 'segment', c.segment,
            'template', c.template, 'purpose', c.purpose, 'status', \(status), 'content', json_build_object(
                'zh', CASE WHEN c.subject_zh IS NOT NULL
                    THEN json_build_object('subject', c.subject_zh, 'body', c.body_zh) END,
                'en', CASE WHEN c.subject_en IS NOT NULL
                    THEN json_build_object('subject', c.subject_en, 'body', c.body_en) END),
            'createdAt', c.created_at, 'launchedAt', c.launched_at, 'completedAt', c.completed_at,
            'counts', (SELECT coalesce(json_object_agg(status, n), '{}') FROM (
                SELECT status, count(*) AS n FROM recipient r WHERE r.campaign_id = c.id GROUP BY status) AS t))::text
        """

    static let get = Query(
        "campaign.get", takes: UUID.self, gives: String.self, Int.self,
        sql: "SELECT \(json), c.version FROM campaign c WHERE c.id = $1")

    static let page = Query(
        "campaign.page", takes: UUID?.self, String?.self, Int.self, gives: String.self, UUID.self,
        sql: """
            SELECT \(json), c.id FROM campaign c
            WHERE ($1::uuid IS NULL OR c.id < $1) AND ($2::text IS NULL OR \(status) = $2) ORDER BY c.id DESC LIMIT $3
            """)

    /// How many the campaign would reach now.
    static let preview = Query(
        "campaign.preview", takes: UUID.self, gives: String.self,
        sql: """
            SELECT json_build_object('segment', c.segment, 'size', count(m.party_id),
                'withConsent', count(*) FILTER (WHERE m.may_mail),
                'reachable', count(DISTINCT lower(m.email)) FILTER (WHERE m.may_mail AND m.email ~ '^[!-~]+@'
                    AND NOT EXISTS (SELECT FROM member a WHERE lower(a.email) = lower(m.email) AND a.may_mail IS FALSE)))::text
            FROM campaign c LEFT JOIN segment_member s ON s.segment = c.segment
                LEFT JOIN member m ON m.party_id = s.party_id
            WHERE c.id = $1 GROUP BY c.id
            """)
}
