import CCurl
import EventLoop

/// libcurl's multi interface on the loop: it says which sockets to watch and when to be woken. Connections are kept and
/// used again.
@Loop
final class CurlEngine {
    private let multi: UnsafeMutableRawPointer
    private var watches: [Int32: SocketWatch] = [:]
    private var timer: LoopTimer?
    private var running: [UnsafeMutableRawPointer: (transfer: Transfer, outcome: Completion<CURLcode>)] = [:]

    /// Takes the most connections to keep open to one host; more transfers wait for one.
    init(connectionsPerHost: Int) throws {
        guard curlIsReady, let multi = curl_multi_init() else {
            throw TransferError(CURLE_FAILED_INIT, "")
        }
        self.multi = multi
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
        ccurl_multi_set_socket_function(
            multi,
            { _, socket, what, context, _ in
                CurlEngine.of(context) { $0.watch(socket, what) }
            }, context)
        ccurl_multi_set_timer_function(
            multi,
            { _, milliseconds, context in
                CurlEngine.of(context) { $0.arm(milliseconds) }
            }, context)
    }

    isolated deinit {
        timer?.cancel()
        ccurl_multi_set_socket_function(multi, nil, nil)
        ccurl_multi_set_timer_function(multi, nil, nil)
        for watch in watches.values { watch.close() }
        curl_multi_cleanup(multi)
    }

    /// Runs a transfer to its end; cancelling takes it out at once. Throws `TransferError` or `CancellationError`.
    func run(_ transfer: Transfer) async throws {
        guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
            throw TransferError(CURLE_FAILED_INIT, "")
        }
        let outcome = Completion<CURLcode>()
        running[transfer.easy] = (transfer, outcome)
        defer {
            curl_multi_remove_handle(multi, transfer.easy)
            running[transfer.easy] = nil
        }
        let code = try await outcome.waitOrCancel()
        guard code == CURLE_OK else { throw TransferError(code, transfer.text(code)) }
    }

    // MARK: Called by libcurl

    private func watch(_ socket: Int32, _ what: Int32) {
        if what == CURL_POLL_REMOVE {
            watches.removeValue(forKey: socket)?.close()
            return
        }
        if watches[socket] == nil {
            // libcurl leaves it to be inherited, and whatever this process starts would keep the connection open.
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            watches[socket] = try? SocketWatch(descriptor: socket) { [unowned self] events in act(socket, events) }
        }
        var events: SocketWatch.Events = []
        if what & CURL_POLL_IN != 0 { events.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { events.insert(.writable) }
        watches[socket]?.watch(events)
    }

    private func arm(_ milliseconds: Int) {
        timer?.cancel()
        timer = nil
        guard milliseconds >= 0 else { return }
        timer = Loop.after(.milliseconds(milliseconds)) { [unowned self] in
            timer = nil
            drive(curl_socket_t(CURL_SOCKET_TIMEOUT), 0)
        }
    }

    // MARK: Driving it

    private func act(_ socket: Int32, _ events: SocketWatch.Events) {
        var bits: Int32 = 0
        if events.contains(.readable) { bits |= CURL_CSELECT_IN }
        if events.contains(.writable) { bits |= CURL_CSELECT_OUT }
        drive(socket, bits)
    }

    private func drive(_ socket: Int32, _ bits: Int32) {
        var count: Int32 = 0
        curl_multi_socket_action(multi, socket, bits, &count)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            running[easy]?.outcome.succeed(message.pointee.data.result)
        }
    }

    private nonisolated static func of(
        _ context: UnsafeMutableRawPointer?, _ body: @Loop (CurlEngine) -> Void
    ) -> Int32 {
        guard let context else { return 0 }
        let engine = Unmanaged<CurlEngine>.fromOpaque(context).takeUnretainedValue()
        Loop.assumeIsolated { body(engine) }
        return 0
    }
}
