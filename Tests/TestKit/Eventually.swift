import EventLoop

/// Waits until `condition` holds, asking every ten milliseconds; throws `NotInTime` when the time is over.
@Loop
public func eventually(
    _ what: String = "the condition", within limit: Duration = .seconds(10), _ condition: @Loop () async throws -> Bool,
    file: StaticString = #fileID, line: UInt = #line
) async throws {
    let deadline = Loop.now + limit
    while true {
        if try await condition() { return }
        guard Loop.now < deadline else { throw NotInTime(description: "\(file):\(line): \(what) not within \(limit)") }
        try await Loop.sleep(for: .milliseconds(10))
    }
}

/// Something that a test waited for did not come.
public struct NotInTime: Error, CustomStringConvertible {
    /// For people: what, where, and how long it was waited for.
    public let description: String
}
