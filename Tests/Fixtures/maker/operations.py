"""What operators see and do: rebuilds, dead letters, what waits."""


def operations(suite, ids):
    """Rebuilds, dead letters in each state, keys that wait for what never comes."""
    for service in ["contacts", "sales", "campaigns"]:
        suite.send("POST", service, "/v1/ops/rebuilds", {"actor": "maria", "reason": "fixture", "swap": True})
        suite.until("a rebuild", lambda: suite.rows(f"{service}.rebuild", "state = 'done'"), 120)
    for number in [1, 2]:
        for topic, type in [
            ("erp.orders", "erp.order.placed.v1"),
            ("crm.notification-requests", "notifications.message.requested.v1"),
        ]:
            suite.publish(topic, f"BAD-{number}", type, "/erp/fixture", {"orderId": number})
    for service in ["contacts", "sales", "campaigns", "tickets", "notifications"]:
        suite.until("dead letters", lambda: suite.rows(f"{service}.dead_letter") == 2)
        first = int(suite.sql(f"SELECT min(id) FROM {service}.dead_letter")[0])
        suite.send("POST", service, "/v1/ops/dead-letter-discards", {
            "ids": [first], "actor": "maria", "reason": "a test of the ERP's"})
    key = "0190a000-0000-7000-8000-0000000000ff"
    for topic, type, source in [
        ("crm.contacts", "contacts.party.changed.v1", "/contacts"),
        ("crm.tickets", "tickets.survey.answered.v1", "/tickets"),
        ("crm.contacts", "contacts.consent.changed.v1", "/contacts"),
    ]:
        suite.publish(topic, key, type, source, {"sealed": True}, "ce_sealed=1", "ce_sequence=1")
    for service in ["contacts", "sales", "campaigns", "tickets", "notifications"]:
        suite.until("parked keys", lambda: suite.rows(f"{service}.parked_message"))


def unpublished(suite, ids):
    """Events that the broker has not taken: it is gone by now."""
    suite.change("PATCH", "contacts", f"/v1/parties/{ids['customer']}", {"tags": ["late"]})
    suite.make("sales", "/v1/activities", {"kind": "mail", "subject": "Late", "partyId": ids["anna"]})
    suite.make("campaigns", "/v1/campaigns", {
        "name": "Unpublished", "segment": "new", "content": {"en": {"subject": "A", "body": "B"}}})
    suite.make("tickets", f"/v1/tickets/{ids['open']}/replies", {"body": "It is on its way.", "author": "paul"})
    suite.send("POST", "notifications", f"/v1/messages/{ids['sent']}/touches", {
        "kind": "clicked", "link": "https://example.com/"})
