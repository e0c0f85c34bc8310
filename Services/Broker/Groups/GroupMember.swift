import EventLoop

/// One member of a consumer group.
@Loop
final class GroupMember {
    nonisolated let id: String
    nonisolated let instanceID: String?
    var clientID = ""
    var clientHost = ""
    var sessionTimeout = Duration.seconds(10)
    var rebalanceTimeout = Duration.seconds(60)
    var protocols: [GroupProtocol] = []
    var assignment: ArraySlice<UInt8> = []
    /// The unanswered JoinGroup and SyncGroup.
    var joining: Completion<JoinAnswer>?
    var syncing: Completion<SyncAnswer>?
    var session: LoopTimer?

    init(id: String, instanceID: String?) {
        self.id = id
        self.instanceID = instanceID
    }

    /// What it said about one way of sharing partitions.
    func metadata(for name: String?) -> ArraySlice<UInt8> { protocols.first { $0.name == name }?.metadata ?? [] }
}

/// A way of sharing partitions that a member offers, with what it tells the group's leader.
struct GroupProtocol: Sendable, Equatable {
    let name: String
    let metadata: ArraySlice<UInt8>
}

/// What a member gets for JoinGroup.
struct JoinAnswer: Sendable {
    var code = ErrorCode.none
    var generation = -1
    var protocolType: String?
    var protocolName: String?
    var leader = ""
    var memberID = ""
    var skipsAssignment = false
    var members: [(id: String, instanceID: String?, metadata: ArraySlice<UInt8>)] = []
}

/// What a member gets for SyncGroup.
struct SyncAnswer: Sendable {
    var code = ErrorCode.none
    var protocolType: String?
    var protocolName: String?
    var assignment: ArraySlice<UInt8> = []
}
