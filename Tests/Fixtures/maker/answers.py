"""What a version is asked for beside its dump."""


def paths(ids):
    """By service: nothing that depends on the hour, on work in the background or on what a version offers."""
    p, page = ids, "?limit=100"
    return {
        "contacts": [
            f"/v1/parties/{p['anna']}", f"/v1/parties/{p['customer']}", f"/v1/parties/{p['twin']}",
            f"/v1/parties/{p['anna']}/relations", f"/v1/parties/{p['anna']}/consents",
            f"/v1/parties/{p['anna']}/consents/decisions", f"/v1/parties/{p['anna']}/history",
            f"/v1/parties/{p['anna']}/timeline", f"/v1/parties/{p['customer']}/stage",
            f"/v1/parties/{p['customer']}/wallet", f"/v1/parties/{p['customer']}/benefit",
            f"/v1/parties/{p['firm']}/referrals", f"/v1/merges/{p['merge']}", f"/v1/merges/{p['unmerged']}",
            f"/v1/views/{p['view']}", f"/v1/imports/{p['import']}", f"/v1/imports/{p['undone']}",
            f"/v1/erasures/{p['erasure']}", f"/v1/models/fits/{p['fit']}",
            "/v1/fields", "/v1/duplicates", "/v1/value/weights", "/v1/interactions/call.ended/call-1",
            "/v1/interactions/form.submitted/form-1", "/v1/ledger/totals",
        ],
        "sales": [
            f"/v1/accounts/{p['customer']}", f"/v1/accounts/{p['anna']}", f"/v1/leads/{p['lead']}",
            f"/v1/leads/{p['openLead']}", f"/v1/opportunities/{p['orderedDeal']}", f"/v1/opportunities/{p['lost']}",
            f"/v1/quotes/{p['orderedQuote']}", f"/v1/order-requests/{p['ordered']}",
            f"/v1/order-requests/{p['requested']}", "/v1/tasks", f"/v1/activities/{p['call']}",
            f"/v1/activities/{p['visit']}", "/v1/quotas?owner=maria", "/v1/leads" + page, "/v1/ledger/totals",
        ],
        "campaigns": [
            "/v1/products/P10001", f"/v1/members/{p['customer']}", f"/v1/members/{p['anna']}",
            f"/v1/campaigns/{p['campaign']}", f"/v1/campaigns/{p['draftCampaign']}",
            "/v1/segments/active/members" + page, "/v1/ledger/totals",
        ],
        "tickets": [
            f"/v1/tickets/{p['ticket']}", f"/v1/tickets/{p['waiting']}", f"/v1/tickets/{p['open']}",
            "/v1/tickets" + page, "/v1/sla-policies", f"/v1/caller-card?party={p['customer']}",
        ],
        "notifications": [
            *(f"/v1/messages/{p[name]}" for name in ["sent", "failed", "suppressed", "queued"]),
            f"/v1/messages?recipient={p['customer']}",
        ],
    }
