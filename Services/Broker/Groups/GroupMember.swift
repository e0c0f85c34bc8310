import EventLoop

/// One member of a consumer group.
@Loop
final class GroupMember {
    nonisolated let id: String
    nonisolated let instanceID: String?
    /// What it last said of itself.
    var said: Joiner
    var assignment: ArraySlice<UInt8> = []
    /// The unanswered JoinGroup and SyncGroup.
    var joining: Completion<Message>?
    var syncing: Completion<Message>?
    var session: LoopTimer?

    init(id: String, _ joiner: Joiner) {
        self.id = id
        instanceID = joiner.instanceID
        said = joiner
    }

    /// Bytes that are kept for it, about.
    var size: Int { said.protocols.reduce(512 + assignment.count) { $0 + $1.metadata.count + $1.name.utf8.count + 64 } }

    /// What it said about one way of sharing partitions.
    func metadata(for name: String?) -> ArraySlice<UInt8> {
        said.protocols.first { $0.name == name }?.metadata ?? []
    }
}

/// What a JoinGroup says of its sender.
struct Joiner: Sendable {
    let memberID: String
    let instanceID: String?
    let clientID: String
    let clientHost: String
    let sessionTimeout: Duration
    let rebalanceTimeout: Duration
    let protocolType: String
    let protocols: [GroupProtocol]
    /// Whether it must come again with the id that it is given.
    let needsID: Bool
    /// Whether it understands that a returning leader need not share out.
    let knowsSkipping: Bool
}

/// A way of sharing partitions that a member offers, with what it tells the group's leader.
struct GroupProtocol: Sendable, Equatable {
    let name: String
    let metadata: ArraySlice<UInt8>
}

extension Message {
    /// The answer to a JoinGroup that is refused.
    static func refusedJoin(_ code: ErrorCode, _ memberID: String = "") -> Message {
        ["ErrorCode": .code(code), "MemberId": .text(memberID)]
    }
}
