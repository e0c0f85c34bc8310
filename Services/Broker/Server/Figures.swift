import EventLoop

/// What was counted since the start, and how it is told to Prometheus.
@Loop
final class Figures {
    private struct Outcome: Hashable {
        let api: String
        let code: Int
    }

    private var requests: [Outcome: Int] = [:]
    private var closed: [String: Int] = [:]
    var refusedConnections = 0
    var receivedBytes = 0
    var sentBytes = 0

    func count(_ api: String, _ answer: Message?) {
        requests[Outcome(api: api, code: answer.map { $0.firstError } ?? 0), default: 0] += 1
    }

    func countClosed(_ reason: String) { closed[reason, default: 0] += 1 }

    /// All figures in Prometheus' text form.
    func rendered(_ node: Node, connections: Int) -> String {
        var text = ""
        func family(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            text += "# HELP rapport_broker_\(name) \(help)\n# TYPE rapport_broker_\(name) \(kind)\n"
            for sample in samples.sorted(by: { $0.labels < $1.labels }) {
                text += "rapport_broker_\(name)\(sample.labels.isEmpty ? "" : "{\(sample.labels)}") \(sample.value)\n"
            }
        }
        func figure(_ name: String, _ kind: String, _ help: String, _ value: some CustomStringConvertible) {
            family(name, kind, help, [("", value.description)])
        }
        family(
            "requests_total", "counter", "Requests answered, by the first error in the answer",
            requests.map { ("api=\"\($0.key.api)\",error=\"\($0.key.code)\"", "\($0.value)") })
        family(
            "connections_closed_total", "counter", "Connections ended by the broker, by reason",
            closed.map { ("reason=\"\($0.key)\"", "\($0.value)") })
        figure("connections_refused_total", "counter", "Connections beyond the limits", refusedConnections)
        figure("connections", "gauge", "Open connections", connections)
        figure("received_bytes_total", "counter", "Bytes of requests", receivedBytes)
        figure("sent_bytes_total", "counter", "Bytes of answers", sentBytes)
        figure("memory_bytes", "gauge", "Bytes of requests and answers under way", node.memory.used)
        let partitions = node.catalogue.topics.values.flatMap(\.partitions)
        figure("topics", "gauge", "Topics", node.catalogue.topics.count)
        figure("partitions", "gauge", "Partitions", partitions.count)
        figure(
            "partitions_offline", "gauge", "Partitions out of use", partitions.count { $0.failure != nil })
        let bytes = partitions.reduce(0) { $0 + $1.segments.reduce(0) { $0 + $1.index.size } }
        figure("log_bytes", "gauge", "Bytes of all logs", bytes)
        figure("syncs_total", "counter", "Rounds of writing and flushing", node.store.committer.rounds)
        figure("sync_seconds_total", "counter", "Time of these rounds", node.store.committer.time.seconds)
        let states = Dictionary(grouping: node.groups.groups.values, by: \.state.rawValue)
        family("groups", "gauge", "Groups by state", states.map { ("state=\"\($0.key)\"", "\($0.value.count)") })
        figure(
            "loop_longest_hold_seconds", "gauge", "Longest hold of the loop since the last look",
            Loop.takeLongestHold().seconds)
        return text
    }
}

extension Message {
    /// The first error in an answer; 0 for none.
    fileprivate var firstError: Int {
        for (name, value) in zip(names, values) {
            switch value {
            case .int(let code) where code != 0 && name == "ErrorCode": return code
            case .list(let list):
                for case .message(let message) in list {
                    let code = message.firstError
                    if code != 0 { return code }
                }
            default: break
            }
        }
        return 0
    }
}

/// A page for Prometheus: one request, one answer, and the connection ends.
@Loop
final class FiguresPage {
    private var listener: Listener?
    private let text: () -> String
    private var open = 0
    var port: Int { listener?.port ?? 0 }

    init(address: String, port: Int, _ text: @escaping () -> String) throws {
        self.text = text
        listener = try Listener(address: address, port: port) { [weak self] stream in
            guard let self, open < 16 else { return stream.close() }
            serve(stream)
        }
    }

    func close() { listener?.close() }

    private func serve(_ stream: Stream) {
        open += 1
        var head: [UInt8] = []
        var isDone = false
        let end: @Loop () -> Void = { [self] in
            guard !isDone else { return }
            isDone = true
            open -= 1
            stream.close()
        }
        let timer = Loop.after(.seconds(10)) { end() }
        stream.onEnd = { _ in
            timer.cancel()
            end()
        }
        stream.onBytes = { [self] bytes in
            head.append(contentsOf: bytes)
            guard head.count < 8192 else { return end() }
            guard String(decoding: head.suffix(4), as: UTF8.self) == "\r\n\r\n" else { return }
            stream.pauseReading()
            let isKnown = head.starts(with: Array("GET /metrics ".utf8))
            let body = isKnown ? text() : "See /metrics.\n"
            stream.write(
                Array(
                    ("HTTP/1.1 \(isKnown ? "200 OK" : "404 Not Found")\r\ncontent-type: text/plain; version=0.0.4\r\n"
                        + "content-length: \(body.utf8.count)\r\nconnection: close\r\n\r\n" + body).utf8))
            Task { @Loop in
                await stream.finishWriting()
                timer.cancel()
                end()
            }
        }
        stream.resumeReading()
    }
}
