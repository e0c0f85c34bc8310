import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import ServiceKit

extension TestService {
    /// Has the service hear events of other services, in order, as one batch; each is new.
    public func apply<T: EventData & Encodable>(_ events: [T], key: String = "k") async throws {
        guard let contract = EventContract.named(T.type) else {
            throw UnexpectedAnswer(description: "\(T.type) is in no contract")
        }
        let origin = TopicPartition(topic: contract.topic.name, partition: 0)
        let records = try events.map { event in
            let names = [
                ("ce_specversion", "1.0"), ("ce_id", UUID.v7().text), ("ce_source", "/test"),
                ("ce_type", contract.versionedType),
            ]
            return KafkaRecord(
                origin: origin, offset: 0, key: Array(key.utf8), value: Array(try ModelJSON.text(event).utf8),
                headers: names.map { (name: $0.0, value: Array($0.1.utf8)) })
        }
        try await transaction { try await parts.subscriptions.rehearse(records, of: "test", in: $0) }
    }

    /// Has the service hear outside events as they come, in order, as one batch; each is new.
    public func hear(
        _ events: [(type: String, json: String)], on topic: Topic, key: String = "k", source: String = "/test"
    ) async throws {
        let origin = TopicPartition(topic: topic.name, partition: 0)
        let records = events.enumerated().map { place, event in
            let names = [
                ("ce_specversion", "1.0"), ("ce_id", UUID.v7().text), ("ce_source", source), ("ce_type", event.type),
            ]
            return KafkaRecord(
                origin: origin, offset: Int64(place), key: Array(key.utf8), value: Array(event.json.utf8),
                headers: names.map { (name: $0.0, value: Array($0.1.utf8)) })
        }
        try await transaction { try await parts.subscriptions.rehearse(records, of: "test", in: $0) }
    }
}
