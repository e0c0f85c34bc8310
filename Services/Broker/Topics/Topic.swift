import Crypto
import EventLoop

/// A named group of partitions.
@Loop
final class Topic {
    nonisolated let name: String
    nonisolated let id: TopicID
    nonisolated let folder: String
    var configs: [String: String] {
        didSet { for partition in partitions { partition.rules = rules } }
    }
    var partitions: [PartitionLog] = []
    /// Whether the disk knows of it.
    var isKept = false
    private let segmentBytes: Int

    init(name: String, id: TopicID, folder: String, configs: [String: String], segmentBytes: Int) {
        self.name = name
        self.id = id
        self.folder = folder
        self.configs = configs
        self.segmentBytes = segmentBytes
    }

    /// What its settings ask of its logs.
    var rules: LogRules { LogRules(configs, segmentBytes: segmentBytes) }

    /// Whether only the broker itself writes it.
    var isInternal: Bool { name == Topic.offsets }
    /// The topic that holds consumer groups' offsets.
    nonisolated static let offsets = "__consumer_offsets"

    /// The value of a setting that is a number.
    func number(_ name: String) -> Int {
        Int(configs[name] ?? TopicSettings.known[name]?.standard ?? "") ?? -1
    }

    /// Whether records bear the time of their append rather than their producer's.
    var usesAppendTime: Bool { configs["message.timestamp.type"] == "LogAppendTime" }

    /// Whether a producer's time is near enough to the broker's; records without a time always are.
    func mayHave(timestamp: Int, at now: Int) -> Bool {
        // Far below the greatest number, so that no difference overflows.
        let time = min(max(timestamp, -1), 1 << 60)
        return time < 0
            || time - now <= number("message.timestamp.after.max.ms")
                && now - time <= number("message.timestamp.before.max.ms")
    }

    func partition(_ index: Int) -> PartitionLog? { partitions.indices.contains(index) ? partitions[index] : nil }
}

/// The unchanging number of a topic, which a later topic of the same name does not have.
struct TopicID: Sendable, Hashable {
    let bytes: [UInt8]

    static let zero = TopicID(bytes: [UInt8](repeating: 0, count: 16))

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A random one of version 4.
    static func random() -> TopicID {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return TopicID(bytes: bytes)
    }

    /// Thirty-two hexadecimal digits.
    var hex: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    init?(hex: some StringProtocol) {
        let digits = hex.compactMap { $0.hexDigitValue }
        guard digits.count == 32, hex.count == 32 else { return nil }
        bytes = stride(from: 0, to: 32, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// Twenty-two characters, as Kafka writes such numbers.
    var base64: String {
        Base64URL.encode(bytes)
    }
}
