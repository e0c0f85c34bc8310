import CRMModel
import EventLoop
import Kafka
import Rapport

/// Publishes the events of the ERP and its carrier, and goes on when the broker goes away and comes back.
@Loop
package final class ERPPlayer {
    private let settings: KafkaSettings
    private var producer: KafkaProducer
    private let room = Notice()
    private var unconfirmed: [Int: ShopEvent] = [:]
    private var sent = 0
    private var fatal: KafkaError?
    private static let most = 20_000

    /// Events that the broker has acknowledged.
    private(set) var confirmed = 0

    /// Publishes to a cluster.
    package init(_ settings: KafkaSettings) throws {
        self.settings = settings
        producer = try KafkaProducer(settings, linger: .milliseconds(5))
        listen()
    }

    /// Makes the topics that are missing.
    static func makeTopics(_ settings: KafkaSettings) async throws {
        let known = try await KafkaAdmin.topics(settings)
        let missing = Topic.all.filter { known[$0.name] == nil }.map {
            TopicPlan(name: $0.name, partitions: Topic.partitions, settings: $0.settings)
        }
        if !missing.isEmpty { try await KafkaAdmin.createTopics(missing, settings) }
    }

    /// Hands an event over; waits while too many are not acknowledged yet.
    package func publish(_ event: ShopEvent) async throws {
        try await waitUntil { unconfirmed.count < Self.most }
        sent += 1
        unconfirmed[sent] = event
        try await hand(event, sent)
    }

    /// Waits until all is acknowledged.
    package func finish() async throws {
        try await waitUntil { unconfirmed.isEmpty }
    }

    /// Waits for acknowledgements; a broker that gives none for two minutes is an error.
    private func waitUntil(_ condition: @Loop () -> Bool) async throws {
        while !condition() {
            let before = confirmed
            let isOver = try await room.wait(until: { condition() || fatal != nil }, atMost: .seconds(120))
            guard isOver || confirmed != before else {
                throw SuiteError("the broker at \(settings.brokers) has acknowledged nothing for two minutes")
            }
            try replaceProducerIfBroken()
        }
    }

    /// Ends it; what is not acknowledged is lost.
    package func close() { producer.close() }

    private func hand(_ event: ShopEvent, _ id: Int) async throws {
        while true {
            do throws(KafkaError) {
                return try producer.produce(
                    topic: event.topic.name, key: event.key, value: event.data, headers: event.headers, id: id)
            } catch {
                guard error.isQueueFull else {
                    // A producer that broke since says so here first; the new one sends this event with the others.
                    fatal = error
                    return try replaceProducerIfBroken()
                }
            }
            try await Loop.sleep(for: .milliseconds(5))
        }
    }

    private func listen() {
        producer.onDeliveries = { [unowned self] deliveries in
            for delivery in deliveries {
                if let error = delivery.error {
                    fatal = error
                } else if unconfirmed.removeValue(forKey: delivery.id) != nil {
                    confirmed += 1
                }
            }
            room.notify()
        }
        producer.onError = { [unowned self] error in
            guard error.isFatal else { return }
            fatal = error
            room.notify()
        }
    }

    /// A broker that lost its memory of us breaks the idempotent producer for good: a new one sends again what was not
    /// acknowledged, in order; what arrives twice has the same id and changes nothing.
    private func replaceProducerIfBroken() throws {
        guard fatal != nil else { return }
        fatal = nil
        producer.close()
        producer = try KafkaProducer(settings, linger: .milliseconds(5))
        listen()
        for (id, event) in unconfirmed.sorted(by: { $0.key < $1.key }) {
            try producer.produce(
                topic: event.topic.name, key: event.key, value: event.data, headers: event.headers, id: id)
        }
    }
}
