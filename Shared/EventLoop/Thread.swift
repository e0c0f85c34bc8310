import CUV

#if canImport(Glibc)
    @_exported import Glibc
#else
    @_exported import Darwin
#endif

/// A thread of the operating system, for the few calls that block without end (closing a Kafka client).
public enum Thread {
    /// Starts a detached thread that runs `body` and ends.
    public static func detach(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, { Thread.enter($0) }, box.toOpaque())
        pthread_attr_destroy(&attributes)
        precondition(code == 0, "no thread could be started: errno \(code)")
    }

    private static func enter(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let pointer else { return nil }
        Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
