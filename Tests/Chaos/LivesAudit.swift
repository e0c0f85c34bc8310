import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Rapport

/// What must hold after a service was moved and another restored.
extension ChaosAudit {
    /// Checks everything.
    func run(afterLives exchange: LivesExchange, _ deeds: LivesDeeds) async throws {
        try await checkDocuments()
        try await checkSums()
        try await checkCopies()
        try await checkDeadLetters()
        try await checkShipmentTickets(exchange)
        try await checkPresence(exchange)
        try await checkMails(deeds)
        try await checkRequests(deeds)
        try await checkErased(deeds)
        report(deeds.faults, "deeds that went wrong")
        let wrong = clients.wrong.filter { text in
            !text.contains("/accept was answered 409") && !lost.contains { text.contains($0) }
        }
        report(wrong, "wrong answers over HTTP")
        report(fleet.deaths, "programs that ended on their own")
    }

    /// A late or returned shipment has one ticket, or is held for a person where nobody can know.
    private func checkShipmentTickets(_ exchange: LivesExchange) async throws {
        var found: [String: Int] = [:]
        for row in try await rows(
            "tickets", "SELECT json_build_array(order_id || '|' || type)::text FROM ticket WHERE source = 'shipment'")
        {
            found[row[0], default: 0] += 1
        }
        let held = try await rows("tickets", "SELECT json_build_array(key)::text FROM held").count
        let missing = orders.tickets.filter { found[$0] == nil }.sorted()
        report(missing.count > held ? missing : [], "tickets of shipments are missing")
        report(found.filter { $0.value > 1 || !orders.tickets.contains($0.key) }.map(\.key), "tickets too many")
        checked.append(
            "\(found.count) tickets of \(orders.tickets.count) shipments, each at most once; \(held) held")
    }

    /// What was acknowledged is there once, but for what was in no topic yet.
    private func checkPresence(_ exchange: LivesExchange) async throws {
        for (service, things, sql) in [
            (
                "contacts", clients.parties,
                "SELECT json_build_array(id::text, name)::text FROM party WHERE name LIKE 'Rig %'"
            ),
            ("sales", clients.leads, "SELECT json_build_array(id::text, name)::text FROM lead WHERE name LIKE 'Rig %'"),
            (
                "tickets", clients.tickets,
                "SELECT json_build_array(id::text, subject)::text FROM ticket WHERE source = 'api'"
            ),
        ] {
            var ids: [String: Int] = [:]
            for row in try await rows(service, sql) { ids[row[0], default: 0] += 1 }
            let missing = things.compactMap(\.id).filter { ids[$0] == nil }
            lost.formUnion(missing)
            let isLate = missing.count <= exchange.untold[service] ?? 0
            report(isLate ? [] : missing, "things of \(service) that were acknowledged are not there")
            let names = Dictionary(grouping: try await rows(service, sql)) { String($0[1].split(separator: " v")[0]) }
            report(names.filter { $0.value.count > 1 }.map(\.key), "things of \(service) are there twice")
            if !missing.isEmpty {
                checked.append("\(missing.count) things of \(service) were in no topic when its schema went")
            }
        }
        checked.append("\(grouped(clients.acknowledged)) acknowledged commands: what they made is there once")
    }

    /// At most one mail for each message; none to those who had withdrawn; one to each who allows it.
    private func checkMails(_ deeds: LivesDeeds) async throws {
        let folder = fleet.suite.folder.path + "/maildir/new"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        var sent: [String: Int] = [:]
        for file in files {
            sent[file.split(separator: ".").dropFirst().first.map(String.init) ?? file, default: 0] += 1
        }
        report(sent.filter { $0.value > 1 }.map { "\($0.key): \($0.value)" }, "messages were sent more than once")
        let messages = try await rows(
            "notifications", "SELECT json_build_array(id::text, dedup_key, status)::text FROM message")
        let unsettled = messages.filter { !["sent", "held", "suppressed", "discarded"].contains($0[2]) }
        report(unsettled.map { "\($0[1]) is \($0[2])" }, "messages are neither sent nor held")
        let unsent = messages.filter { $0[2] == "sent" && sent[$0[0]] == nil }
        report(unsent.map { $0[1] }, "messages count as sent and were not")
        let keys = Dictionary(grouping: messages) { $0[1] }
        report(keys.filter { $0.value.count > 1 }.map(\.key), "messages were asked for twice")
        guard let second = deeds.campaigns["second"] else { return }
        func count(_ party: UUID) -> Int {
            sent[ExternalID.message(deduplicationKey: "campaign:\(second.text):\(party.text)").text] ?? 0
        }
        report(deeds.withdrawn.filter { count($0) > 0 }.map(\.text), "people were mailed who had withdrawn")
        report(deeds.willing.filter { count($0) != 1 }.map(\.text), "people who allow it were not mailed once")
        let held = messages.count { $0[2] == "held" }
        checked.append(
            "\(grouped(messages.count)) messages, \(grouped(sent.count)) mails, \(held) held; none twice, none to the"
                + " \(deeds.withdrawn.count) who had withdrawn, one to each of the \(deeds.willing.count) others")
    }

    /// The ERP was asked once for each quote.
    private func checkRequests(_ deeds: LivesDeeds) async throws {
        let stored = try await rows(
            "sales", "SELECT json_build_array(id::text, quote_id::text)::text FROM order_request")
        let byQuote = Dictionary(grouping: stored) { $0[1] }
        var faults: [String] = []
        for (quote, request) in deeds.requests where byQuote[quote.text]?.map({ $0[0] }) != [request.text] {
            faults.append("quote \(quote.text): \(byQuote[quote.text]?.map { $0[0] } ?? [])")
        }
        report(faults, "quotes without the one request that was acknowledged")
        checked.append("\(deeds.requests.count) accepted quotes, one order request each")
    }

    /// Nobody erased can be read in any service.
    private func checkErased(_ deeds: LivesDeeds) async throws {
        var faults: [String] = []
        for (id, secret) in deeds.erased {
            for service in Services.builtHearing {
                let body = try? await ServiceProbe(service, fleet.state).get("/v1/privacy/parties/\(id.text)")
                let text = String(decoding: body ?? [], as: UTF8.self)
                if text.contains(secret) { faults.append("\(service) still has \(secret)") }
            }
        }
        report(faults, "erased persons are readable")
        checked.append("\(deeds.erased.count) erased persons readable nowhere")
    }
}
