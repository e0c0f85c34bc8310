import ServiceKit
import Writing

/// Under what name contacts tells of its own part.
let contactsOwner = "contacts"

/// What contacts holds of persons, and what an erasure leaves of it. The history goes behind the record, whose blanking adds to it.
let contactsPersonalData = PersonalData(
    contactsOwner,
    terms: """
        SELECT unnest(ARRAY[email, phone]) FROM party WHERE id = $1
        UNION SELECT unnest(ARRAY[record->>'email', record->>'phone']) FROM party_history WHERE party_id = $1
        UNION SELECT '"' || reference || '"' FROM party_reference WHERE coalesce(origin_id, party_id) = $1
        """,
    [
        // First, as whoever looks at touches takes these before them.
        PersonalTable("interaction_check", .remove),
        // Before the party and its keys: what nobody was found for is found by them.
        PersonalTable(
            "interaction",
            where: """
                t.party_id = $1 OR t.party_id IS NULL AND EXISTS (SELECT FROM match_key k WHERE k.party_id = $1
                    AND (k.kind, k.key) IN (('mail', t.mail_key), ('phone', t.phone_key)))
                """, .remove),
        // Before the party too: rows of files that were taken for it, or refused with its address or the end of its number. Both are looked up once for all
        // rows, which may be many; an address that is only a part of somebody else's is not the party's.
        PersonalTable(
            "import_error",
            where: #"""
                t.party_id = $1 OR t.record ~* (SELECT '(?<![a-z0-9._%+-])' || regexp_replace(email, '[^[:alnum:]]', '\\\&', 'g')
                    || '(?![a-z0-9-]|\.[a-z0-9])' FROM party WHERE id = $1)
                OR t.record ~ (SELECT regexp_replace(right(phone, 9), '\d', '\&[ ()./-]*', 'g') FROM party
                    WHERE id = $1 AND phone ~ '\d{9}$')
                """#, .remove),
        PersonalTable(
            "party", where: "t.id = $1",
            .blank(
                """
                name = 'erased', email = NULL, phone = NULL, language = NULL, time_zone = NULL, country = NULL,
                notes = NULL, tags = '{}', category = NULL, birthday = NULL, details = '{}', custom = '{}',
                sort_name = 'erased', search_text = '\(SearchText.form)', search_terms = '{}', updated_at = now()
                """, because: "sums of orders hang on it, without the person")),
        PersonalTable("party_history", .remove),
        PersonalTable("party_reference", where: "coalesce(t.origin_id, t.party_id) = $1", .remove),
        PersonalTable("touch", .remove),
        PersonalTable("odd_fact", .remove),
        PersonalTable("consent", .remove),
        PersonalTable("consent_erp", .remove),
        PersonalTable("consent_effective", .remove),
        PersonalTable("preference_link", .keep(because: "links that were revoked stay so; a number")),
        PersonalTable(
            "consent_decision",
            .blank("proof = NULL", because: "shows that the person's decisions were kept to (GDPR, article 7(1))")),
        PersonalTable(
            "party_merge", where: "t.survivor_id = $1 OR t.merged_id = $1",
            .blank(
                "changes = '{}', added_tags = '{}', report = NULL, said = NULL",
                because: "tells for whom documents count, without the person")),
        PersonalTable("party_retelling", .remove),
        PersonalTable("customer_claim", .keep(because: "whose an ERP's number is; no name, no address")),
        PersonalTable("order_asked", .keep(because: "who asked for an order; no name, no address")),
        PersonalTable("customer_link_due", .remove),
        PersonalTable("party_custom", .remove),
        PersonalTable("party_relation", where: "t.party_id = $1 OR t.other_id = $1", .remove),
        PersonalTable(
            "import_row", .blank("before = NULL", because: "an import that is taken back must know whom it made")),
        PersonalTable("import_addition", .remove),
        PersonalTable("duplicate_pair", where: "t.low = $1 OR t.high = $1", .remove),
        PersonalTable("match_key", .remove),
        PersonalTable("party_stage", .remove),
        PersonalTable("party_benefit", .remove),
        PersonalTable("party_stage_change", .remove),
        PersonalTable("party_wallet", .remove),
        PersonalTable("party_prediction", .remove),
        PersonalTable("party_class", .remove),
        PersonalTable("party_voice", .keep(because: "figures of satisfaction, without the person")),
        PersonalTable("campaign_message", .keep(because: "figures of campaigns; holds the party's id only")),
        PersonalTable("party_value", .keep(because: "sums, without the person")),
        PersonalTable("party_month", .keep(because: "sums, without the person")),
        PersonalTable("erp_document", .keep(because: "books that the law has us keep; no name, no address")),
        PersonalTable("erp_document_elsewhere", .keep(because: "books that the law has us keep; no name, no address")),
        PersonalTable(
            "document_detail_elsewhere", .keep(because: "books that the law has us keep; no name, no address")),
    ])
