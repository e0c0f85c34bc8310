import CUV

/// How a stream came to its end.
public enum StreamEnd: Sendable {
    /// The peer has sent all it had to send.
    case finished
    /// The connection broke.
    case failed(UVError)
}

/// One TCP or local connection on the loop, plain or with TLS.
///
/// Received bytes come as calls of `onBytes` with a view into the loop's shared buffer, valid during the call only;
/// what is written is sent at once if the kernel takes it and queued otherwise. The owner must call `close`.
@Loop
public final class Stream {
    /// Called with received bytes, which are valid during the call only.
    public var onBytes: (@Loop (UnsafeRawBufferPointer) -> Void)?
    /// Called once, when the peer has finished or the connection broke; not after `close`.
    public var onEnd: (@Loop (StreamEnd) -> Void)?
    /// Called when the write queue has become empty.
    public var onDrain: (@Loop () -> Void)?
    /// Bytes that wait to be written.
    public private(set) var queuedBytes = 0
    /// Whether `close` was called.
    public private(set) var isClosed = false

    private let handle: UnsafeMutableRawPointer
    private var queue: [Chunk] = []
    private var inFlight: WriteRequest?
    private var isReading = false
    private var hasEnded = false
    private var isBroken = false
    private let drained = Notice()
    private var tls: SecureLayer?

    /// Allocates the handle; `initialise` sets it up as TCP or local socket.
    init(_ size: Int, _ initialise: (UnsafeMutableRawPointer) -> Int32) throws {
        handle = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        let code = initialise(handle)
        guard code >= 0 else {
            handle.deallocate()
            isClosed = true
            throw UVError(code, "open a socket")
        }
        // The handle keeps its owner alive until its close callback.
        cuv_handle(handle).pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    static func tcp() throws -> Stream {
        try Stream(MemoryLayout<uv_tcp_t>.size) {
            uv_tcp_init(UVDriver.current.loop, $0.assumingMemoryBound(to: uv_tcp_t.self))
        }
    }

    static func local() throws -> Stream {
        try Stream(MemoryLayout<uv_pipe_t>.size) {
            uv_pipe_init(UVDriver.current.loop, $0.assumingMemoryBound(to: uv_pipe_t.self), 0)
        }
    }

    /// The handle as the library's stream type.
    var pointer: UnsafeMutablePointer<uv_stream_t> { cuv_stream(handle) }

    /// Connects to a numeric address or a host name; tries each address of the name in turn.
    public static func connect(host: String, port: Int, within limit: Duration = .seconds(10)) async throws -> Stream {
        try await Loop.withDeadline(limit) {
            var failure: any Error = UVError(UV_EAI_NONAME.rawValue, "find \(host)")
            for address in try await SocketAddress.resolve(host: host, port: port) {
                do {
                    return try await connect(to: address, called: "\(host):\(port)")
                } catch {
                    failure = error
                }
            }
            throw failure
        }
    }

    private static func connect(to address: SocketAddress, called name: String) async throws -> Stream {
        let stream = try Stream.tcp()
        let done = Completion<Void>()
        let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        request.pointee.data = Unmanaged.passRetained(done).toOpaque()
        let code = address.withPointer {
            uv_tcp_connect(request, stream.handle.assumingMemoryBound(to: uv_tcp_t.self), $0) { request, status in
                guard let request, let data = request.pointee.data else { return }
                let done = Unmanaged<Completion<Void>>.fromOpaque(data).takeRetainedValue()
                request.deallocate()
                Loop.assumeIsolated {
                    status < 0 ? done.fail(UVError(status, "connect")) : done.succeed(())
                }
            }
        }
        do {
            try UVError.check(code, "connect to \(name)")
            try await done.waitOrCancel()
            // The deadline may have passed since: nobody would take the stream then, nor close it.
            try Task.checkCancellation()
        } catch {
            stream.close()
            throw (error as? UVError).map { UVError($0.code, "connect to \(name)") } ?? error
        }
        stream.disableNagle()
        return stream
    }

    func disableNagle() {
        guard cuv_handle(handle).pointee.type == UV_TCP else { return }
        uv_tcp_nodelay(handle.assumingMemoryBound(to: uv_tcp_t.self), 1)
    }

    // MARK: Reading

    /// Starts or goes on calling `onBytes`.
    public func resumeReading() {
        guard !isClosed, !hasEnded, !isReading else { return }
        isReading = true
        // Decrypted bytes that a pause left behind come first, and not inside this call.
        if let tls, tls.hasRest, !tls.isDelivering { Task { @Loop in deliver() } }
        guard tls?.end == nil else { return }
        uv_read_start(
            pointer,
            { handle, _, buffer in
                guard let handle, let buffer else { return }
                let driver = Loop.assumeIsolated { UVDriver.current }
                _ = handle
                buffer.pointee = uv_buf_init(
                    driver.readBuffer.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(driver.readBuffer.count))
            },
            { handle, count, buffer in
                guard let data = handle?.pointee.data else { return }
                let stream = Unmanaged<Stream>.fromOpaque(data).takeUnretainedValue()
                let base = buffer?.pointee.base
                Loop.assumeIsolated { stream.didRead(count, UnsafeRawPointer(base)) }
            })
    }

    /// Stops calling `onBytes`; the kernel then holds the sender back. A paused stream does not see a hang-up.
    public func pauseReading() {
        guard isReading else { return }
        isReading = false
        uv_read_stop(pointer)
    }

    private func didRead(_ count: Int, _ base: UnsafeRawPointer?) {
        let bytes = UnsafeRawBufferPointer(start: base, count: max(0, count))
        if let tls {
            if count > 0 { tls.session.input.append(contentsOf: bytes) }
            if count < 0 {
                uv_read_stop(pointer)
                // Without the peer's own word an end may be somebody else's doing.
                tls.end = UVError(count == Int(UV_EOF.rawValue) ? UV_ECONNRESET.rawValue : Int32(count), "read")
            }
            deliver()
        } else if count > 0 {
            onBytes?(bytes)
        } else if count < 0 {
            end(count == Int(UV_EOF.rawValue) ? .finished : .failed(UVError(Int32(count), "read")))
        }
    }

    private func end(_ end: StreamEnd) {
        guard !hasEnded, !isClosed else { return }
        pauseReading()
        hasEnded = true
        tls?.settle(end)
        onEnd?(end)
    }

    // MARK: Writing

    /// Sends bytes, in order; broken connections are reported by `onEnd`.
    public func write(_ bytes: [UInt8]) { write(bytes[...]) }

    /// Sends a part of an array, in order, and keeps the array until it is sent; nothing is copied that the kernel
    /// takes at once.
    public func write(_ bytes: ArraySlice<UInt8>) {
        guard !isClosed, !isBroken, !bytes.isEmpty else { return }
        guard let tls else { return send(.bytes(bytes)) }
        guard tls.session.isEstablished else {
            tls.early.append(bytes)
            queuedBytes += bytes.count
            return
        }
        guard let encrypted = tls.session.encrypt(bytes) else { return writeFailed(UV_EPROTO.rawValue) }
        send(.bytes(encrypted[...]))
    }

    /// Sends a part of a file, in order with what else is written; a plain stream has the kernel do it (`sendfile`), one
    /// with TLS reads it here.
    public func write(_ part: FilePart) {
        guard tls != nil else { return send(.file(part)) }
        guard let bytes = part.read(part.count) else { return writeFailed(UV_EIO.rawValue) }
        write(bytes)
    }

    private func send(_ chunk: Chunk) {
        guard !isClosed, !isBroken, chunk.count > 0 else { return }
        queue.append(chunk)
        queuedBytes += chunk.count
        flush()
    }

    /// Waits until at most `limit` bytes wait to be written, or the stream is closed.
    public func drained(below limit: Int) async throws {
        guard queuedBytes > limit else { return }
        try await drained.wait(until: { isClosed || queuedBytes <= limit })
    }

    private func flush() {
        guard inFlight == nil, !queue.isEmpty, !isClosed, sendWhatIsTaken() else { return }
        guard let waiting = takeWaiting() else { return writeFailed(UV_EIO.rawValue) }
        let request = WriteRequest(self, waiting)
        inFlight = request
        let code = request.send { request, status in
            guard let data = request?.pointee.data else { return }
            let own = Unmanaged<WriteRequest>.fromOpaque(data).takeRetainedValue()
            Loop.assumeIsolated { own.stream.didWrite(own, status) }
        }
        if code < 0 {
            inFlight = nil
            writeFailed(code)
        }
    }

    /// Writes from the queue until the kernel takes no more; false if nothing is left to write.
    private func sendWhatIsTaken() -> Bool {
        var done = 0
        defer { queue.removeFirst(min(done, queue.count)) }
        while done < queue.count {
            let chunk = queue[done]
            let sent =
                switch chunk {
                case .bytes(let bytes):
                    bytes.withUnsafeBytes { raw in
                        var buffer = Stream.buffer(raw)
                        return Int(uv_try_write(pointer, &buffer, 1))
                    }
                case .file(let part): part.send(to: fileDescriptor)
                }
            guard sent >= 0 || sent == Int(UV_EAGAIN.rawValue) else {
                writeFailed(Int32(sent))
                return false
            }
            queuedBytes -= max(0, sent)
            guard sent == chunk.count else {
                queue[done] = chunk.dropFirst(max(0, sent))
                return true
            }
            done += 1
        }
        return false
    }

    /// A copy of the queue's first bytes: as much as is worth waiting for, so that what follows is sent uncopied; nil
    /// where a file cannot be read.
    private func takeWaiting() -> [ArraySlice<UInt8>]? {
        var taken: [ArraySlice<UInt8>] = []
        var room = 64 * 1024
        while room > 0, taken.count < queue.count {
            let chunk = queue[taken.count]
            guard let bytes = chunk.prefix(room) else { return nil }
            taken.append(bytes)
            if chunk.count > room { queue[taken.count - 1] = chunk.dropFirst(room) }
            room -= chunk.count
        }
        queue.removeFirst(room < 0 ? taken.count - 1 : taken.count)
        return taken
    }

    private func didWrite(_ request: WriteRequest, _ status: Int32) {
        inFlight = nil
        queuedBytes -= request.byteCount
        drained.notify()
        guard !isClosed else { return }
        if status < 0 { return writeFailed(status) }
        flush()
        drained.notify()
        if inFlight == nil, !isClosed { onDrain?() }
    }

    private func writeFailed(_ code: Int32) {
        pauseReading()
        // Nothing more can be sent: what waits is dropped, and whoever waits for it goes on.
        isBroken = true
        queue = []
        queuedBytes = 0
        drained.notify()
        end(.failed(UVError(code, "write")))
    }

    /// Tells the peer that nothing more will be sent, once the queue is written; reading goes on.
    public func finishWriting() async {
        try? await drained(below: 0)
        if let tls, !isClosed, !isBroken {
            tls.session.finish()
            send(.bytes(tls.session.takeOutput()[...]))
            try? await drained(below: 0)
        }
        guard !isClosed else { return }
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        let code = uv_shutdown(request, pointer) { request, _ in request?.deallocate() }
        if code < 0 { request.deallocate() }
    }

    /// Ends the connection at once; what waits to be written is dropped.
    public func close() {
        guard !isClosed else { return }
        if let tls {
            tls.session.finish()
            // Only what the kernel takes at once: nothing may come between the parts of what waits.
            if inFlight == nil, queue.isEmpty { send(.bytes(tls.session.takeOutput()[...])) }
            tls.settle(.finished)
        }
        isClosed = true
        isReading = false
        onBytes = nil
        onEnd = nil
        onDrain = nil
        drained.notify()
        uv_close(cuv_handle(handle)) { handle in
            guard let handle, let data = handle.pointee.data else { return }
            Unmanaged<Stream>.fromOpaque(data).release()
            UnsafeMutableRawPointer(handle).deallocate()
        }
    }

    /// The peer's address, `127.0.0.1:40312`; empty for local sockets and broken ones.
    public var peerAddress: String { SocketAddress.peer(of: handle)?.description ?? "" }

    /// What tells one client from others by its address, for limits; 0 where there is none.
    public var client: UInt64 { SocketAddress.peer(of: handle)?.client ?? 0 }

    /// Bytes of the queue that the kernel has not taken yet: it falls while a large write goes on.
    public var unsentBytes: Int {
        let waiting = tls?.early.reduce(0) { $0 + $1.count } ?? 0
        return isClosed ? 0 : queue.reduce(waiting) { $0 + $1.count } + uv_stream_get_write_queue_size(pointer)
    }

    /// Bounds what the kernel holds for a slow reader, in bytes; by itself it may take megabytes.
    public func limitSendBuffer(to bytes: Int) {
        var size = Int32(bytes)
        uv_send_buffer_size(cuv_handle(handle), &size)
    }

    /// Has the kernel ask an idle peer now and then whether it is still there; one that is not ends the stream.
    func watchPeer() {
        guard cuv_handle(handle).pointee.type == UV_TCP else { return }
        uv_tcp_keepalive(handle.assumingMemoryBound(to: uv_tcp_t.self), 1, 60)
    }

    // MARK: TLS

    /// The version of TLS in use, `TLSv1.3`; nil for a plain stream and before the handshake. What is written past
    /// the stream, to its descriptor, would not be encrypted.
    public var secureVersion: String? { tls.flatMap { $0.session.isEstablished ? $0.session.version : nil } }

    /// Begins TLS before anything was read or written. The handshake goes on by itself while the stream reads; writes wait
    /// for it; one that fails, or takes longer than the context allows, ends the stream.
    func secure(_ context: TLSContext, host: String? = nil) throws {
        let layer = SecureLayer(try TLSSession(context, host: host), isServer: context.isServer)
        tls = layer
        layer.timer = Loop.after(context.handshakeTime) { [weak self] in
            self?.end(.failed(UVError(UV_ETIMEDOUT.rawValue, "TLS handshake")))
        }
    }

    /// Connects and shakes hands; `name` is the host that the certificate must be for, by default the one connected to.
    public static func connect(
        host: String, port: Int, tls context: TLSContext, name: String? = nil, within limit: Duration = .seconds(10)
    ) async throws -> Stream {
        let stream = try await connect(host: host, port: port, within: limit)
        do {
            try stream.secure(context, host: name ?? host)
            stream.resumeReading()
            stream.deliver()
            try await stream.tls?.established.waitOrCancel()
            return stream
        } catch {
            stream.close()
            throw error
        }
    }

    /// Moves TLS on with what was received, as long as the owner wants to read.
    private func deliver() {
        guard let tls, !tls.isDelivering else { return }
        tls.isDelivering = true
        defer { tls.isDelivering = false }
        let buffer = UVDriver.current.readBuffer
        while isReading, !isClosed, !hasEnded {
            let wasEstablished = tls.session.isEstablished
            let step = tls.session.read(into: buffer)
            let answer = tls.session.takeOutput()
            // A peer that makes us answer and reads nothing of it shall not fill the memory.
            tls.unread = queuedBytes == 0 ? 0 : tls.unread + answer.count
            send(.bytes(answer[...]))
            if tls.unread > 65_536 { return end(.failed(UVError(UV_EPROTO.rawValue, "TLS: answers are not read"))) }
            if !wasEstablished, tls.session.isEstablished { established(tls) }
            switch step {
            case .plain(let count):
                if count > 0 { onBytes?(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            case .hungry:
                if let broken = tls.end { end(.failed(broken)) }
                return
            case .finished: end(.finished)
            case .failed(let reason): end(.failed(UVError(UV_EPROTO.rawValue, reason)))
            }
        }
    }

    private func established(_ tls: SecureLayer) {
        tls.settle(.finished)
        // A client's owner has not said yet where bytes go.
        if !tls.isServer { pauseReading() }
        let early = tls.early
        tls.early = []
        for bytes in early {
            queuedBytes -= bytes.count
            write(bytes)
        }
        drained.notify()
    }

    /// The socket's descriptor, for calls that the loop has no name for.
    public var fileDescriptor: Int32 {
        var descriptor: Int32 = -1
        uv_fileno(cuv_handle(handle), &descriptor)
        return descriptor
    }

    static func buffer(_ raw: UnsafeRawBufferPointer) -> uv_buf_t {
        let base = UnsafeMutableRawPointer(mutating: raw.baseAddress)?.assumingMemoryBound(to: CChar.self)
        return uv_buf_init(base, UInt32(raw.count))
    }
}

/// What waits to be sent.
private enum Chunk {
    case bytes(ArraySlice<UInt8>)
    case file(FilePart)

    var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .file(let part): part.count
        }
    }

    func dropFirst(_ count: Int) -> Chunk {
        switch self {
        case .bytes(let bytes): .bytes(bytes.dropFirst(count))
        case .file(let part): .file(part.dropFirst(count))
        }
    }

    /// Up to `count` bytes from its beginning; nil where they cannot be read.
    func prefix(_ count: Int) -> ArraySlice<UInt8>? {
        switch self {
        case .bytes(let bytes): bytes.prefix(count)
        case .file(let part): part.read(count)?[...]
        }
    }
}

/// What a stream with TLS knows besides.
@Loop
private final class SecureLayer {
    let session: TLSSession
    let isServer: Bool
    let established = Completion<Void>()
    var timer: LoopTimer?
    /// Written before the handshake was done.
    var early: [ArraySlice<UInt8>] = []
    /// How the socket ended, while what it brought is still being read.
    var end: UVError?
    /// Bytes that the library answered while the peer took nothing.
    var unread = 0
    var isDelivering = false

    init(_ session: TLSSession, isServer: Bool) {
        self.session = session
        self.isServer = isServer
    }

    var hasRest: Bool { session.hasInput || end != nil }

    /// The handshake is over, one way or the other.
    func settle(_ outcome: StreamEnd) {
        timer?.cancel()
        timer = nil
        switch outcome {
        case .failed(let error): established.fail(error)
        case .finished where session.isEstablished: established.succeed(())
        case .finished: established.fail(UVError(UV_ECONNRESET.rawValue, "TLS handshake"))
        }
    }
}

/// One write that is under way, with copies of its bytes at a fixed address.
@Loop
private final class WriteRequest {
    let stream: Stream
    let byteCount: Int
    nonisolated(unsafe) private let bytes: UnsafeMutableRawBufferPointer
    nonisolated(unsafe) private let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)

    init(_ stream: Stream, _ chunks: [ArraySlice<UInt8>]) {
        self.stream = stream
        byteCount = chunks.reduce(0) { $0 + $1.count }
        bytes = .allocate(byteCount: byteCount, alignment: 1)
        var offset = 0
        for chunk in chunks {
            chunk.withUnsafeBytes { raw in
                UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyMemory(from: raw)
            }
            offset += chunk.count
        }
    }

    deinit {
        bytes.deallocate()
        request.deallocate()
    }

    func send(_ done: @escaping @convention(c) (UnsafeMutablePointer<uv_write_t>?, Int32) -> Void) -> Int32 {
        request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        var buffer = Stream.buffer(UnsafeRawBufferPointer(bytes))
        let code = uv_write(request, stream.pointer, &buffer, 1, done)
        if code < 0 { Unmanaged.passUnretained(self).release() }
        return code
    }
}
