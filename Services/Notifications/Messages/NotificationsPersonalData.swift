import CRMModel
import ServiceKit

/// What notifications holds of persons, and what an erasure leaves of it. What waits is not sent any more.
let notificationsPersonalData = PersonalData(
    ErasureOwners.Notifications.self,
    terms: """
        SELECT address FROM message WHERE recipient = $1 UNION SELECT address FROM withdrawal_address WHERE party_id = $1
        """,
    subjects: """
        SELECT id::text FROM message WHERE recipient = $1 UNION SELECT s.id::text FROM suppression s
        WHERE s.id IS NOT NULL AND s.address IN (SELECT lower(address) FROM message WHERE recipient = $1)
        """,
    [
        PersonalTable(
            "suppression", where: "t.address IN (SELECT lower(address) FROM message WHERE recipient = $1)", .remove),
        PersonalTable("withdrawal", .keep(because: "so that nobody writes again; holds the party's id only")),
        PersonalTable("withdrawal_address", .remove),
        PersonalTable("consent_word", .keep(because: "so that nobody writes again; holds the party's id only")),
        PersonalTable(
            "message", where: "t.recipient = $1", madeAt: "t.created_at",
            .blank(
                """
                address = NULL, data = '{}', language = NULL,
                status = CASE WHEN t.status IN ('queued', 'sending', 'held') THEN 'suppressed' ELSE t.status END,
                reason = CASE WHEN t.status IN ('queued', 'sending', 'held') THEN 'recipient erased' END
                """, because: "figures of delivery, without the person; asking again must not send again")),
    ])
