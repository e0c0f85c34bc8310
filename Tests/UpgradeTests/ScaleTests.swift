import Campaigns
import Contacts
import EventLoop
import FoundationEssentials
import Messaging
import Notifications
import Postgres
import Sales
import ServiceKit
import ServiceTestKit
import TestKit
import Testing
import Tickets

/// What would keep a service from being spread over several databases by its parties: locks that several processes share, and keys that are
/// unique without the party they belong to. Each has its reason here; a new one needs one.
@Suite struct ScaleTests {
    /// Advisory locks by number. None is over a whole schema on the way of events or requests.
    private static let locks = [
        "4200 Shared/Messaging/RelayStore.swift":
            "and seven more: lanes of the outbox, a session each; one publisher keeps the order of a lane",
        "42 Shared/Messaging/RelayStore.swift":
            "the lanes' former number, held beside the new ones for programs that know no other",
        "43 Shared/ServiceKit/Ledger/RedirectLanes.swift":
            "64 lanes of parties: facts shared, merges alone, so that none is written for a party while it moves",
        "44 Services/Contacts/Duplicates/DuplicateStore.swift":
            "64 lanes of parties, those that are free: a party is looked at by one at a time; nobody waits",
        "48 Shared/Messaging/RebuildStore.swift": "one rebuild at a time; a second one is refused and nobody waits",
        "49 Services/Contacts/LongWork/LongWork.swift":
            "a report is computed by one, and search terms are written by one; others pass them over",
        "50 Services/Contacts/Duplicates/DuplicateStore.swift":
            "64 lanes of match keys: newcomers with one key are looked at one after the other, in the background",
        "51 Services/Contacts/Value/ValueStore.swift":
            "8 lanes of sums over all customers, the first that is free: nobody waits",
        "52 Shared/Messaging/Lives/LifeStore.swift":
            "one process recovers what former lives have told; the others wait until that is done",
        "53 Services/Campaigns/Products/ProductStore.swift":
            "the sums of products are folded by one, and the others pass them over: nobody waits",
        "60 Services/Console/Directory/KeptStore.swift":
            "one at a time gives something another place in a tree of the directory: seldom, and there are few",
        "61 Services/Console/Keys/KeyStore.swift": "one process looks after the signing keys, each half minute",
        "62 Shared/ServiceKit/Audit/AuditStore.swift":
            "one process gives entries of the audit their places, behind the writing of them: nobody waits",
        "hashtext($1) Shared/Postgres/Migrations.swift": "one process migrates a schema, when a new program starts",
    ]

    @Test func everyAdvisoryLockHasItsNumberAndItsReason() throws {
        let found = try Self.advisoryLocks()
        #expect(found.subtracting(Self.locks.keys).isEmpty, "name them here with their reasons")
        #expect(Set(Self.locks.keys).subtracting(found).isEmpty, "delete them here")
        let numbers = found.map { $0.prefix { $0 != " " } }
        #expect(Set(numbers).count == numbers.count, "a number is used by two: \(numbers.sorted())")
    }

    /// `number file` of each.
    private static func advisoryLocks() throws -> Set<String> {
        let lock =
            /pg_(?:try_)?advisory(?:_xact)?_lock(?:_shared)?\(\s*(?:(?<number>\d+)|\\\((?<name>\w+)\)|(?<other>[^,]*?\)\)))/
        var found: Set<String> = []
        for folder in ["Services", "Shared"] {
            for path in try FileManager.default.subpathsOfDirectory(atPath: "\(TestPaths.package)/\(folder)") {
                guard path.hasSuffix(".swift") else { continue }
                let text = try String(contentsOfFile: "\(TestPaths.package)/\(folder)/\(path)", encoding: .utf8)
                for match in text.matches(of: lock) {
                    let named = match.name.flatMap { name in
                        try? Regex("let \(name) = (\\d+)", as: (Substring, Substring).self).firstMatch(in: text)?.1
                    }
                    let number = match.number ?? named ?? match.other.map { $0.dropLast() } ?? "unknown"
                    found.insert("\(number) \(folder)/\(path)")
                }
            }
        }
        return found
    }

    private static let services: [any ServiceDefinition.Type] = [
        ContactsService.self, SalesService.self, CampaignsService.self, TicketsService.self, NotificationsService.self,
    ]

    /// What columns with a party's id are called.
    private static let parties: Set = [
        "party", "party_id", "account_id", "member_id", "customer_id", "recipient", "low", "survivor_id", "merged_id",
    ]

    @Test @Loop func everyUniqueKeyWithoutThePartyHasItsReason() async throws {
        var found: [String: String] = [:]
        for definition in Self.services {
            let service = try await TestService(definition)
            defer { service.close() }
            for key in try await service.column(Self.uniqueKeys) {
                let columns = key.drop { $0 != "(" }.dropFirst().dropLast().split(separator: ", ").map(String.init)
                // A number that is drawn at random or counts rows: the party's id can stand before it any day.
                guard columns != ["id"], Self.parties.isDisjoint(with: columns) else { continue }
                found[key, default: ""] += " " + definition.name
            }
        }
        let reasons = Self.keys.flatMap { reason, keys in keys.map { (key: $0, reason: reason) } }
        let known = Set(reasons.map(\.key))
        let unknown = found.filter { !known.contains($0.key) }.map { "\($0.key)\($0.value)" }
        #expect(unknown.isEmpty, "name them here with their reasons:\n\(unknown.sorted().joined(separator: "\n"))")
        #expect(known.subtracting(found.keys).isEmpty, "delete: \(known.subtracting(found.keys).sorted())")
    }

    private static let uniqueKeys = """
        SELECT c.relname || ' (' || string_agg(a.attname, ', ' ORDER BY k.place) || ')' FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = current_schema()::regnamespace
        CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(number, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
        WHERE i.indisunique GROUP BY c.relname, i.indexrelid
        """

    /// Unique keys without the party's id, by their reasons.
    private static let keys: [String: [String]] = [
        "bookkeeping of messages, timers and answers: it stays where its topic's partitions and its requests are": [
            "applied_sequence (key, source, grp)", "consumer_offset (grp, topic, part)",
            "dead_letter (grp, topic, part, off)", "idempotency_key (key)", "inbox (id, source, grp)",
            "intent (kind, subject)",
            "parked_key (grp, topic, key)", "parked_message (grp, topic, key, off)", "schema_migration (name)",
            "subject_key (subject, owner)", "timer (kind, key)",
        ],
        "a reference table: few rows, changed by few, to be kept whole on every node": [
            "custom_field (key)", "directory_key (is_only)", "exchange_rate (base, quote, day)", "firm (one)",
            "order_clock (is_only)",
            "pipeline_stage (position)", "pipeline_stage (stage)",
            "part_quota (part, name, period_start, period_end, currency)", "product (sku)", "product_name (sku)",
            "quota (owner, period_start, period_end, currency)",
            "sla_policy (priority)", "suppression (address)", "value_scale (currency)", "value_weight (behaviour)",
            "weighting (one)",
        ],
        "a sum over all customers, which has no party": [
            "cohort_month (currency, cohort, month)", "model_run (currency)", "month_seen (currency, month)",
            "product_sales (sku, currency)", "report (name, currency)", "sales_cell (currency, dimension, cell, lane)",
        ],
        "the ERP's or a channel's number: it is met before its party is known, and goes from one to another": [
            "document_detail (id, kind, source)", "erp_document (id, kind, source)",
            "erp_state_older (id, kind, source)", "odd_fact (kind, reference, source)",
            "interaction (kind, reference, source)",
            "order_item (order_id, sku, source)", "shipment (id, source)", "party_reference (system, reference)",
            "party_relation (other_id)",
        ],
        "of a schema and its life: each of several databases has its own": [
            "audit_head (size)", "audit_node (level, place)", "audit_place (place)", "audit_rule (is_only)",
            "life (one)", "source_life (source, epoch)", "tell_again (key)", "told_end (topic, part)",
            "ended_key (source, key)",
        ],
        "part of a record, or asked for once: the record's party can stand before it": [
            "customer_claim (system, number, claimant)", "held (kind, key)",
            "import_chunk (import_id, seq)", "import_error (import_id, line)", "message (dedup_key)",
            "message_told (dedup_key)",
            "lead_status (lead_id, version)", "opportunity_stage (opportunity_id, version)",
            "opportunity_withdrawn (opportunity_id)", "order_answer (request_id)", "order_asked (request_id)",
            "quote_line (quote_id, position)", "survey_answer (ticket_id, resolution)",
            "survey_request (ticket_id, resolution)", "task (kind, reference)",
        ],
    ]
}
