import EventLoop

/// The bytes that requests and answers of all clients take together.
@Loop
final class Memory {
    let limit: Int
    var used = 0
    /// What groups keep of their members, who are not there for as long as their connections.
    var groups = 0
    /// The least that is granted, so that nobody waits for ever.
    private static let leastGrant = 64 << 10

    init(limit: Int) { self.limit = limit }

    /// Whether clients that hold much should wait for their answers before they send more.
    var isTight: Bool { used > limit / 2 }
    /// Whether somebody has to go.
    var isExceeded: Bool { used > limit }

    /// Whether groups may take in more members.
    var hasRoomForMembers: Bool { groups < limit / 4 }

    /// Takes up to `wanted` bytes for an answer, and never more than a quarter of what is left; the taker gives them back.
    func grant(_ wanted: Int) -> Int {
        let bytes = min(wanted, max(Self.leastGrant, (limit - used) / 4))
        used += bytes
        return bytes
    }
}
