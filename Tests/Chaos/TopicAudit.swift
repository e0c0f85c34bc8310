import CRMModel
import EventLoop
import Kafka
import Messaging

/// Reads a topic of our own events and checks the order of each key: what is told first is told in the order it happened, with
/// nothing missing; what is told again counts as a duplicate.
@Loop
struct TopicAudit {
    private(set) var messages = 0
    private(set) var duplicates = 0
    /// Sequences that were told first after a later one of their key, or whose predecessor never was.
    private(set) var faults: [String] = []
    /// The last sequence of each key.
    private(set) var last: [String: Int] = [:]
    /// Distinct ids of events.
    private(set) var ids: Set<String> = []
    private let topic: Topic

    init(_ topic: Topic, _ kafka: KafkaSettings) async throws {
        self.topic = topic
        let reader = TopicReader(kafka, topic)
        let ends = try await reader.ends()
        var audit = (messages: 0, duplicates: 0)
        var faults: [String] = []
        var last: [String: Int] = [:]
        var ids: Set<String> = []
        try await reader.read(to: ends) { record in
            audit.messages += 1
            guard let event = try? Event(record) else {
                faults.append("\(topic.name) has an unreadable message at \(record.origin) \(record.offset)")
                return
            }
            guard ids.insert(event.id).inserted else { return audit.duplicates += 1 }
            guard let sequence = event.sequence else { return }
            let before = last[event.key] ?? 0
            if sequence != before + 1 {
                faults.append("\(topic.name) tells \(sequence) of \(event.key) after \(before) (\(event.type))")
            }
            last[event.key] = max(before, sequence)
        }
        messages = audit.messages
        duplicates = audit.duplicates
        self.faults = faults
        self.last = last
        self.ids = ids
    }
}
