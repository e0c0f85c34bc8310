/// The settings of a topic that clients may read and set; those without effect here are kept for tools that ask.
enum TopicSettings {
    enum Kind: Int {
        case flag = 1
        case text = 2
        case int = 3
        case long = 5
        case real = 6
        case list = 7
    }

    struct Setting {
        let kind: Kind
        let standard: String
        /// The least that a number may be, as with Apache Kafka.
        var least = 0
    }

    /// Every known key with its type and default.
    static let known: [String: Setting] = [
        "cleanup.policy": Setting(kind: .list, standard: "delete"),
        "compression.type": Setting(kind: .text, standard: "producer"),
        "delete.retention.ms": Setting(kind: .long, standard: "86400000"),
        "file.delete.delay.ms": Setting(kind: .long, standard: "60000"),
        "flush.messages": Setting(kind: .long, standard: "1", least: 1),
        "flush.ms": Setting(kind: .long, standard: "0"),
        "index.interval.bytes": Setting(kind: .int, standard: "16384"),
        "max.compaction.lag.ms": Setting(kind: .long, standard: "9223372036854775807", least: 1),
        "max.message.bytes": Setting(kind: .int, standard: "1048588"),
        "message.timestamp.type": Setting(kind: .text, standard: "CreateTime"),
        "message.timestamp.before.max.ms": Setting(kind: .long, standard: "9223372036854775807"),
        "message.timestamp.after.max.ms": Setting(kind: .long, standard: "9223372036854775807"),
        "min.cleanable.dirty.ratio": Setting(kind: .real, standard: "0.5"),
        "min.compaction.lag.ms": Setting(kind: .long, standard: "0"),
        "min.insync.replicas": Setting(kind: .int, standard: "1", least: 1),
        "preallocate": Setting(kind: .flag, standard: "false"),
        "retention.bytes": Setting(kind: .long, standard: "-1", least: .min),
        "retention.ms": Setting(kind: .long, standard: "-1", least: -1),
        "segment.bytes": Setting(kind: .int, standard: "67108864"),
        "segment.index.bytes": Setting(kind: .int, standard: "10485760"),
        "segment.jitter.ms": Setting(kind: .long, standard: "0"),
        "segment.ms": Setting(kind: .long, standard: "604800000", least: 1),
        "unclean.leader.election.enable": Setting(kind: .flag, standard: "false"),
    ]

    /// Why a value cannot be had; nil if it can.
    static func fault(_ name: String, _ value: String?) -> String? {
        guard let setting = known[name] else { return "Unknown topic config name: \(name)" }
        guard let value else { return "Null value not supported for topic config: \(name)" }
        let isGood =
            switch setting.kind {
            case .flag: value == "true" || value == "false"
            case .int: Int32(value).map { $0 >= setting.least } ?? false
            case .long: Int(value).map { $0 >= setting.least } ?? false
            case .real: Double(value).map { (0...1).contains($0) } ?? false
            case .list:
                // An empty one keeps all for ever.
                value.split(separator: ",").allSatisfy { $0 == "delete" || $0 == "compact" }
            case .text:
                name == "message.timestamp.type"
                    ? value == "CreateTime" || value == "LogAppendTime"
                    : ["producer", "uncompressed", "none", "gzip", "snappy", "lz4", "zstd"].contains(value)
            }
        return isGood ? nil : "Invalid value \(value) for configuration \(name)"
    }

    /// Whether a name is one that clients may give to a topic.
    static func isLegalName(_ name: String) -> Bool {
        guard (1...249).contains(name.utf8.count), name != ".", name != ".." else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
