import CKafka
import EventLoop
import Synchronization

/// Asks the brokers again and again whether they answer: librdkafka itself says nothing of a broker that is frozen, and a client's errors
/// do not say when they have passed.
///
/// It has a client and a thread of its own: a question waits for its answer, and the work queue's few threads may all wait for others.
public final class KafkaProbe: Sendable {
    /// How long a broker may take to answer.
    public static let patience = Duration.seconds(2)
    private let isStopped = Atomic(false)

    /// Prepares a probe that is not at work yet.
    public init() {}

    /// Begins; `onAnswer` is told each time how it came out and how long it took. A failure is followed by the next question at once,
    /// an answer after a second.
    @Loop
    public func start(
        _ settings: KafkaSettings, onAnswer: @escaping @Loop @Sendable (KafkaError?, Duration) -> Void
    ) throws {
        // A question that a frozen broker has not answered is given up, or they would pile up.
        let conf = try settings.configuration([
            "socket.timeout.ms": "4000", "topic.metadata.refresh.interval.ms": "-1",
        ])
        let heard = LastError()
        rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(heard).toOpaque())
        rd_kafka_conf_set_error_cb(conf, noteError)
        var text = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, &text, text.count) else {
            rd_kafka_conf_destroy(conf)
            throw KafkaError(code: -1, text: string(text))
        }
        let handle = ProbeClient(client: client, heard: heard)
        Thread.detach { [self] in
            while !isStopped.load(ordering: .relaxed) {
                let begin = ContinuousClock.now
                let error = handle.ask(within: Self.patience)
                let took = ContinuousClock.now - begin
                if isStopped.load(ordering: .relaxed) { break }
                Task { @Loop in onAnswer(error, took) }
                // What fails at once is not asked again and again without a pause.
                usleep(error == nil ? 1_000_000 : 100_000)
            }
            handle.destroy()
        }
    }

    /// Ends it soon; nothing more is told.
    public func stop() { isStopped.store(true, ordering: .relaxed) }
}

/// A probe's client.
///
/// `@unchecked Sendable`: after it was made only the probe's thread uses it.
private struct ProbeClient: @unchecked Sendable {
    let client: OpaquePointer
    let heard: LastError

    /// Asks for the brokers; nil where one has answered.
    func ask(within limit: Duration) -> KafkaError? {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(client, 0, nil, &metadata, Int32(limit.seconds * 1000))
        rd_kafka_poll(client, 0)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata {
            rd_kafka_metadata_destroy(metadata)
            heard.text = ""
            return nil
        }
        // librdkafka tells of one cause once in a while only, so what was heard last still holds.
        if let cause = heard.cause { return cause }
        guard code == RD_KAFKA_RESP_ERR__TIMED_OUT else { return KafkaError(code, "ask the brokers") }
        return KafkaError(code: code.rawValue, text: "a broker has not answered for \(Int(limit.seconds)) seconds")
    }

    func destroy() { withExtendedLifetime(heard) { rd_kafka_destroy(client) } }
}
