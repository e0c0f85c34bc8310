import CRMModel
import Demo
import EventLoop
import Rapport

extension Fleet {
    /// Waits until everything told is applied, published and sent. Without any progress for a minute, something is broken that does not
    /// mend itself.
    func waitUntilSettled() async throws {
        let watch = ProgressWatch(.seconds(60))
        var calm = 0
        while calm < 3 {
            let (open, done) = try await openWork()
            calm = open.isEmpty ? calm + 1 : 0
            suite.terminal.progress(nil, "settling: \(open.isEmpty ? "at rest" : open.joined(separator: ", "))")
            guard watch.see(done + calm) else {
                throw SuiteError("nothing moves any more, and there is left: \(open.joined(separator: ", "))")
            }
            try await Loop.sleep(for: .milliseconds(200))
        }
    }

    /// What is left to do, and how much is done.
    private func openWork() async throws -> (open: [String], done: Int) {
        let ends = try await Positions.ends(of: Topic.all, kafka)
        var open: [String] = []
        var sum = 0
        for name in Services.builtHearing {
            let waiting = await positions.waiting(in: name)
            let progress = await positions.progress(of: name, until: ends)
            guard let waiting, let progress else {
                open.append("\(name) does not answer")
                continue
            }
            sum += progress.applied - waiting.count
            if waiting.count > 0 { open.append("\(waiting.what) of \(name)") }
            if progress.applied < progress.all {
                open.append("\(progress.all - progress.applied) messages for \(name)")
            }
        }
        return (open, sum)
    }
}
