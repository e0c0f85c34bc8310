import EventLoop
import FoundationEssentials
import HTTP
import Kafka

/// Orders that come all the time, and how late each service has them; and requests beside them.
@Loop
final class OrderStream {
    private let suite: RunningSuite
    private let producer: KafkaProducer
    private let http: HTTPClient
    /// When each was published.
    private var published: [Duration] = []
    /// The longest time until a service had an order, by service.
    private(set) var latest: [String: Duration] = [:]
    /// Requests that were answered, that had to be repeated, and that failed all the same.
    private(set) var requests = (answered: 0, repeated: 0, failed: [String]())
    private var tasks: [Task<Void, any Error>] = []
    private var isEnding = false

    /// Begins to publish so many orders, and to send so many requests, a second.
    init(_ suite: RunningSuite, orders: Int, requests: Int) throws {
        self.suite = suite
        producer = try KafkaProducer(try suite.kafka())
        http = try HTTPClient(connectionsPerHost: 4)
        tasks.append(Task { @Loop in try await self.publish(every: .seconds(1) / orders) })
        for name in ["contacts", "sales", "campaigns"] {
            tasks.append(Task { @Loop in try await self.follow(name) })
        }
        if requests > 0 { tasks.append(Task { @Loop in try await self.ask(every: .seconds(1) / requests) }) }
    }

    /// How many were published.
    var count: Int { published.count }

    /// Publishes no more, and waits until every service has all.
    func end() async throws {
        isEnding = true
        for task in tasks { try await task.value }
        producer.close()
    }

    private func publish(every pause: Duration) async throws {
        let begin = Loop.now
        while !isEnding {
            let number = published.count + 1
            let data =
                #"{"orderId":"S\#(number)","customerNo":"K\#(number % 50)","placedAt":"2026-01-01T00:00:00Z","#
                + #""currency":"EUR","lines":[],"total":"1"}"#
            let headers = [
                ("ce_specversion", "1.0"), ("ce_id", "stream-\(number)"), ("ce_source", "/test"),
                ("ce_type", "erp.order.placed.v1"), ("ce_time", "2026-01-01T00:00:00Z"),
                ("content-type", "application/json"),
            ].map { ($0.0, Array($0.1.utf8)) }
            try producer.produce(
                topic: "erp.orders", key: "K\(number % 50)", value: Array(data.utf8), headers: headers, id: number)
            published.append(Loop.now)
            let due = begin + pause * published.count
            if due > Loop.now { try await Loop.sleep(for: due - Loop.now) }
        }
    }

    /// Looks again and again how many a service has; a look that fails is one look less.
    private func follow(_ service: String) async throws {
        struct Total: Decodable { let kind: String; let count: Int }
        let deadline = Loop.now + .seconds(120)
        while true {
            let asked = Loop.now
            let known = published.count
            let totals = try? await suite.ask(service, .get, "/v1/ledger/totals", as: [Total].self)
            if let totals {
                let has = totals.first { $0.kind == "order" }?.count ?? 0
                if has < published.count {
                    // The oldest that it did not have when it was asked.
                    if has < known { latest[service] = max(latest[service] ?? .zero, asked - published[has]) }
                } else if isEnding {
                    return
                }
            }
            guard Loop.now < deadline else { throw SuiteFailure("\(service) has not got all orders") }
            try await Loop.sleep(for: .milliseconds(100))
        }
    }

    private func ask(every pause: Duration) async throws {
        let begin = Loop.now
        var number = 0
        var under: [Task<Void, Never>] = []
        while !isEnding {
            number += 1
            let name = services[number % services.count]
            under.append(Task { @Loop [number] in await self.send(name, number) })
            let due = begin + pause * number
            if due > Loop.now { try await Loop.sleep(for: due - Loop.now) }
        }
        for task in under { await task.value }
    }

    /// A request of a client that repeats it once.
    private func send(_ service: String, _ number: Int) async {
        for attempt in 1...2 {
            do {
                var request = ClientRequest(.get, "http://127.0.0.1:\(try suite.port(service))/v1/ops/dead-letters")
                if service == "contacts" {
                    request = ClientRequest(.post, "http://127.0.0.1:\(try suite.port(service))/v1/parties")
                    request.headers.add("content-type", "application/json")
                    request.headers.add("idempotency-key", "stream-\(number)")
                    request.body = Array(#"{"name":"Number \#(number)"}"#.utf8)
                }
                request.timeout = .seconds(10)
                let answer = try await http.send(request)
                guard (200..<300).contains(answer.status.rawValue) else {
                    throw SuiteFailure("\(answer.status.rawValue) \(String(decoding: answer.body, as: UTF8.self))")
                }
                requests.answered += 1
                return
            } catch {
                if attempt == 1 { requests.repeated += 1 } else { requests.failed.append("\(service): \(error)") }
            }
        }
    }
}
