import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres

/// What is told of a person: it lies sealed in the log. Its type is one that an erasure looks for in the outbox.
struct PersonEvent: EventData {
    static let type = "contacts.party.changed"
    let text: String
    init(json: UnsafeRawBufferPointer) throws(JSONError) { text = String(decoding: json, as: UTF8.self) }
}

/// What a person's aggregate says behind an erasure.
enum Erased {
    private static let prefix = "erased:"
    static func text(_ id: String) -> String { prefix + id }
    static func isMeant(_ text: String) -> Bool { text.hasPrefix(prefix) }
}

extension LivesWorld {
    /// The keys of persons: nothing but commands says anything of them.
    static let persons = ["x", "y"]

    /// A person's text is changed, or everything that was said of a person before goes.
    func doToPersons(_ ready: [LivingProcess]) {
        guard hasPersons, chance.happens(500), let process = chance.one(of: ready) else { return }
        let (id, key) = (nextID(), chance.one(of: Self.persons) ?? "x")
        if chance.happens(300) {
            commands.append(Task { @Loop in try? await process.erase(id, key) })
        } else {
            commands.append(Task { @Loop in try? await process.sayOfPerson("\(key)\(id)", key) })
        }
    }

    /// What was said of persons, by the events that told it: they are sealed in the log.
    private var texts: [String: String] {
        var texts: [String: String] = [:]
        for store in stores { for row in store.committedEvents { texts[row.event.text] = row.payload } }
        return texts
    }

    /// TB6: what was told of a person before an erasure that counts is readable nowhere.
    func readableErased(in store: SimulatedStore) -> String? {
        guard hasPersons, !isShortened else { return nil }
        let texts = texts
        let lives = sources.last { $0.source == owner.source }?.lives ?? []
        for key in Self.persons {
            let partition = TopicPartition(topic: SimulatedLog.own, partition: SimulatedLog.partition(of: key))
            var (before, pending): (Set<String>, Set<String>) = ([], [])
            var known: Set<String> = []
            for record in log.records(partition, 0..<log.end(of: partition))
            where record.key == key && !LivesInvariants.isVoid(record, lives) {
                let id = record.header("ce_id") ?? ""
                // What an heir publishes once more stands behind what was said since.
                guard known.insert(id).inserted else { continue }
                let text = texts[id] ?? ""
                if Erased.isMeant(String(decoding: record.value ?? [], as: UTF8.self)) {
                    before.formUnion(pending)
                } else if !text.isEmpty, !Erased.isMeant(text) {
                    pending.insert(text)
                }
            }
            if let word = store.words.value(Names(first: key, second: "")), before.contains(word) {
                return "TB6: \(store.home) says \(word) of \(key), who was erased since"
            }
        }
        return nil
    }

    /// TA4: of each of the owner's keys the last record in the log is the owner's word, as the topic is compacted.
    func wrongLastWord() -> String? {
        guard hasPersons else { return nil }
        var last: [String: (version: String, key: [UInt8]?)] = [:]
        for (partition, end) in ends(of: [Topic.subjectKeys.name]) {
            for record in log.records(partition, 0..<end) {
                let told = try? ModelJSON.decoder.decode(SubjectKeyChanged.self, from: Data(record.value ?? []))
                last[record.key ?? ""] = (record.header("ce_sequence") ?? "", told?.key.flatMap(Base64.decode))
            }
        }
        for row in rightful.subjectKeys.rows() where row.key.first == owner.source {
            guard let word = last["\(owner.source):\(row.key.second)"] else {
                return "TA4: of the key of \(row.key.second) nothing was told"
            }
            let isSame = word.key.map { row.value.has($0) } ?? (row.value.key == nil)
            guard word.version == "\(row.value.version)", isSame else {
                return "TA4: the last word on the key of \(row.key.second) is \(word.version), not \(row.value.version)"
            }
        }
        return nil
    }

    /// What could not be opened, in a schema.
    static func brokenSeal(in store: SimulatedStore) -> String? {
        store.dead.rows().first { $0.value.contains("Seal") || $0.value.contains("key-missing") }.map {
            "TB9: \(store.home) has put \($0.key.first)[\($0.key.second)]@\($0.key.number) aside: \($0.value)"
        }
    }
}

extension LivingProcess {
    /// A command that says something of a person.
    func sayOfPerson(_ text: String, _ key: String) async throws {
        _ = try await pool.transaction { $0.enqueue(Business.sayOfPerson, [key], [text]) }
        wakeRelay()
    }

    /// Takes everything that was said of a person.
    func erase(_ id: String, _ key: String) async throws {
        try await pool.transaction { [source = service.source] transaction in
            transaction.enqueue(Business.hold, key)
            _ = try await SubjectKeys.destroy([key], of: source, in: transaction)
            transaction.enqueue(Business.say, [key], [Erased.text(id)])
        }
        wakeRelay()
    }
}
