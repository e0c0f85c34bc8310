import CUV

/// Watches a socket that a C library owns (libpq, libcurl) and says when it can be read or written.
@Loop
public final class SocketWatch {
    /// What to watch for, and what was seen.
    public struct Events: OptionSet, Sendable {
        /// libuv's bits.
        public let rawValue: Int32
        /// Takes libuv's bits.
        public init(rawValue: Int32) { self.rawValue = rawValue }
        /// Data or the end can be read.
        public static let readable = Events(rawValue: Int32(UV_READABLE.rawValue))
        /// The kernel takes bytes.
        public static let writable = Events(rawValue: Int32(UV_WRITABLE.rawValue))
    }

    private let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
    private let onEvents: @Loop (Events) -> Void
    private var watched: Events = []
    private var isClosed = false

    /// Prepares to watch a descriptor, which must stay open until `close`.
    public init(descriptor: Int32, onEvents: @escaping @Loop (Events) -> Void) throws {
        self.onEvents = onEvents
        let code = uv_poll_init(UVDriver.current.loop, handle, descriptor)
        guard code >= 0 else {
            handle.deallocate()
            isClosed = true
            throw UVError(code, "watch a socket")
        }
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Sets what to watch for from now on.
    public func watch(_ events: Events) {
        guard !isClosed, events != watched else { return }
        watched = events
        guard !events.isEmpty else { return _ = uv_poll_stop(handle) }
        uv_poll_start(handle, events.rawValue) { handle, status, events in
            guard let data = handle?.pointee.data else { return }
            let watch = Unmanaged<SocketWatch>.fromOpaque(data).takeUnretainedValue()
            Loop.assumeIsolated { status < 0 ? watch.tellError() : watch.onEvents(Events(rawValue: events)) }
        }
    }

    /// An error is told as readable and writable, so that the owner's next call meets it. libuv has ended the watch by itself: it
    /// is begun again, as what that call meets may be the last words of the peer and the error is still to come.
    private func tellError() {
        let before = watched
        watched = []
        onEvents([.readable, .writable])
        if watched.isEmpty { watch(before) }
    }

    /// Ends the watch; the descriptor may be closed afterwards.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        uv_poll_stop(handle)
        uv_close(cuv_handle(handle)) { handle in
            guard let handle, let data = handle.pointee.data else { return }
            Unmanaged<SocketWatch>.fromOpaque(data).release()
            UnsafeMutableRawPointer(handle).deallocate()
        }
    }
}
