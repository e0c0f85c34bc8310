import CUV

/// A TCP port of ours that takes connections.
@Loop
public final class Listener {
    /// The port listened on: the one asked for, or the one the system chose for 0.
    public private(set) var port: Int
    private let handle = UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1)
    private let tls: TLSContext?
    private let onConnection: @Loop (Stream) -> Void
    private var isClosed = false

    /// Listens on a numeric address; port 0 lets the system choose. `onConnection` is given each new stream, which does
    /// not read until told to; with `tls` each shakes hands as soon as it reads.
    public convenience init(
        address: String, port: Int, backlog: Int = 1024, tls: TLSContext? = nil,
        onConnection: @escaping @Loop (Stream) -> Void
    ) throws {
        let target = try SocketAddress(ip: address, port: port)
        try self.init("listen on \(address):\(port)", port, backlog, tls, onConnection) { handle in
            target.withPointer { uv_tcp_bind(handle, $0, 0) }
        }
    }

    /// Listens on a socket that another process has bound, as systemd and the suite's supervisor hand over: what others take of its
    /// connections does not come here, and what nobody takes waits for the next.
    public convenience init(
        descriptor: Int32, backlog: Int = 1024, tls: TLSContext? = nil, onConnection: @escaping @Loop (Stream) -> Void
    ) throws {
        try self.init("listen on the socket handed over", 0, backlog, tls, onConnection) {
            uv_tcp_open($0, descriptor)
        }
    }

    private init(
        _ operation: String, _ port: Int, _ backlog: Int, _ tls: TLSContext?,
        _ onConnection: @escaping @Loop (Stream) -> Void, _ bind: (UnsafeMutablePointer<uv_tcp_t>) -> Int32
    ) throws {
        self.tls = tls
        self.onConnection = onConnection
        self.port = port
        uv_tcp_init(UVDriver.current.loop, handle)
        let handle = self.handle
        var code = bind(handle)
        if code >= 0 {
            code = uv_listen(cuv_stream(handle), Int32(backlog)) { server, status in
                guard status >= 0, let data = server?.pointee.data else { return }
                let listener = Unmanaged<Listener>.fromOpaque(data).takeUnretainedValue()
                Loop.assumeIsolated { listener.accept() }
            }
        }
        guard code >= 0 else {
            uv_close(cuv_handle(handle)) { handle in UnsafeMutableRawPointer(handle)?.deallocate() }
            throw UVError(code, operation)
        }
        self.port = SocketAddress.local(of: handle)?.port ?? port
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    private func accept() {
        guard !isClosed, let stream = try? Stream.tcp() else { return }
        guard uv_accept(cuv_stream(handle), stream.pointer) >= 0 else { return stream.close() }
        stream.disableNagle()
        stream.watchPeer()
        if let tls {
            do { try stream.secure(tls) } catch { return stream.close() }
        }
        onConnection(stream)
    }

    /// Stops taking connections.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        uv_close(cuv_handle(handle)) { handle in
            guard let handle, let data = handle.pointee.data else { return }
            Unmanaged<Listener>.fromOpaque(data).release()
            UnsafeMutableRawPointer(handle).deallocate()
        }
    }
}
