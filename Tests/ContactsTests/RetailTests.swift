import Broker
import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts
@testable import Demo

/// Contacts with the real order file applied: published to a broker over TCP, read and applied by the service's own consumer.
@Loop
private final class AppliedShop {
    let service: TestService
    /// What each customer comes to, straight from the file's documents.
    private(set) var sums: [String: Amount] = [:]
    private(set) var walkIns = Amount.zero
    private let broker: Broker
    private let folder: String

    init() async throws {
        service = try await TestService(ContactsService.self)
        folder = try TestPaths.temporaryFolder()
        var settings = BrokerSettings(dataDirectory: folder)
        settings.flush = .pageCache
        broker = try Broker(settings)
        try await broker.start()
    }

    func close() async {
        await broker.stop()
        service.close()
        TestPaths.remove(folder)
    }

    func apply(_ path: String) async throws {
        let kafka = KafkaSettings(brokers: "127.0.0.1:\(broker.port)", clientID: "test")
        let topics: [Topic] = [.erpCustomers, .erpProducts, .erpOrders]
        try await KafkaAdmin.createTopics(topics.map { TopicPlan(name: $0.name, partitions: 12) }, kafka)
        let producer = try KafkaProducer(kafka)
        var shop = ShopEvents()
        var sent = 0
        try await RetailFile(path: path).documents { document in
            note(document)
            for event in shop.of(document) where topics.contains(event.topic) {
                sent += 1
                while !produce(event, sent, producer) { try await Loop.sleep(for: .milliseconds(5)) }
            }
        }
        #expect(await producer.flush(within: .seconds(60)))
        producer.close()
        let runner = ConsumerRunner(
            service.parts.subscriptions.reading(topics), group: "contacts", kafka: kafka, postgres: service.options)
        runner.onProblem = { Issue.record("\($0)") }
        try runner.start()
        try await eventually("\(sent) events applied", within: .seconds(300)) {
            runner.statistics.applied + runner.statistics.duplicates >= sent
        }
        #expect(runner.statistics.applied == sent && runner.statistics.dead == 0 && runner.statistics.skipped == 0)
        await runner.stop()
    }

    private func produce(_ event: ShopEvent, _ id: Int, _ producer: KafkaProducer) -> Bool {
        do {
            try producer.produce(
                topic: event.topic.name, key: event.key, value: event.data, headers: event.headers, id: id)
            return true
        } catch {
            return false
        }
    }

    private func note(_ document: ShopDocument) {
        guard document.kind != .adjustment else { return }
        let amount = document.kind == .credit ? -document.total : document.total
        if let number = document.customerNo {
            sums[number, default: .zero] += amount
        } else if document.kind == .order {
            walkIns += amount
        }
    }
}

private struct CustomerPage: Decodable {
    struct Item: Decodable {
        let partyId: UUID
        let value: Value
    }
    struct Value: Decodable {
        struct Classes: Decodable { let recency, frequency, monetary: Int }
        let netRevenue: String
        let orders, credits: Int
        let rfm: Classes?
        let abc: String?
    }
    let items: [Item]
    let next: String?
}

private struct Persistency: Decodable {
    struct Rate: Decodable { let customers, repeaters: Int }
    struct Cohort: Decodable {
        struct Month: Decodable {
            let month: String
            let customers: Int
        }
        let cohort: String
        let months: [Month]
    }
    struct Data: Decodable {
        let repeatRate: Rate
        let retention: [Cohort]
    }
    let data: Data
}

private struct Performance: Decodable {
    struct Month: Decodable { let revenue, credited, walkInRevenue: String }
    struct Data: Decodable { let months: [Month] }
    let data: Data
}

@Suite(
    .enabled(
        if: TestPaths.sharedData("data/online-retail.csv.gz") != nil,
        "skipped: the real order file is not in ../shared/data"))
struct RetailTests {
    @Test @Loop func everyCustomerOfTheRealFileIsWorthWhatTheFileSays() async throws {
        let path = try #require(TestPaths.sharedData("data/online-retail.csv.gz"))
        let shop = try await AppliedShop()
        do {
            try await shop.apply(path)
            try await ValueScale.refresh(shop.service.context)
            let found = try await customers(shop.service)
            #expect(found.count == 4_372)
            #expect(found.mapValues { Amount($0.netRevenue) } == shop.sums.mapValues { Amount(units: $0.units) })
            try await compareTotals(shop)
            try await compareFit(shop.service)
            if let reference = try await RetailReference.find(path) {
                compare(found, reference)
                try await compareRetention(shop.service, reference)
            }
            for report in Report.all {
                let answer = try await shop.service.send(.get, "/v1/reports/\(report.name)?currency=GBP")
                #expect(answer.status == 200, "\(report.name): \(answer.text.prefix(300))")
            }
            try await addOdd(to: shop.service, found)
        } catch {
            Issue.record(error)
        }
        await shop.close()
    }

    /// A thousand documents that cannot be, of new customers and of nobody, beside the real file: nobody else's figure moves.
    @Loop
    private func addOdd(to service: TestService, _ found: [String: CustomerPage.Value]) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("odd documents beside the real file: seed \(seed)")
        var odd = OddShop(seed: seed)
        // Others have no master record, and are called by their numbers.
        let real = "^([^CF]|[CF]([^0-9]|$))"
        let before = try await SaidOfOthers.figures(service, names: real)
        let documents = try (0..<1000).map { _ in try odd.odd() }
        for start in stride(from: 0, to: documents.count, by: 100) {
            try await service.transaction {
                try await ValueHandlers.apply(Array(documents[start..<start + 100]), $0)
            }
        }
        SaidOfOthers.expectEqual(before, try await SaidOfOthers.figures(service, names: real), seed)
        let now = try await customers(service)
        #expect(found.allSatisfy { now[$0.key]?.netRevenue == $0.value.netRevenue && now[$0.key]?.abc == $0.value.abc })
    }

    /// All customers by number, page by page.
    @Loop
    private func customers(_ service: TestService) async throws -> [String: CustomerPage.Value] {
        var numbers: [UUID: String] = [:]
        for line in try await service.column("SELECT party_id || ' ' || reference FROM party_reference") {
            let parts = line.split(separator: " ")
            numbers[try #require(UUID(uuidString: String(parts[0])))] = String(parts[1])
        }
        var found: [String: CustomerPage.Value] = [:]
        var query = "currency=GBP&limit=200"
        while true {
            let page = try await service.send(.get, "/v1/value/customers?\(query)").json(CustomerPage.self)
            for item in page.items { found[numbers[item.partyId] ?? "?"] = item.value }
            guard let next = page.next else { return found }
            query = "currency=GBP&limit=200&after=\(next)"
        }
    }

    @Loop
    private func compareTotals(_ shop: AppliedShop) async throws {
        let performance = try await shop.service.send(.get, "/v1/reports/performance?currency=GBP").json(
            Performance.self)
        let months = performance.data.months
        let revenue = months.reduce(Amount.zero) { $0 + (Amount($1.revenue) ?? .zero) }
        let walkIns = months.reduce(Amount.zero) { $0 + (Amount($1.walkInRevenue) ?? .zero) }
        #expect("\(revenue)" == "10655622.484" && walkIns == shop.walkIns)
    }

    private func compare(_ found: [String: CustomerPage.Value], _ reference: RetailReference) {
        #expect(reference.qcutAgrees && reference.customers.count == 4_372)
        var wrong: [String] = []
        for one in reference.customers {
            let value = found[one.no]
            let isSame =
                Amount(value?.netRevenue ?? "") == Amount(units: one.net) && value?.orders == one.orders
                && value?.credits == one.credits && value?.rfm?.recency == one.r && value?.rfm?.frequency == one.f
                && value?.rfm?.monetary == one.m && value?.abc == one.abc
            if !isSame { wrong.append("\(one) is not \(String(describing: value))") }
        }
        #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(3))")
        let best = found.map { (no: $0.key, net: Amount($0.value.netRevenue)?.units ?? 0) }
            .sorted { $0.net > $1.net }.prefix(5)
        #expect(best.map(\.no) == reference.top.map(\.no) && best.map(\.net) == reference.top.map(\.net))
        print("top five: \(best.map { "\($0.no) \(Amount(units: $0.net))" }.joined(separator: ", "))")
    }

    @Loop
    private func compareRetention(_ service: TestService, _ reference: RetailReference) async throws {
        let report = try await service.send(.get, "/v1/reports/persistency?currency=GBP").json(Persistency.self).data
        #expect(report.repeatRate.customers == reference.base && report.repeatRate.repeaters == reference.repeaters)
        let found = report.retention.map { cohort in
            (cohort.cohort, Dictionary(uniqueKeysWithValues: cohort.months.map { ($0.month, $0.customers) }))
        }
        #expect(found.map(\.0) == reference.retention.map(\.cohort))
        #expect(found.map(\.1) == reference.retention.map(\.months))
        print("repeat rate: \(reference.repeaters) of \(reference.base); \(found.count) cohorts")
    }

    /// The models find a fit of the real file too, and foretell everybody.
    @Loop
    private func compareFit(_ service: TestService) async throws {
        let worker = try ModelWorker(service.context)
        let asked = try await service.send(.post, "/v1/models/fits", #"{"currency":"GBP"}"#)
        #expect(asked.status == 202)
        #expect(try await worker.workOne())
        let row = try await service.column(
            "SELECT concat_ws(' ', state, done = customers, error, r, alpha, a, b, p, q, gamma, fit_seconds) FROM model_run"
        )
        #expect(row.first?.hasPrefix("done t ") == true)
        let predicted = try await service.column("SELECT count(*)::text FROM party_prediction")
        let base = try await service.column("SELECT count(*)::text FROM party_value WHERE orders > 0")
        #expect(predicted == base)
        print("fit of the real file: \(row)")
    }
}
