import CUV

/// Signals of the operating system as calls on the loop.
@Loop
public final class Signals {
    private let handle = UnsafeMutablePointer<uv_signal_t>.allocate(capacity: 1)
    private let onSignal: @Loop () -> Void
    private var isClosed = false

    /// Calls `onSignal` each time the process gets the signal, which then no longer ends the process.
    public init(_ number: Int32, onSignal: @escaping @Loop () -> Void) {
        self.onSignal = onSignal
        uv_signal_init(UVDriver.current.loop, handle)
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        uv_signal_start(
            handle,
            { handle, _ in
                guard let data = handle?.pointee.data else { return }
                let signals = Unmanaged<Signals>.fromOpaque(data).takeUnretainedValue()
                Loop.assumeIsolated { signals.onSignal() }
            }, number)
    }

    /// Waits until the process is asked to end (SIGTERM or SIGINT).
    public static func untilTermination() async throws {
        let asked = Completion<Void>()
        let watched = [SIGTERM, SIGINT].map { Signals($0) { asked.succeed(()) } }
        defer { for signals in watched { signals.close() } }
        try await asked.waitOrCancel()
    }

    /// Gives the signal its default effect again.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        uv_close(cuv_handle(handle)) { handle in
            guard let handle, let data = handle.pointee.data else { return }
            Unmanaged<Signals>.fromOpaque(data).release()
            UnsafeMutableRawPointer(handle).deallocate()
        }
    }
}
