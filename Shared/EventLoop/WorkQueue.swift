import CUV

extension Loop {
    /// Runs blocking or long work on libuv's work queue (four threads unless `UV_THREADPOOL_SIZE` says otherwise) and
    /// gives its answer on the loop. The work cannot be cancelled once begun.
    @Loop
    public static func offload<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let done = Completion<T>()
        let box = Work { () -> @Loop @Sendable () -> Void in
            let outcome = Result { try work() }
            return { done.complete(outcome) }
        }
        let request = UnsafeMutablePointer<uv_work_t>.allocate(capacity: 1)
        request.pointee.data = Unmanaged.passRetained(box).toOpaque()
        uv_queue_work(
            UVDriver.current.loop, request,
            runOnWorker,
            { request, _ in
                guard let request, let data = request.pointee.data else { return }
                let work = Unmanaged<Work>.fromOpaque(data).takeRetainedValue()
                request.deallocate()
                Loop.assumeIsolated { work.finish?() }
            })
        return try await done.wait()
    }
}

/// Called by libuv on a worker's thread, so it must not inherit the loop's isolation, as a closure in place would.
private let runOnWorker: @convention(c) @Sendable (UnsafeMutablePointer<uv_work_t>?) -> Void = { request in
    guard let data = request?.pointee.data else { return }
    let work = Unmanaged<Work>.fromOpaque(data).takeUnretainedValue()
    work.finish = work.run()
}

/// Work under way; libuv hands it from the loop to one worker and back, never to two threads at a time.
private final class Work {
    let run: @Sendable () -> (@Loop @Sendable () -> Void)
    var finish: (@Loop @Sendable () -> Void)?
    init(_ run: @escaping @Sendable () -> (@Loop @Sendable () -> Void)) { self.run = run }
}
