import CRMModel
import HTTP

/// The AsyncAPI 3.0 description of a service's topics: what it sends and what it takes in, from the one list of event types and the
/// types' own reading.
public enum AsyncAPI {
    /// The document, JSON; it is served at `/asyncapi.json`.
    ///
    /// - Parameters:
    ///   - service: the service's name.
    ///   - received: the types, without version, that it has handlers for.
    public static func document(service: String, receiving received: Set<String>) -> [UInt8] {
        let sent = EventContract.all.filter { $0.senders.contains(service) }
        let heard = EventContract.all.filter { received.contains($0.type) }
        var seen: Set<String> = []
        let known = (sent + heard).filter { seen.insert($0.type).inserted }
        let operations =
            sent.map { ("send-\($0.versionedType)", operation("send", $0, nil)) }
            + heard.map { ("receive-\($0.versionedType)", operation("receive", $0, service)) }
        return JSONValue.object([
            ("asyncapi", .string("3.0.0")),
            (
                "info",
                .object([
                    ("title", .string("Rapport \(service)")), ("version", .string("1")),
                    ("description", .string(Self.preface)),
                ])
            ),
            ("defaultContentType", .string("application/json")),
            ("channels", .object(channels(known))),
            ("operations", .object(operations)),
            (
                "components",
                .object([("messages", .object(known.map { ($0.versionedType, message($0)) }))])
            ),
        ]).bytes
    }

    private static let preface = """
        Events are CloudEvents 1.0 in Kafka's binary mode; of outside topics the structured mode is taken too. \
        Of a key of ours the newest has the greatest ce_epoch (0 where there is none), and in it the greatest ce_sequence. A message \
        with the header ce_sealed has its data encrypted with AES-256-GCM (nonce of 12 bytes, text, tag of 16 bytes; the additional data is ce_id) under \
        the key that crm.subject-keys tells for ce_source and the message's key; an erasure destroys that key.
        """

    private static func channels(_ contracts: [EventContract]) -> [(String, JSONValue)] {
        var topics: [Topic] = []
        for topic in contracts.flatMap(\.topics) where !topics.contains(topic) { topics.append(topic) }
        return topics.map { topic in
            let types = contracts.filter { $0.topics.contains(topic) }.map(\.versionedType)
            let messages = types.map { ($0, JSONValue.object([("$ref", .string("#/components/messages/\($0)"))])) }
            let policy = JSONValue.array([.string(topic.isCompacted ? "compact" : "delete")])
            let kafka = JSONValue.object([
                ("topic", .string(topic.name)), ("partitions", .integer(Topic.partitions)),
                ("topicConfiguration", .object([("cleanup.policy", policy)])),
            ])
            return (
                topic.name,
                .object([
                    ("address", .string(topic.name)),
                    ("description", .string("Keyed by \(topic.key); written by \(topic.owner).")),
                    ("messages", .object(messages)), ("bindings", .object([("kafka", kafka)])),
                ])
            )
        }
    }

    private static func operation(_ action: String, _ contract: EventContract, _ group: String?) -> JSONValue {
        let channel = "#/channels/\(contract.topic.name)"
        var members: [(String, JSONValue)] = [
            ("action", .string(action)), ("channel", .object([("$ref", .string(channel))])),
            (
                "messages",
                .array([.object([("$ref", .string("\(channel)/messages/\(contract.versionedType)"))])])
            ),
        ]
        if let group {
            let id = JSONValue.object([("type", .string("string")), ("enum", .array([.string(group)]))])
            members.append(("bindings", .object([("kafka", .object([("groupId", id)]))])))
        }
        return .object(members)
    }

    private static func message(_ contract: EventContract) -> JSONValue {
        let isSealed = PersonalEvents.types.contains(contract.versionedType)
        let text = JSONValue.object([("type", .string("string"))])
        var headers = ["ce_specversion", "ce_id", "ce_source", "ce_type"].map { ($0, text) }
        let needed = headers.map { JSONValue.string($0.0) }
        headers += ["ce_time", "ce_sequence", "traceparent"].map { ($0, text) }
        if isSealed { headers.append(("ce_sealed", text)) }
        return .object([
            ("name", .string(contract.versionedType)),
            ("contentType", .string(isSealed ? "application/octet-stream" : "application/json")),
            (
                "headers",
                .object([
                    ("type", .string("object")), ("required", .array(needed)), ("properties", .object(headers)),
                ])
            ),
            ("payload", describe(contract.shape)),
            ("bindings", .object([("kafka", .object([("key", text)]))])),
        ])
    }

    private static func describe(_ shape: DataShape, isNeeded: Bool = true) -> JSONValue {
        func typed(_ name: String, _ more: [(String, JSONValue)] = []) -> JSONValue {
            let type = isNeeded ? JSONValue.string(name) : .array([.string(name), .string("null")])
            return .object([("type", type)] + more)
        }
        switch shape {
        case .text(let format): return typed("string", format.map { [("format", .string($0))] } ?? [])
        case .integer: return typed("integer")
        case .number: return typed("number")
        case .boolean: return typed("boolean")
        case .list(let element): return typed("array", [("items", describe(element))])
        case .map(let value): return typed("object", [("additionalProperties", describe(value))])
        case .any: return .object([])
        case .object(let members):
            let needed = members.filter(\.isNeeded).map { JSONValue.string($0.name) }
            let described = members.map { ($0.name, describe($0.shape, isNeeded: $0.isNeeded)) }
            return typed(
                "object",
                (needed.isEmpty ? [] : [("required", .array(needed))]) + [("properties", .object(described))])
        }
    }
}
