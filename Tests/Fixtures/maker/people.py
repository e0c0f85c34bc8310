"""Parties and all that contacts keeps of them. All persons are made up."""
import json


def contacts(suite, ids):
    """Parties and all that belongs to them."""
    make, put = suite.make, lambda path, body: suite.change("PUT", "contacts", path, body)
    for field in [
        {"key": "tier", "label": "Tier", "type": "choice", "choices": ["gold", "silver"]},
        {"key": "seats", "label": "Seats", "type": "number"},
    ]:
        suite.send("POST", "contacts", "/v1/fields", field)
    ids["anna"] = make("contacts", "/v1/parties", {
        "name": "Anna Beispiel", "kind": "consumer", "country": "DE", "language": "de", "timeZone": "Europe/Berlin",
        "birthday": "1984-02-29", "owner": "maria", "tags": ["vip"], "notes": "Rings before noon.",
        "emails": [{"address": "anna@example.com", "label": "home"}, {"address": "a.beispiel@example.org"}],
        "phones": [{"number": "+493012345678", "label": "mobile"}],
        "addresses": [{"street": "Musterweg 1", "city": "Berlin", "postalCode": "10115", "country": "DE"}],
        "handles": [{"network": "mastodon", "handle": "@anna"}], "likes": ["tea"], "preferences": {"contact": "mail"},
        "title": "Buyer", "custom": {"tier": "gold", "seats": 12},
    }, {"idempotency-key": "fixture-anna"})
    ids["twin"] = make("contacts", "/v1/parties", {
        "name": "Anna Beispiel", "email": "anna@example.com", "phone": "+493012345679", "country": "DE"})
    ids["other"] = make("contacts", "/v1/parties", {"name": "Anna Beispil", "email": "anna@example.com"})
    ids["firm"] = make("contacts", "/v1/parties", {
        "name": "示例贸易有限公司", "kind": "enterprise", "country": "CN", "category": "brokerage"})
    for phone in ["+4940111000", "+4940111001"]:
        make("contacts", "/v1/parties", {"name": "Max Muster", "email": "max@example.com", "phone": phone})
    ids["gone"] = make("contacts", "/v1/parties", {
        "name": "Otto Niemand", "email": "otto@example.com", "phone": "+493055500000", "language": "de"})
    for name, reference in [("anna", "C-77"), ("firm", "C-78")]:
        suite.send("PUT", "contacts", f"/v1/parties/{ids[name]}/references/shop/{reference}")
    anna = f"/v1/parties/{ids['anna']}"
    relate = lambda first, kind, second, body: suite.send(
        "PUT", "contacts", f"/v1/parties/{ids[first]}/relations/{kind}/{ids[second]}", body)
    relate("firm", "employs", "anna", {"since": "2020-05-01", "note": "purchasing"})
    relate("firm", "refers", "other", {"since": "2024-01-31"})
    for decision in [("mail", "marketing", True), ("phone", "marketing", False), ("mail", "profiling", True)]:
        suite.send("PUT", "contacts", anna + "/consents", {
            "channel": decision[0], "purpose": decision[1], "granted": decision[2], "source": "form",
            "proof": "form 12"})
    suite.send("PUT", "contacts", f"/v1/parties/{ids['twin']}/consents", {
        "channel": "sms", "purpose": "service", "granted": True})
    ids["view"] = make("contacts", "/v1/views", {
        "name": "Gold in Germany", "owner": "maria",
        "definition": {"filter": [{"field": "country", "is": "Germany"}], "sort": "name", "descending": True}})
    suite.change("PATCH", "contacts", anna, {"notes": "Rings after noon.", "tags": ["vip", "press"]})
    put(f"/v1/parties/{ids['customer']}/wallet", {"currency": "GBP", "yearlySpend": "2500.50"})
    put("/v1/value/weights", {"weights": {"recency": 1.5, "frequency": 2}})
    put(f"/v1/parties/{ids['customer']}/benefit", {"declared": "relationship"})
    put(anna + "/stage", {"stage": "lead", "cause": "asked at the fair"})
    touches(suite)
    imports(suite, ids)
    merges(suite, ids)
    suite.until("the base's fifths", lambda: suite.rows("contacts.value_scale"), 180)
    ids["fit"] = make("contacts", "/v1/models/fits", {"currency": "GBP", "weeks": 26})
    suite.until("the fit", lambda: suite.get(
        "contacts", f"/v1/models/fits/{ids['fit']}")["state"] in ("done", "failed"))


def touches(suite):
    """What channels tell, and of somebody who is nobody's yet."""
    for touch in [
        {"kind": "call.ended", "interactionId": "call-1", "phone": "+493012345678", "seconds": 95,
         "outcome": "answered", "agent": "maria", "direction": "inbound", "subject": "Delivery"},
        {"kind": "message.received", "interactionId": "mail-1", "email": "anna@example.com", "channel": "mail",
         "subject": "Thank you", "text": "It came."},
        {"kind": "form.submitted", "interactionId": "form-1", "email": "nobody@example.net", "place": "contact",
         "fields": {"topic": "offer"}},
        {"kind": "review.posted", "interactionId": "review-1", "name": "A. B.", "rating": 4, "sku": "P10001",
         "text": "Good.", "phone": "+493099900000"},
    ]:
        suite.send("POST", "contacts", "/v1/interactions", {**touch, "at": "2026-11-01T10:00:00Z"})


def imports(suite, ids):
    """A file with a row that is refused, and another that is taken back."""
    rows = ["name,email,phone", "Carla Muster,carla@example.com,", ",no-name@example.com,", "Bad Mail,not-an-address,"]
    text = "".join(row + "\r\n" for row in rows)
    for name, body in [("import", text), ("undone", "name,email\r\nIda Probe,ida@example.com\r\n")]:
        answer, _ = suite.send("POST", "contacts", "/v1/imports", body, media="text/csv")
        ids[name] = json.loads(answer)["id"]
        path = f"/v1/imports/{ids[name]}"
        suite.until("an import", lambda: suite.get("contacts", path)["state"] == "done")
    suite.send("POST", "contacts", path + "/undo")
    suite.until("the undo", lambda: suite.get("contacts", path)["state"] == "undone")


def merges(suite, ids):
    """One merge that stays, one taken back, a pair that was rejected and one that is open."""
    anna = f"/v1/parties/{ids['anna']}"
    suite.until("duplicates", lambda: len(suite.get("contacts", anna + "/duplicates")["items"]) >= 2)
    suite.until("the open pair", lambda: suite.rows(
        "contacts.duplicate_pair d JOIN contacts.party p ON p.id = d.low", "p.name = 'Max Muster'"))
    low, high = sorted([ids["anna"], ids["other"]])
    suite.send("POST", "contacts", f"/v1/duplicates/{low}/{high}/reject", {"by": "maria"})

    def merge(other):
        tag = suite.send("GET", "contacts", anna)[1]["etag"]
        return suite.make(
            "contacts", anna + "/merges", {"mergedId": ids[other], "by": "maria", "fields": {"phone": "merged"}},
            {"if-match": tag})
    ids["merge"] = merge("twin")
    ids["unmerged"] = merge("firm")
    suite.send("POST", "contacts", f"/v1/merges/{ids['unmerged']}/undo", {"by": "maria"})


def privacy(suite, ids):
    """An archive of one person, and the erasure of another of whom all services know something."""
    gone = ids["gone"]
    suite.make("sales", "/v1/leads", {"name": "Otto Niemand", "partyId": gone, "email": "otto@example.com"})
    suite.make("tickets", "/v1/tickets", {"subject": "Forget me", "partyId": gone})
    ids["erasure"] = suite.make("contacts", f"/v1/parties/{gone}/erasures", {"by": "maria", "reason": "letter"})
    ids["archive"] = suite.make("contacts", f"/v1/parties/{ids['anna']}/archives", {"by": "maria"})
    suite.until("the receipts", lambda: suite.rows("contacts.erasure_receipt") >= 5)
    suite.until("the pieces", lambda: suite.rows("contacts.archive_piece") >= 5)
