import CRMModel
import Demo
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import Rapport

/// Checks the invariants when everything has come to rest: the services and topics against the books that the rig kept itself.
@Loop
final class ChaosAudit {
    /// What breaks an invariant, the first of each kind named.
    private(set) var violations: [String] = []
    /// What was checked, for people: a line each.
    var checked: [String] = []
    /// Ids of what was in no topic yet when its schema went.
    var lost: Set<String> = []
    let fleet: Fleet
    let orders: ChaosOrders
    let clients: ChaosClients

    init(_ fleet: Fleet, _ orders: ChaosOrders, _ clients: ChaosClients) {
        self.fleet = fleet
        self.orders = orders
        self.clients = clients
    }

    /// Checks everything.
    func run() async throws {
        try await checkDocuments()
        try await checkSums()
        try await checkOwnTickets()
        try await checkTopics()
        try await checkCommands()
        try await checkCopies()
        try await checkMessages()
        try await checkDeadLetters()
        try await checkRebuilds()
        try await checkDeadlocks()
        report(clients.wrong, "wrong answers over HTTP")
        report(fleet.deaths, "programs that ended on their own")
    }

    func report(_ faults: [String], _ what: String) {
        guard !faults.isEmpty else { return }
        violations.append("\(grouped(faults.count)) \(what)")
        violations += faults.prefix(5).map { "  \($0)" }
    }

    func rows(_ service: String, _ sql: String) async throws -> [[String]] {
        let statement = Statement("chaos.\(StableHash(sql).hexadecimal)", sql)
        return try await fleet.positions.ask(service, statement).map { row in
            var cells: [String] = []
            let json: String = try row.value(0)
            cells = try JSONDecoder().decode([String?].self, from: Data(json.utf8)).map { $0 ?? "" }
            return cells
        }
    }

    /// Locks are taken in one order, so two processes never wait for each other. A killed PostgreSQL forgets its count.
    private func checkDeadlocks() async throws {
        let rows = try await rows(
            "contacts",
            "SELECT json_build_array(deadlocks::text)::text FROM pg_stat_database WHERE datname = current_database()")
        let count = rows.first?.first ?? "unknown"
        report(count == "0" ? [] : [count], "deadlocks")
        checked.append("no deadlocks since PostgreSQL was killed last")
    }

    // MARK: Orders

    /// Every document in every service that keeps a ledger, as it was told last.
    func checkDocuments() async throws {
        for name in Services.withLedger {
            let comparison = try await Reconciliation.compare(ServiceProbe(name, fleet.state), orders.book)
            report(comparison.named, "documents of \(name) differ (in all \(comparison.count))")
        }
        checked.append(
            "\(grouped(orders.book.entries.count)) documents equal in \(Services.withLedger.joined(separator: ", "))")
    }

    /// Sums that grow with every event: what was applied twice would show here.
    func checkSums() async throws {
        var expected: [String: [Int]] = [:]
        for (name, entry) in orders.book.entries where !entry.isCancelled {
            guard let party = entry.party else { continue }
            let place = name.kind == "order" ? 0 : name.kind == "credit" ? 2 : nil
            guard let place else { continue }
            var sums = expected[party] ?? [0, 0, 0, 0]
            sums[place] += 1
            sums[place + 1] += entry.units
            expected[party] = sums
        }
        let sums = "json_build_array(KEY::text, orders::text, revenue::text, credits::text, credited::text)::text"
        for (service, key, table) in [
            ("contacts", "party_id", "party_value"), ("sales", "account_id", "account_revenue"),
        ] {
            var faults: [String] = []
            var left = expected
            for row in try await rows(service, "SELECT \(sums.replacing("KEY", with: key)) FROM \(table)") {
                let found = row.dropFirst().map { Int($0) ?? -1 }
                let wanted = left.removeValue(forKey: row[0]) ?? [0, 0, 0, 0]
                if found != wanted { faults.append("\(row[0]) has \(found) and not \(wanted)") }
            }
            faults += left.map { "\($0.key) is missing: \($0.value)" }
            report(faults, "sums of \(service) differ")
        }
        let wanted = orders.book.entries.filter { $0.key.kind == "order" && $0.value.party != nil }
        var faults: [String] = []
        var count = 0
        for row in try await rows(
            "tickets",
            """
            SELECT json_build_array(id, total::text, status, source)::text FROM customer_order o
            WHERE party_id <> '00000000-0000-0000-0000-000000000000' AND NOT EXISTS (
                SELECT FROM customer_order k WHERE k.id = o.id AND k.source = o.source
                    AND (coalesce(k.told_at, '-infinity'), NOT k.is_cancelled, k.party_id)
                        > (coalesce(o.told_at, '-infinity'), NOT o.is_cancelled, o.party_id))
            """)
        {
            count += 1
            let entry = wanted[BookName(source: row[3], kind: "order", id: row[0])]
            if entry?.units != Int(row[1]) || entry?.isCancelled != (row[2] == "cancelled") {
                faults.append("order \(row[0]) is \(row[1]) \(row[2]) and not \(entry.map { "\($0)" } ?? "told")")
            }
        }
        if count != wanted.count { faults.append("there are \(count) orders and not \(wanted.count)") }
        report(faults, "orders of tickets differ")
        checked.append("sums of \(grouped(expected.count)) customers equal in contacts and sales, orders in tickets")
    }

    /// One ticket for each late or returned shipment.
    private func checkOwnTickets() async throws {
        var found: [String: Int] = [:]
        for row in try await rows(
            "tickets", "SELECT json_build_array(order_id || '|' || type)::text FROM ticket WHERE source = 'shipment'")
        {
            found[row[0], default: 0] += 1
        }
        report(orders.tickets.filter { found[$0] == nil }.sorted(), "tickets of shipments are missing")
        report(found.filter { $0.value > 1 || !orders.tickets.contains($0.key) }.map(\.key), "tickets too many")
        checked.append("\(grouped(orders.tickets.count)) tickets of shipments, once each")
    }

    // MARK: Events of our own

    /// Each key's events in their order and none missing, and the last of each as its owner has it.
    private func checkTopics() async throws {
        var messages = 0
        var duplicates = 0
        let owners = [
            Topic.contacts: ("contacts", "party"), .sales: ("sales", "lead"), .tickets: ("tickets", "ticket"),
            .campaigns: nil, .notifications: ("notifications", "message"), .notificationRequests: nil,
        ]
        for (topic, owner) in owners {
            let audit = try await TopicAudit(topic, fleet.kafka)
            messages += audit.messages
            duplicates += audit.duplicates
            report(audit.faults, "events of \(topic.name) out of order or missing")
            guard let (service, table) = owner else { continue }
            let stored = try await rows(service, "SELECT json_build_array(id::text, version::text)::text FROM \(table)")
            var faults: [String] = []
            for row in stored where audit.last[row[0]] != Int(row[1]) && row[1] != "0" {
                faults.append("\(row[0]) is at \(row[1]); told was \(audit.last[row[0]] ?? 0)")
            }
            report(faults, "versions in \(service) differ from \(topic.name)")
        }
        checked.append(
            "\(grouped(messages)) events of our own in order, none missing (\(grouped(duplicates)) told again)")
    }

    // MARK: Commands

    /// What was acknowledged is there once; what was not, once or not at all.
    private func checkCommands() async throws {
        let parties = try await rows(
            "contacts",
            "SELECT json_build_array(id::text, name, version::text)::text FROM party WHERE name LIKE 'Rig %'")
        let leads = try await rows(
            "sales", "SELECT json_build_array(id::text, name, version::text)::text FROM lead WHERE name LIKE 'Rig %'")
        let tickets = try await rows(
            "tickets",
            "SELECT json_build_array(id::text, subject, version::text, status)::text FROM ticket WHERE source = 'api'")
        report(check(clients.parties, parties), "parties differ from what was acknowledged")
        report(check(clients.leads, leads), "leads differ from what was acknowledged")
        report(check(clients.tickets, tickets), "tickets differ from what was acknowledged")
        checked.append(
            "\(grouped(clients.acknowledged)) acknowledged commands once each, \(grouped(clients.abandoned)) abandoned"
                + " at most once")
    }

    func check(_ things: [ChaosClients.Thing], _ rows: [[String]]) -> [String] {
        var faults: [String] = []
        var byName: [Substring: [[String]]] = [:]
        for row in rows { byName[Self.base(row[1]), default: []].append(row) }
        for thing in things {
            let found = byName.removeValue(forKey: Self.base(thing.name)) ?? []
            if found.count > 1 { faults.append("\(thing.name) is there \(found.count) times") }
            guard let id = thing.id else { continue }
            guard let row = found.first, row[0] == id else {
                faults.append("\(thing.name) was acknowledged as \(id) and is \(found.first ?? ["not there"])")
                continue
            }
            if thing.isUncertain { continue }
            let version = thing.isResolved ? 2 : thing.version
            if row[1] != thing.name || row[2] != "\(version)"
                || row.count > 3 && (row[3] == "resolved") != thing.isResolved
            {
                faults.append("\(thing.name) was acknowledged at version \(version) and is \(row)")
            }
        }
        faults += byName.map { "\($0.key) was never asked for" }
        return faults
    }

    /// A party's name without the number of its change.
    private static func base(_ name: String) -> Substring {
        name.firstRange(of: " v").map { name[..<$0.lowerBound] } ?? name[...]
    }

    /// Every party as the other services know it.
    func checkCopies() async throws {
        let owned = try await rows(
            "contacts", "SELECT json_build_array(id::text, name)::text FROM party WHERE name <> 'erased'")
        for (service, sql) in [
            ("sales", "SELECT json_build_array(id::text, name)::text FROM account"),
            ("tickets", "SELECT json_build_array(party_id::text, name)::text FROM customer"),
            ("campaigns", "SELECT json_build_array(party_id::text, name)::text FROM member"),
        ] {
            let copies = Dictionary(
                try await rows(service, sql).map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
            report(
                owned.filter { copies[$0[0]] != $0[1] }.map { "\($0[1]) is \(copies[$0[0]] ?? "not there")" },
                "parties differ in \(service)")
        }
        checked.append("\(grouped(owned.count)) parties equal in contacts, sales, tickets and campaigns")
    }

    // MARK: Messages

    /// One mail for each message asked for.
    private func checkMessages() async throws {
        let messages = try await rows(
            "notifications", "SELECT json_build_array(id::text, dedup_key, status)::text FROM message")
        let folder = fleet.suite.folder.path + "/maildir/new"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var byMessage: [String: Int] = [:]
        for file in files {
            byMessage[file.split(separator: ".").dropFirst().first.map(String.init) ?? file, default: 0] += 1
        }
        var faults: [String] = []
        for row in messages {
            let count = byMessage.removeValue(forKey: row[0]) ?? 0
            if count != 1 || row[2] != "sent" { faults.append("\(row[1]) is \(row[2]) and was sent \(count) times") }
        }
        faults += byMessage.keys.map { "mail \($0) was never asked for" }
        report(faults, "mails differ")
        var resolutions: [String: Int] = [:]
        for row in messages { resolutions[row[1], default: 0] += 1 }
        report(resolutions.filter { $0.value > 1 }.map(\.key), "messages were asked for twice")
        checked.append("\(grouped(messages.count)) mails, one for each message asked for")
    }

    /// Exactly the messages that nobody can apply, each under its class of error, in every service that reads the topic.
    func checkDeadLetters() async throws {
        for service in Services.builtHearing {
            let reads = Services.withLedger.contains(service) || service == "tickets"
            var left = reads ? orders.poison : [:]
            var faults: [String] = []
            for row in try await rows(service, Self.deadLetters) {
                // Each of them once.
                if left.removeValue(forKey: row[0]) != row[2] { faults.append("\(row[1]) \(row[2]): \(row[3])") }
            }
            report(faults, "dead letters of \(service) that nobody injected so")
            report(left.map { "\($0.key) \($0.value)" }.sorted(), "injected messages are no dead letters of \(service)")
        }
        var classes: [String: Int] = [:]
        for name in orders.poison.values { classes[name, default: 0] += 1 }
        let text = classes.sorted { $0.key < $1.key }.map { "\(grouped($0.value)) \($0.key)" }.joined(separator: ", ")
        checked.append(
            "\(grouped(orders.poison.count)) impossible messages (\(text)) are the dead letters, and nothing else is")
    }

    private static let deadLetters = """
        SELECT json_build_array((SELECT h ->> 1 FROM jsonb_array_elements(headers) AS h WHERE h ->> 0 = 'rig-poison'),
            topic, error_class, error_text || CASE WHEN error_class = 'SealBroken' THEN ' at ' || part || ' ' || off || ' ' || headers::text ELSE '' END)::text
        FROM dead_letter
        """

    // MARK: Read models

    /// The tables of every service that follow from the topics alone are what the topics give when they are read anew.
    private func checkRebuilds() async throws {
        var tables = 0
        for service in Services.withLedger {
            let order = RebuildCommand.Order(actor: "rig", reason: nil, swap: false, force: false)
            let outcome = try await RebuildCommand(fleet.suite).rebuild(service, order)
            let parts = outcome.parts.filter { $0.hash != $0.liveHash }
            report(
                parts.map { "\($0.table): \($0.rows) rows, live \($0.liveRows)" },
                "tables of \(service) differ from the topics")
            tables += outcome.parts.count
        }
        checked.append(
            "\(grouped(tables)) tables of \(Services.withLedger.joined(separator: ", ")) as the topics give them")
    }
}
