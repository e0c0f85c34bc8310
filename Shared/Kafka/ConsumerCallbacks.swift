import CKafka
import EventLoop

/// Waits until librdkafka has stopped to fetch what an assignment took away.
///
/// 2.0.2 asks a partition to stop again when the assignment changes before it has, and then aborts the process ("Assertion
/// `rktp->rktp_started' failed" in rdkafka_assignment.c). Stops and their confirmations go through the queue of librdkafka's main
/// thread, one behind the other; so a question that is answered there twice comes behind both. Each takes microseconds.
func awaitStops(of client: OpaquePointer?) {
    for _ in 0..<3 { ask(client) }
}

/// Asks librdkafka's main thread something, and waits for the answer.
func ask(_ client: OpaquePointer?) {
    var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    guard rd_kafka_assignment(client, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return }
    rd_kafka_topic_partition_list_destroy(list)
}

/// What the C callbacks find behind their pointer.
@Loop
final class ConsumerContext {
    weak var consumer: KafkaConsumer?
    nonisolated init() {}
}

/// Called inside `rd_kafka_consumer_poll`, that is on the loop.
let rebalanced:
    @convention(c) @Sendable (
        OpaquePointer?, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?,
        UnsafeMutableRawPointer?
    ) -> Void = { client, code, list, opaque in
        guard let opaque, LoopExecutor.isOnLoop else {
            rd_kafka_assign(client, nil)
            return
        }
        let context = Unmanaged<ConsumerContext>.fromOpaque(opaque).takeUnretainedValue()
        nonisolated(unsafe) let readOnly = list.map { UnsafePointer($0) }
        nonisolated(unsafe) let client = client
        Loop.assumeIsolated {
            if let consumer = context.consumer {
                consumer.rebalance(code, readOnly)
            } else {
                rd_kafka_assign(client, nil)
            }
        }
    }

/// Called on a thread of librdkafka.
let wakeLoop: @convention(c) @Sendable (OpaquePointer?, UnsafeMutableRawPointer?) -> Void = { _, opaque in
    guard let opaque else { return }
    Unmanaged<Wakeup>.fromOpaque(opaque).takeUnretainedValue().send()
}

/// A client on its way to the thread that destroys it.
///
/// `@unchecked Sendable`: nobody else uses the client any more.
struct ClientHandle: @unchecked Sendable {
    private let client: OpaquePointer
    init(_ client: OpaquePointer) { self.client = client }
    func destroy() { rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE) }
}
