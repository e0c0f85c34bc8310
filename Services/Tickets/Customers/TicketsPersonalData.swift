import CRMModel
import ServiceKit

/// When the ticket of a row was opened.
private let ofTicket = "(SELECT created_at FROM ticket k WHERE k.id = t.ticket_id)"

/// What tickets holds of persons, and what an erasure leaves of it. Whatever was written may name the person, so all words go.
let ticketsPersonalData = PersonalData(
    ErasureOwners.Tickets.self,
    terms: """
        SELECT unnest(ARRAY[email, phone, '"' || customer_no || '"']) FROM customer WHERE party_id = $1
        UNION SELECT value FROM customer_address WHERE party_id = $1
        """,
    subjects: "SELECT id::text FROM ticket WHERE party_id = $1",
    [
        PersonalTable(
            "reply", where: "t.ticket_id IN (SELECT id FROM ticket WHERE party_id = $1)", madeAt: ofTicket,
            .blank(
                "body = 'erased', author = CASE WHEN t.sender = 'agent' THEN t.author END",
                because: "figures of service, without the words")),
        PersonalTable(
            "survey_answer", where: "t.ticket_id IN (SELECT id FROM ticket WHERE party_id = $1)", madeAt: ofTicket,
            .blank("comment = NULL", because: "figures of satisfaction, without the words")),
        PersonalTable(
            "survey_request", where: "t.ticket_id IN (SELECT id FROM ticket WHERE party_id = $1)", madeAt: ofTicket,
            .blank(
                """
                state = CASE WHEN t.state = 'waiting' THEN 'dropped' ELSE t.state END,
                reason = CASE WHEN t.state = 'waiting' THEN 'customer erased' ELSE t.reason END
                """, because: "figures of service, without the person; nobody is asked any more")),
        PersonalTable(
            "ticket", madeAt: "t.created_at",
            .blank(
                "subject = 'erased', description = NULL, updated_at = now()",
                because: "figures of service, without the words")),
        PersonalTable("customer_order", .keep(because: "states of orders; no name, no address")),
        PersonalTable("shipment", .blank("reason = NULL", because: "states of shipments; no name, no address")),
        PersonalTable("customer_address", .remove),
        PersonalTable("customer", .remove),
    ])
