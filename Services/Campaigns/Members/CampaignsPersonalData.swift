import CRMModel
import ServiceKit

/// What campaigns holds of persons, and what an erasure leaves of it.
let campaignsPersonalData = PersonalData(
    ErasureOwners.Campaigns.self, terms: "SELECT email FROM member WHERE party_id = $1",
    [
        // First, as whoever works out its segments locks it first.
        PersonalTable(
            "member",
            .blank(
                "name = NULL, email = NULL, language = NULL, may_mail = false, benefit = NULL",
                because: "orders are counted on it, without the person")),
        PersonalTable("segment_member", .remove),
        PersonalTable(
            "recipient",
            .blank(
                "reason = NULL, status = CASE WHEN t.status = 'waiting' THEN 'suppressed' ELSE t.status END",
                because: "figures of campaigns; holds the party's id only")),
        PersonalTable("erp_document", .keep(because: "books that the law has us keep; no name, no address")),
        PersonalTable("erp_document_elsewhere", .keep(because: "books that the law has us keep; no name, no address")),
        PersonalTable("order_item_elsewhere", .keep(because: "books that the law has us keep; no name, no address")),
    ])
