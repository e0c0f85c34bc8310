import CRMModel
import ServiceKit

/// The leads of the party `$1`: its own, and those who gave the account's mail address.
private let leads = """
    SELECT id FROM lead WHERE party_id = $1 OR contact_id = $1 OR lower(email) = (SELECT lower(email) FROM account WHERE id = $1)
    """

/// Its opportunities, those too that came of such leads before anybody knew whose they are.
private let opportunities = """
    SELECT id FROM opportunity WHERE party_id = $1 OR lead_id IN (\(leads))
        OR lower(contact_email) = (SELECT lower(email) FROM account WHERE id = $1)
    """

/// What sales holds of persons, and what an erasure leaves of it. The account goes last: by its mail address
/// leads are found, and by these opportunities.
let salesPersonalData = PersonalData(
    ErasureOwners.Sales.self,
    terms: """
        SELECT unnest(ARRAY[email, phone, '"' || customer_no || '"']) FROM account WHERE id = $1
        UNION SELECT key FROM account_key WHERE account_id = $1 AND kind <> 'reference'
        UNION SELECT unnest(ARRAY[email, phone]) FROM lead WHERE party_id = $1
        """,
    subjects: """
        SELECT id::text FROM (\(leads)) AS l UNION ALL SELECT id::text FROM (\(opportunities)) AS o
        UNION ALL SELECT id::text FROM order_request WHERE party_id = $1
        UNION ALL SELECT id::text FROM task WHERE party_id = $1 UNION ALL SELECT id::text FROM activity WHERE party_id = $1
        """,
    [
        PersonalTable(
            "opportunity", where: "t.id IN (\(opportunities))", madeAt: "t.created_at",
            .blank(
                "name = 'erased', contact_name = NULL, contact_email = NULL, loss_reason = NULL",
                because: "figures of the pipeline, without the person")),
        PersonalTable(
            "lead_status", where: "t.lead_id IN (\(leads))",
            madeAt: "(SELECT created_at FROM lead WHERE id = t.lead_id)", .remove),
        PersonalTable("lead", where: "t.id IN (\(leads))", madeAt: "t.created_at", .remove),
        PersonalTable(
            "task", madeAt: "t.created_at",
            .blank("subject = 'erased'", because: "figures of work done, without the person")),
        PersonalTable(
            "activity", madeAt: "t.created_at",
            .blank(
                "subject = 'erased', outcome = NULL, place = NULL, notes = NULL",
                because: "figures of work done, without the person")),
        PersonalTable(
            "order_request",
            .blank(
                "reason = NULL", because: "business correspondence that the law has us keep, without the ERP's words")),
        PersonalTable("account_key", where: "t.account_id = $1", .remove),
        PersonalTable(
            "account", where: "t.id = $1",
            .blank(
                "name = 'erased', email = NULL, phone = NULL, country = NULL, customer_no = NULL, profile = NULL",
                because: "sums of revenue hang on it, without the person")),
        PersonalTable("account_revenue", where: "t.account_id = $1", .keep(because: "sums, without the person")),
        PersonalTable(
            "account_owner", where: "t.account_id = $1", .keep(because: "whose sales they were, without the person")),
        PersonalTable(
            "account_part", where: "t.account_id = $1", .keep(because: "whose sales they were, without the person")),
        PersonalTable("erp_document", .keep(because: "books that the law has us keep; no name, no address")),
        PersonalTable("erp_document_elsewhere", .keep(because: "books that the law has us keep; no name, no address")),
    ])
