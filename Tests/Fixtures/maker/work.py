"""What sales, service and marketing do, on the way from a lead to a survey."""


def sales(suite, ids):
    """A lead's way to an order, and what salespeople do besides."""
    make = suite.make
    suite.until("accounts", lambda: suite.rows("sales.account", f"id = '{ids['anna']}'"))
    suite.change("PATCH", "sales", f"/v1/accounts/{ids['customer']}", {"owner": "maria"})
    suite.send("PUT", "sales", "/v1/quotas", {
        "owner": "maria", "periodStart": "2026-10-01", "periodEnd": "2026-12-31", "currency": "GBP",
        "target": "50000.00"})
    ids["lead"] = make("sales", "/v1/leads", {
        "name": "Bernd Probe", "company": "Probe AG", "email": "bernd@example.com", "phone": "+493011122233",
        "source": "fair", "owner": "maria", "notes": "Wants tea for 40."}, {"idempotency-key": "fixture-lead"})
    ids["openLead"] = make("sales", "/v1/leads", {"name": "Clara Probe", "partyId": ids["anna"]})
    suite.send("POST", "sales", f"/v1/leads/{ids['lead']}/convert", {
        "name": "Tea for 40", "amount": "900.00", "currency": "GBP", "expectedClose": "2026-12-24",
        "partyId": ids["customer"]})
    ids["lost"] = make("sales", "/v1/opportunities", {
        "name": "Cups", "partyId": ids["anna"], "owner": "paul", "amount": "120.5", "currency": "EUR"})
    suite.change("PATCH", "sales", f"/v1/opportunities/{ids['lost']}", {"stage": "proposal"})
    suite.change("PATCH", "sales", f"/v1/opportunities/{ids['lost']}", {"stage": "lost", "lossReason": "price"})
    lines = [{"sku": "P10001", "name": "Red Tea Set", "quantity": "3", "unitPrice": "8.30", "discountPercent": "10"},
             {"sku": "P10002", "quantity": "1.5", "unitPrice": "12"}]
    for name in ["ordered", "overdue", "requested"]:
        ids[name + "Deal"] = make("sales", "/v1/opportunities", {
            "name": f"Deal {name}", "partyId": ids["customer"], "owner": "maria"})
        ids[name + "Quote"] = make("sales", f"/v1/opportunities/{ids[name + 'Deal']}/quotes", {
            "currency": "GBP", "lines": lines})
        ids[name] = make("sales", f"/v1/quotes/{ids[name + 'Quote']}/accept")
    ids["draftDeal"] = make("sales", "/v1/opportunities", {"name": "Deal draft", "partyId": ids["customer"]})
    ids["draftQuote"] = make("sales", f"/v1/opportunities/{ids['draftDeal']}/quotes", {
        "currency": "EUR", "lines": lines[:1]})
    suite.publish("erp.orders", ids["number"], "erp.order.placed.v1", "/erp/fixture", {
        "orderId": "F-1", "customerNo": ids["number"], "status": "placed", "placedAt": "2026-11-29T12:00:00Z",
        "currency": "GBP", "channel": "phone", "total": "40.41", "correlationId": ids["ordered"],
        "lines": [{"sku": "P10001", "name": "Red Tea Set", "quantity": "3", "unitPrice": "7.47", "unitCost": "4"},
                  {"sku": "P10002", "name": "P10002", "quantity": "1.5", "unitPrice": "12", "unitCost": "7"}]})
    suite.until("the ERP's answer", lambda: suite.rows("sales.order_answer"))
    # As if a day had passed.
    suite.sql(f"UPDATE sales.timer SET due_at = now() WHERE key = '{ids['overdue']}'")
    suite.until("the task", lambda: suite.rows("sales.task"))
    for kind, more in [
        ("call", {"minutes": 12, "outcome": "reached"}), ("visit", {"place": "Leeds", "notes": "Rain."}),
    ]:
        ids[kind] = make("sales", "/v1/activities", {
            "kind": kind, "subject": "Offer", "partyId": ids["customer"], "opportunityId": ids["orderedDeal"],
            "owner": "maria", "at": "2026-11-20T09:30:00Z", **more})


def tickets(suite, ids):
    """Tickets in each state, with their threads, and a survey that was answered."""
    make = suite.make
    suite.until("customers", lambda: suite.rows("tickets.customer", f"party_id = '{ids['anna']}'"))
    suite.send("PUT", "tickets", "/v1/sla-policies", {"items": [
        {"priority": name, "firstResponseMinutes": first, "resolutionMinutes": whole}
        for name, first, whole in [("urgent", 10, 180), ("high", 45, 480), ("normal", 240, 1440), ("low", 600, 5000)]]})
    ids["ticket"] = make("tickets", "/v1/tickets", {
        "subject": "A cup is broken", "partyId": ids["anna"], "type": "complaint", "priority": "urgent",
        "description": "The handle came off.", "assignee": "paul"}, {"idempotency-key": "fixture-ticket"})
    ids["waiting"] = make("tickets", "/v1/tickets", {"subject": "Which size?", "partyId": ids["customer"]})
    ids["open"] = make("tickets", "/v1/tickets", {"subject": "Where is my order?", "type": "question"})
    reply = lambda name, body: make("tickets", f"/v1/tickets/{ids[name]}/replies", body)
    reply("ticket", {"body": "We send a new one.", "author": "paul"})
    reply("ticket", {"body": "Take it from stock.", "author": "paul", "visibility": "internal"})
    reply("ticket", {"body": "Thank you!", "from": "customer"})
    reply("waiting", {"body": "Which do you mean?", "author": "paul"})
    suite.change("PATCH", "tickets", f"/v1/tickets/{ids['waiting']}", {"status": "waiting"})
    suite.send("POST", "tickets", f"/v1/tickets/{ids['ticket']}/resolve")
    link = "SELECT data->>'link' FROM notifications.message WHERE template = 'survey.csat'"
    token = suite.until("the survey's mail", lambda: suite.sql(link))[0].rsplit("/", 1)[1]
    suite.send("POST", "tickets", f"/v1/surveys/{token}", {"score": 4, "comment": "Quick."})
    suite.publish("logistics.shipments", ids["number"], "logistics.shipment.delayed.v1", "/carrier/fixture", {
        "shipmentId": "S-1", "orderId": "F-1", "customerNo": ids["number"], "carrier": "Post",
        "at": "2026-11-29T18:00:00Z", "expectedAt": "2026-12-03T12:00:00Z", "reason": "snow"})
    suite.until("the shipment's ticket", lambda: suite.rows("tickets.ticket", "source = 'shipment'"))


def campaigns(suite, ids):
    """A campaign that ran, one that did not, and messages of every fate."""
    make = suite.make
    suite.send("POST", "notifications", "/v1/suppressions", {"address": "Stop@example.com", "reason": "asked for"},
               {"idempotency-key": "fixture-suppression"})
    content = {
        "en": {"subject": "Tea", "body": "Dear {name}, tea."}, "zh": {"subject": "茶", "body": "{name}，茶。"}}
    ids["campaign"] = make(
        "campaigns", "/v1/campaigns", {"name": "Tea days", "segment": "active", "content": content},
        {"idempotency-key": "fixture-campaign"})
    ids["draftCampaign"] = make(
        "campaigns", "/v1/campaigns", {"name": "Later", "segment": "values-relationship", "content": content})
    suite.send("POST", "campaigns", f"/v1/campaigns/{ids['campaign']}/launch")
    message = lambda number, **more: {
        "messageId": f"0190a000-0000-7000-8000-00000000000{number}", "recipientId": ids["customer"], "channel": "mail",
        "address": "ward@example.com", "template": "survey.csat", "language": "en", "purpose": "transactional",
        "data": {"name": "Ward", "subject": "Tea", "link": "https://example.com/"},
        "deduplicationKey": f"fixture:{number}", **more}
    for each in [
        message(1, template="unknown"), message(2, address="stop@example.com", purpose="marketing"),
        message(3, notBefore="2099-01-01T00:00:00Z"), message(4),
    ]:
        suite.publish("crm.notification-requests", ids["customer"], "notifications.message.requested.v1",
                      "/fixture", each)
    ids["queued"], ids["sent"] = message(3)["messageId"], message(4)["messageId"]
    ids["failed"], ids["suppressed"] = message(1)["messageId"], message(2)["messageId"]
    suite.until("the mail", lambda: suite.rows("notifications.message", f"id = '{ids['sent']}' AND status = 'sent'"))
    suite.send("POST", "notifications", f"/v1/messages/{ids['sent']}/touches", {"kind": "opened"})
    suite.until("the campaign's end", lambda: suite.rows("campaigns.campaign", "status = 'completed'"))
    suite.until("its messages", lambda: not suite.rows("campaigns.recipient", "status = 'requested'"))
    suite.until("its messages in contacts", lambda: suite.rows("contacts.campaign_message"))
