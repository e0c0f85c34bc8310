import CUV

/// Lets any thread cause a call on the loop; calls that come close together are made once.
///
/// `@unchecked Sendable`: `send` only calls `uv_async_send`, which is thread-safe; the rest is on the loop. The owner must
/// see to it that no thread sends after `close`.
public final class Wakeup: @unchecked Sendable {
    private let handle = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    private let onWake: @Loop () -> Void

    /// Prepares the wake-up; it keeps itself alive until `close`.
    @Loop
    public init(onWake: @escaping @Loop () -> Void) {
        self.onWake = onWake
        uv_async_init(UVDriver.current.loop, handle) { handle in
            guard let data = handle?.pointee.data else { return }
            let wakeup = Unmanaged<Wakeup>.fromOpaque(data).takeUnretainedValue()
            Loop.assumeIsolated { wakeup.onWake() }
        }
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Causes a call of `onWake` soon; safe from any thread.
    public func send() { uv_async_send(handle) }

    /// Ends it.
    @Loop
    public func close() {
        uv_close(cuv_handle(handle)) { handle in
            guard let handle, let data = handle.pointee.data else { return }
            Unmanaged<Wakeup>.fromOpaque(data).release()
            UnsafeMutableRawPointer(handle).deallocate()
        }
    }
}
