import ServiceKit

/// What sales holds of persons, and what an erasure leaves of it. Leads go first: they are found by the account's mail address.
let salesPersonalData = PersonalData(
    "sales",
    terms: """
        SELECT unnest(ARRAY[email, phone, '"' || customer_no || '"']) FROM account WHERE id = $1
        UNION SELECT unnest(ARRAY[email, phone]) FROM lead WHERE party_id = $1
        """,
    [
        PersonalTable(
            "lead", where: "t.party_id = $1 OR lower(t.email) = (SELECT lower(email) FROM account WHERE id = $1)",
            .remove),
        PersonalTable(
            "opportunity",
            .blank(
                "name = 'erased', contact_name = NULL, contact_email = NULL",
                because: "figures of the pipeline, without the person")),
        PersonalTable("task", .blank("subject = 'erased'", because: "figures of work done, without the person")),
        PersonalTable("order_request", .keep(because: "business correspondence that the law has us keep")),
        PersonalTable(
            "account", where: "t.id = $1",
            .blank(
                "name = 'erased', email = NULL, phone = NULL, country = NULL, customer_no = NULL",
                because: "sums of revenue hang on it, without the person")),
        PersonalTable("account_revenue", where: "t.account_id = $1", .keep(because: "sums, without the person")),
        PersonalTable("erp_document", .keep(because: "books that the law has us keep; no name, no address")),
    ])
