/// A request that names topics in a list: what must be allowed of each, and how one is refused that is not.
struct TopicNeed {
    let operation: Operations
    /// The list in the request, and the name in its entries.
    let list: String
    var name = "Name"
    /// The list in the answer.
    let answers: String
    let refused: @Sendable (Message) -> Message

    /// For requests that ask of partitions, each of which gets its refusal.
    static func partitions(
        _ operation: Operations, _ list: String, name: String = "Name", of partitions: String = "Partitions",
        _ index: String = "PartitionIndex", answers: (String, String) = ("Topics", "Partitions"),
        answered: String? = nil, besides: Message = [:]
    ) -> TopicNeed {
        TopicNeed(operation: operation, list: list, name: name, answers: answers.0) { entry in
            let refusals = entry.list(partitions).map { partition -> Message in
                var refusal = besides
                refusal[answered ?? index] = partition[index] ?? 0
                refusal["ErrorCode"] = .code(.topicNotAuthorized)
                return refusal
            }
            return Message(names: [name, answers.1], values: [entry[name] ?? "", .list(refusals)])
        }
    }

    static let byKey: [Int: TopicNeed] = [
        0: .partitions(
            .write, "TopicData", of: "PartitionData", "Index", answers: ("Responses", "PartitionResponses"),
            besides: ["BaseOffset": -1]),
        1: .partitions(
            .read, "Topics", name: "Topic", "Partition", answers: ("Responses", "Partitions"),
            answered: "PartitionIndex",
            besides: [
                "HighWatermark": -1, "LastStableOffset": -1, "LogStartOffset": -1, "AbortedTransactions": [],
                "PreferredReadReplica": -1, "Records": .bytes([]),
            ]),
        2: .partitions(.describe, "Topics"),
        8: .partitions(.read, "Topics"),
        21: .partitions(.delete, "Topics", besides: ["LowWatermark": -1]),
        23: .partitions(
            .describe, "Topics", name: "Topic", "Partition", besides: ["LeaderEpoch": -1, "EndOffset": -1]),
        47: .partitions(.read, "Topics"),
        37: TopicNeed(operation: .alter, list: "Topics", answers: "Results") {
            (["Name": $0["Name"] ?? ""] as Message).refused(.topic)
        },
    ]
}

extension Refusal {
    /// As Apache Kafka says it.
    static let topic = Refusal(.topicNotAuthorized, "Authorization failed.")
    static let cluster = Refusal(.clusterNotAuthorized, "Cluster authorization failed.")
}
