import CKafka

/// Where the brokers are, and what is passed through to librdkafka.
public struct KafkaSettings: Sendable {
    /// `host:port,host:port`.
    public var brokers: String
    /// What the brokers call us.
    public var clientID: String
    /// Further properties of librdkafka, for SASL and TLS.
    public var properties: [String: String]

    /// Describes a cluster.
    public init(brokers: String, clientID: String, properties: [String: String] = [:]) {
        self.brokers = brokers
        self.clientID = clientID
        self.properties = properties
    }

    /// What is passed on: how to reach and to trust the brokers. What the messages' guarantees rest on is not to be set from outside,
    /// and other programs have variables of their own that begin with `KAFKA_`.
    private static let passedOn = ["security.", "sasl.", "ssl.", "socket.", "broker.", "metadata.", "enable.ssl."]

    /// Takes `KAFKA_SECURITY_PROTOCOL` as `security.protocol` and so on.
    public static func properties(fromEnvironment environment: [String: String]) -> [String: String] {
        var properties: [String: String] = [:]
        for (name, value) in environment where name.hasPrefix("KAFKA_") && name != "KAFKA_BROKERS" {
            let property = name.dropFirst("KAFKA_".count).lowercased().split(separator: "_").joined(separator: ".")
            if passedOn.contains(where: property.hasPrefix) { properties[property] = value }
        }
        return properties
    }

    /// The same as variables that say it to another program.
    public var environment: [String: String] {
        let pairs = properties.map { name, value in
            ("KAFKA_" + name.uppercased().split(separator: ".").joined(separator: "_"), value)
        }
        return Dictionary(pairs) { first, _ in first }.merging(["KAFKA_BROKERS": brokers]) { _, new in new }
    }

    /// Makes a configuration of librdkafka; the caller hands it to `rd_kafka_new` or destroys it.
    func configuration(_ own: [String: String]) throws(KafkaError) -> OpaquePointer {
        var merged = [
            "bootstrap.servers": brokers,
            "client.id": clientID,
            // Nagle's delay costs 40 ms on small requests; 2.0.2 leaves it on.
            "socket.nagle.disable": "true",
            "reconnect.backoff.ms": "50",
            "reconnect.backoff.max.ms": "1000",
            "broker.address.family": "v4",
        ]
        merged.merge(own) { _, new in new }
        merged.merge(properties) { _, new in new }
        guard let conf = rd_kafka_conf_new() else { throw KafkaError(code: -1, text: "out of memory") }
        // Its own log goes to no one; what matters comes as errors of the client.
        rd_kafka_conf_set_log_cb(conf, nil)
        var text = [CChar](repeating: 0, count: 512)
        for (name, value) in merged where rd_kafka_conf_set(conf, name, value, &text, text.count) != RD_KAFKA_CONF_OK {
            rd_kafka_conf_destroy(conf)
            throw KafkaError(
                code: RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue, text: "setting \(name): \(string(text))")
        }
        return conf
    }
}

/// A refusal of a broker or of librdkafka.
public struct KafkaError: Error, CustomStringConvertible, Sendable {
    /// librdkafka's code: negative for its own, positive for the protocol's.
    public let code: Int32
    /// For people.
    public let text: String

    package init(code: Int32, text: String) {
        self.code = code
        self.text = text
    }

    init(_ code: rd_kafka_resp_err_t, _ operation: String) {
        self.code = code.rawValue
        text = "\(operation): \(String(cString: rd_kafka_err2str(code)))"
    }

    /// For people.
    public var description: String { "Kafka \(code): \(text)" }

    /// Whether the client is beyond repair and must be made anew.
    public var isFatal: Bool { code == RD_KAFKA_RESP_ERR__FATAL.rawValue }
    /// A setting is wrong: trying again does not help.
    public var isConfiguration: Bool { code == RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue }
    /// Whether the local queue is full: wait for deliveries and try again.
    public var isQueueFull: Bool { code == RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue }
    /// Whether the position asked for is not in the log any more.
    public var isOffsetLost: Bool {
        code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE.rawValue
    }
    /// Whether the cluster does not let us in, or not at what we want.
    public var isRefusal: Bool {
        [
            RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
        ].contains { $0.rawValue == code }
    }
    /// Whether the topic is there already.
    public var isTopicExisting: Bool { code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS.rawValue }
}

/// A partition of a topic.
public struct TopicPartition: Hashable, Sendable, CustomStringConvertible {
    /// The topic's name.
    public let topic: String
    /// The partition, counted from 0.
    public let partition: Int32
    /// Names a partition.
    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }
    /// `erp.orders[3]`.
    public var description: String { "\(topic)[\(partition)]" }
}

func string(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
