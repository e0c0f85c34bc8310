import EventLoop
import Postgres
import TestKit
import Testing

@testable import Messaging

@Suite(.serialized) struct CutOffTests {
    @Test @Loop func whoeverIsCutOffFromTheDatabaseLeavesItsPartitionsToItsTwin() async throws {
        try await Desk.work(partitions: 12) { desk in
            let wire = try Wire(to: desk.settings)
            defer { wire.cut() }
            // Its fixed name would keep its partitions for it.
            let cut = desk.runner(instance: "cut", other: wire.settings)
            let twin = desk.runner()
            for runner in [cut, twin] {
                try runner.start()
                try await eventually("partitions", within: .seconds(20)) { runner.isAssigned }
            }
            try await eventually("both share", within: .seconds(20)) {
                !cut.positions.isEmpty && !twin.positions.isEmpty
                    && cut.positions.count + twin.positions.count == 12
            }
            wire.cut()
            for number in 0..<120 { try desk.note("n\(number)", key: "k\(number)") }
            try await desk.flush()
            try await eventually("the twin has all", within: .seconds(10)) { twin.positions.count == 12 }
            try await eventually("all notes", within: .seconds(5)) { try await desk.notes().count == 120 }
            #expect(!cut.isAssigned)
            // Once it reaches the database again it takes its part.
            try wire.mend()
            try await eventually("both share again", within: .seconds(12)) {
                !cut.positions.isEmpty && cut.positions.count + twin.positions.count == 12
            }
            await cut.stop()
            await twin.stop()
            #expect(try await Set(desk.notes()).count == 120)
        }
    }
}

/// A way to a database that can be cut.
@Loop
private final class Wire {
    private(set) var settings: PostgresSettings
    private let target: Int
    private let port: Int
    private var listener: Listener?
    private var streams: [EventLoop.Stream] = []

    init(to database: PostgresSettings) throws {
        settings = database
        let place = try #require(database.url.firstMatch(of: /:(\d+)\//))
        target = try #require(Int(place.1))
        let free = try Listener(address: "127.0.0.1", port: 0) { $0.close() }
        port = free.port
        free.close()
        settings.url = database.url.replacing(":\(target)/", with: ":\(port)/")
        try mend()
    }

    func mend() throws {
        listener = try Listener(address: "127.0.0.1", port: port) { [weak self] stream in
            Task { @Loop in await self?.join(stream) }
        }
    }

    func cut() {
        listener?.close()
        listener = nil
        for stream in streams { stream.close() }
        streams = []
    }

    private func join(_ client: EventLoop.Stream) async {
        guard listener != nil, let server = try? await Stream.connect(host: "127.0.0.1", port: target) else {
            return client.close()
        }
        streams += [client, server]
        for (from, to) in [(client, server), (server, client)] {
            from.onBytes = { to.write(Array($0)) }
            from.onEnd = { _ in to.close() }
            from.resumeReading()
        }
    }
}
