import CRMModel
import FoundationEssentials
import Kafka
import Messaging
import Text

/// An event that a person wants to publish.
struct EventDraft {
    let key: String
    let type: String
    let source: String
    let id: String
    let time: String
    let headers: [(String, String)]
    let isStructured: Bool
    let data: [UInt8]

    func check() throws {
        guard RFC3339.date(time) != nil else {
            throw UsageError("--time needs a moment such as 2026-01-31T08:00:00Z, not \(time)")
        }
        guard JSONShape.isValid(data) else { throw SuiteError("the data is not JSON: \(Self.start(of: data))") }
    }

    /// Holds it against its contract as every service will that reads the topic, and says what is wrong with it.
    func judge(on topic: String) throws {
        do {
            let event = try Event(record(on: topic))
            guard let contract = EventContract.named(event.type) else {
                throw SuiteError(
                    "no contract knows events of the type \(type)\(Self.nearest(to: event.type)); \(Self.advice)")
            }
            try contract.check(topic: topic)
            try contract.check(version: event.version)
            try contract.check(data)
        } catch let error as JSONError {
            throw SuiteError("every service would put this aside: \(Self.words(error)); \(Self.advice)")
        }
    }

    private static let advice = "mend it, or publish it all the same with --unchecked"

    /// Envelope members by the options that give them.
    private static func words(_ error: JSONError) -> String {
        let options = [
            "key": "--key", "ce_id": "--id", "ce_source": "--source", "ce_type": "--type", "ce_time": "--time",
        ]
        return options[error.field].map { "\($0): \(error.message)" } ?? "\(error)"
    }

    private static func nearest(to type: String) -> String {
        let known = EventContract.all.map { (distance: EditDistance.between($0.type, type), type: $0.versionedType) }
        guard let nearest = known.min(by: { $0.distance < $1.distance }), nearest.distance <= 6 else { return "" }
        return "; is \(nearest.type) meant?"
    }

    private static func start(of data: [UInt8]) -> String {
        data.isEmpty ? "it is empty" : String(decoding: data.prefix(60), as: UTF8.self).printable
    }

    private func record(on topic: String) -> KafkaRecord {
        KafkaRecord(
            origin: TopicPartition(topic: topic, partition: 0), offset: 0, key: Array(key.utf8), value: value,
            headers: wireHeaders.map { (name: $0.0, value: $0.1) })
    }

    /// The message's value: the data itself, or the envelope with the data in it.
    var value: [UInt8] {
        guard isStructured else { return data }
        var text = JSONText()
        text.add("specversion", "1.0")
        for (name, value) in [("id", id), ("source", source), ("type", type), ("time", time)] { text.add(name, value) }
        text.add("datacontenttype", "application/json")
        return text.finish().dropLast() + Array(",\"data\":".utf8) + data + [UInt8(ascii: "}")]
    }

    /// The message's headers, by the Kafka binding of CloudEvents 1.0.
    var wireHeaders: [(String, [UInt8])] {
        var all = [("content-type", isStructured ? "application/cloudevents+json; charset=UTF-8" : "application/json")]
        if !isStructured {
            all += [
                ("ce_specversion", "1.0"), ("ce_id", id), ("ce_source", source), ("ce_type", type), ("ce_time", time),
            ]
        }
        return (all + headers).map { ($0.0, Array($0.1.utf8)) }
    }
}
