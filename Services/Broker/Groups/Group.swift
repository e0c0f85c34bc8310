import EventLoop

/// A consumer group: a barrier with clocks, at which members agree on who reads what.
///
/// The broker never looks into what members tell each other.
@Loop
final class Group {
    enum State: String {
        case empty = "Empty"
        case preparing = "PreparingRebalance"
        case completing = "CompletingRebalance"
        case stable = "Stable"
    }

    nonisolated let id: String
    private(set) var state = State.empty
    private(set) var generation: Int
    private(set) var protocolType: String
    /// Since when it has no members, in milliseconds since 1970; nil while it has some.
    private(set) var emptySince: Int?
    /// What the log says of `emptySince`: −1 for a group with members, nil for nothing.
    var noted: Int?
    private(set) var protocolName: String?
    private(set) var leader = ""
    /// In the order of joining.
    private(set) var members: [GroupMember] = [] { didSet { account() } }
    private(set) var staticIDs: [String: String] = [:]
    /// What was committed, by topic and partition.
    var offsets: [OffsetKey: CommittedOffset] = [:]
    private var promised: [String: LoopTimer] = [:] { didSet { account() } }
    private var rebalance: LoopTimer?
    private let memory: Memory
    private var accounted = 0

    private static let maxMembers = 1000
    /// Ways of sharing that a member may offer; clients know four.
    private static let maxProtocols = 32

    /// A new group, or one that the log tells of.
    init(
        id: String, generation: Int = 0, protocolType: String = "", emptySince: Int = Node.time, memory: Memory
    ) {
        self.id = id
        self.memory = memory
        self.generation = generation
        self.protocolType = protocolType
        self.emptySince = emptySince
    }

    func member(_ id: String) -> GroupMember? { members.first { $0.id == id } }

    private func account() {
        let held = members.reduce(promised.count * 512) { $0 + $1.size }
        memory.groups += held - accounted
        accounted = held
    }

    /// The beginning of what consumers say of themselves, which is all that the broker ever reads of it.
    private static let subscription = Shape("Version i16; Topics [s]")

    /// Whether a member wants a topic; one whose words cannot be read wants all.
    func subscribes(to topic: String) -> Bool {
        members.contains { member in
            var reader = WireReader(Array(member.metadata(for: protocolName ?? member.said.protocols.first?.name)))
            let said = try? Self.subscription.read(&reader, version: 0, isFlexible: false)
            return said?.optionalTexts("Topics")?.contains(topic) ?? true
        }
    }

    // MARK: Checks

    /// Why a request may not speak for a member; nil if it may.
    func fault(_ memberID: String, instance: String?) -> ErrorCode? {
        if let instance {
            guard let current = staticIDs[instance] else { return .unknownMemberID }
            if current != memberID { return .fencedInstanceID }
        }
        return member(memberID) == nil ? .unknownMemberID : nil
    }

    private func accepts(_ type: String, _ protocols: [GroupProtocol]) -> Bool {
        guard !type.isEmpty, (1...Self.maxProtocols).contains(protocols.count) else { return false }
        guard state != .empty else { return true }
        return type == protocolType && !sharedProtocols.isDisjoint(with: protocols.map(\.name))
    }

    /// Those that all members know.
    private var sharedProtocols: Set<String> {
        let first = Set((members.first?.said.protocols ?? []).map(\.name))
        return members.dropFirst().reduce(into: first) { $0.formIntersection($1.said.protocols.map(\.name)) }
    }

    // MARK: Joining

    /// Takes a member in, new or again, and answers when the group has gathered.
    func join(_ joiner: Joiner) async -> Message {
        let refused = { (code: ErrorCode) in Message.refusedJoin(code, joiner.memberID) }
        guard accepts(joiner.protocolType, joiner.protocols) else {
            return refused(.inconsistentGroupProtocol)
        }
        if joiner.memberID.isEmpty { return await joinWithoutID(joiner) }
        if let timer = promised.removeValue(forKey: joiner.memberID) {
            timer.cancel()
            return await wait(add(joiner, as: joiner.memberID))
        }
        if let code = fault(joiner.memberID, instance: joiner.instanceID) { return refused(code) }
        guard let member = member(joiner.memberID) else { return refused(.unknownMemberID) }
        return await rejoin(member, joiner)
    }

    private func joinWithoutID(_ joiner: Joiner) async -> Message {
        let newID = "\(joiner.instanceID ?? joiner.clientID)-\(TopicID.random().hex)"
        if let instance = joiner.instanceID, let oldID = staticIDs[instance], let old = member(oldID) {
            return await replace(old, by: newID, joiner)
        }
        guard members.count + promised.count < Self.maxMembers else {
            return .refusedJoin(.groupMaxSizeReached)
        }
        guard joiner.needsID, joiner.instanceID == nil else { return await wait(add(joiner, as: newID)) }
        promised[newID] = Loop.after(joiner.sessionTimeout) { [weak self] in
            self?.promised[newID] = nil
            self?.finishJoiningIfAllAreHere()
        }
        return .refusedJoin(.memberIDRequired, newID)
    }

    private func add(_ joiner: Joiner, as id: String) -> GroupMember {
        let member = GroupMember(id: id, joiner)
        if members.isEmpty {
            protocolType = joiner.protocolType
            leader = id
        }
        members.append(member)
        emptySince = nil
        if let instance = joiner.instanceID { staticIDs[instance] = id }
        member.joining = Completion()
        prepare()
        return member
    }

    private func rejoin(_ member: GroupMember, _ joiner: Joiner) async -> Message {
        let isSame = member.said.protocols == joiner.protocols
        let needsRound = state == .preparing || !isSame || (state == .stable && member.id == leader)
        member.said = joiner
        account()
        guard needsRound else {
            // The answer to an earlier request was lost.
            startSession(member)
            return joinAnswer(for: member)
        }
        member.joining?.succeed(.refusedJoin(.unknownMemberID, member.id))
        member.joining = Completion()
        if state == .preparing { finishJoiningIfAllAreHere() } else { prepare() }
        return await wait(member)
    }

    /// A static member has started anew: it takes the place of its former self.
    private func replace(_ old: GroupMember, by newID: String, _ joiner: Joiner) async -> Message {
        let member = GroupMember(id: newID, joiner)
        let oldLeader = leader
        member.assignment = old.assignment
        old.session?.cancel()
        old.joining?.succeed(.refusedJoin(.fencedInstanceID, old.id))
        old.syncing?.succeed(["ErrorCode": .code(.fencedInstanceID)])
        if let index = members.firstIndex(where: { $0 === old }) { members[index] = member }
        if let instance = joiner.instanceID { staticIDs[instance] = newID }
        if leader == old.id { leader = newID }
        if state == .stable, chooseProtocol() == protocolName {
            startSession(member)
            var answer = joinAnswer(for: member)
            // It must not share partitions out anew: old clients are told of a leader that is not they.
            if joiner.knowsSkipping {
                answer["SkipAssignment"] = .flag(leader == newID)
            } else if leader == newID {
                answer["Leader"] = .text(oldLeader)
                answer["Members"] = []
            }
            return answer
        }
        member.joining = Completion()
        if state == .preparing { finishJoiningIfAllAreHere() } else { prepare() }
        return await wait(member)
    }

    private func wait(_ member: GroupMember) async -> Message {
        guard let joining = member.joining else { return joinAnswer(for: member) }
        return (try? await joining.wait()) ?? .refusedJoin(.unknownMemberID)
    }

    // MARK: A round of rebalancing

    private func prepare() {
        for member in members {
            // Shares not given out yet are not the former ones either.
            if state == .completing { member.assignment = [] }
            member.syncing?.succeed(["ErrorCode": .code(.rebalanceInProgress)])
            member.syncing = nil
            // Who waits to join has no session to lose.
            if member.joining != nil { member.session?.cancel() }
        }
        if state != .preparing {
            let isFirst = state == .empty
            state = .preparing
            // The first member need not wait for those that were only given an id.
            if isFirst { return finishJoining() }
            let limit = members.map(\.said.rebalanceTimeout).max() ?? .seconds(60)
            rebalance?.cancel()
            rebalance = Loop.after(limit) { [weak self] in self?.finishJoining() }
        }
        finishJoiningIfAllAreHere()
    }

    private func finishJoiningIfAllAreHere() {
        guard state == .preparing, promised.isEmpty, members.allSatisfy({ $0.joining != nil }) else { return }
        finishJoining()
    }

    private func finishJoining() {
        guard state == .preparing else { return }
        for absent in members where absent.joining == nil && absent.instanceID == nil { drop(absent) }
        rebalance?.cancel()
        rebalance = nil
        generation += 1
        guard !members.isEmpty else {
            state = .empty
            emptySince = Node.time
            protocolName = nil
            leader = ""
            return
        }
        guard members.contains(where: { $0.joining != nil }) else {
            // Only static members that have not come back: another round for them.
            generation -= 1
            state = .stable
            return prepare()
        }
        if member(leader)?.joining == nil { leader = members.first { $0.joining != nil }?.id ?? "" }
        protocolName = chooseProtocol()
        state = .completing
        for member in members {
            // A static member that has not come back yet lives on its old session.
            guard let joining = member.joining else { continue }
            joining.succeed(joinAnswer(for: member))
            member.joining = nil
            startSession(member)
        }
        let limit = members.map(\.said.rebalanceTimeout).max() ?? .seconds(60)
        rebalance = Loop.after(limit) { [weak self] in self?.dropThoseNotSynced() }
    }

    private func dropThoseNotSynced() {
        guard state == .completing else { return }
        for member in members where member.syncing == nil { drop(member) }
        settleAfterLeaving()
    }

    /// Of the protocols that all members know, the one that most of them name first.
    private func chooseProtocol() -> String? {
        let shared = sharedProtocols
        var votes: [(name: String, count: Int)] = []
        for member in members {
            guard let choice = member.said.protocols.first(where: { shared.contains($0.name) })?.name else { continue }
            if let index = votes.firstIndex(where: { $0.name == choice }) {
                votes[index].count += 1
            } else {
                votes.append((choice, 1))
            }
        }
        let most = votes.map(\.count).max()
        return votes.first { $0.count == most }?.name
    }

    private func joinAnswer(for member: GroupMember) -> Message {
        let told: [Message] = (member.id == leader ? members : []).map { member in
            [
                "MemberId": .text(member.id), "GroupInstanceId": .text(member.instanceID),
                "Metadata": .bytes(member.metadata(for: protocolName)),
            ]
        }
        return [
            "ErrorCode": 0, "GenerationId": .int(generation), "ProtocolType": .text(protocolType),
            "ProtocolName": .text(protocolName), "Leader": .text(leader), "SkipAssignment": 0,
            "MemberId": .text(member.id), "Members": .list(told),
        ]
    }

    // MARK: Sharing out

    /// Gives a member its share, when the leader has said what it is.
    func sync(_ memberID: String, assignments: [String: ArraySlice<UInt8>]) async -> Message {
        guard let member = member(memberID) else { return ["ErrorCode": .code(.unknownMemberID)] }
        switch state {
        case .empty: return ["ErrorCode": .code(.unknownMemberID)]
        case .preparing: return ["ErrorCode": .code(.rebalanceInProgress)]
        case .stable:
            startSession(member)
            return syncAnswer(for: member)
        case .completing: break
        }
        let syncing = Completion<Message>()
        member.syncing?.succeed(["ErrorCode": .code(.rebalanceInProgress)])
        member.syncing = syncing
        startSession(member)
        if memberID == leader { shareOut(assignments) }
        return (try? await syncing.wait()) ?? ["ErrorCode": .code(.unknownMemberID)]
    }

    private func shareOut(_ assignments: [String: ArraySlice<UInt8>]) {
        state = .stable
        rebalance?.cancel()
        rebalance = nil
        for member in members {
            // Its own copy, so that the whole request is not kept for it.
            member.assignment = Array(assignments[member.id] ?? [])[...]
            member.syncing?.succeed(syncAnswer(for: member))
            member.syncing = nil
        }
        account()
    }

    private func syncAnswer(for member: GroupMember) -> Message {
        [
            "ErrorCode": 0, "ProtocolType": .text(protocolType), "ProtocolName": .text(protocolName),
            "Assignment": .bytes(member.assignment),
        ]
    }

    // MARK: Staying and leaving

    /// Notes that a member lives.
    func heartbeat(_ memberID: String, generation: Int) -> ErrorCode {
        guard let member = member(memberID) else { return .unknownMemberID }
        guard generation == self.generation else { return .illegalGeneration }
        startSession(member)
        return state == .preparing ? .rebalanceInProgress : .none
    }

    private func startSession(_ member: GroupMember) {
        member.session?.cancel()
        member.session = Loop.after(member.said.sessionTimeout) { [weak self, weak member] in
            guard let self, let member else { return }
            // Who waits for an answer lives as long as the connection asks.
            if member.joining != nil || member.syncing != nil { return startSession(member) }
            remove(member)
        }
    }

    /// Takes a member out and lets the others share its part.
    func remove(_ member: GroupMember) {
        drop(member)
        settleAfterLeaving()
    }

    private func drop(_ member: GroupMember) {
        member.session?.cancel()
        member.joining?.succeed(.refusedJoin(.unknownMemberID, member.id))
        member.syncing?.succeed(["ErrorCode": .code(.unknownMemberID)])
        member.joining = nil
        member.syncing = nil
        members.removeAll { $0 === member }
        if let instance = member.instanceID, staticIDs[instance] == member.id { staticIDs[instance] = nil }
        if leader == member.id { leader = members.first?.id ?? "" }
    }

    private func settleAfterLeaving() {
        if state == .empty { return }
        if state == .preparing, members.isEmpty { return finishJoining() }
        prepare()
        if members.isEmpty { finishJoining() }
    }

    /// Forgets an id that was given out and not used; says whether there was one.
    func forgetPromise(_ memberID: String) -> Bool {
        guard let timer = promised.removeValue(forKey: memberID) else { return false }
        timer.cancel()
        finishJoiningIfAllAreHere()
        return true
    }

    /// Forgets all ids that were given out and not used.
    func forgetPromises() {
        for timer in promised.values { timer.cancel() }
        promised = [:]
    }

    /// Stops all clocks and lets nobody wait.
    func stop() {
        for member in members { drop(member) }
        forgetPromises()
        rebalance?.cancel()
    }

    /// Whether it can be forgotten.
    var isUnused: Bool { state == .empty && members.isEmpty && promised.isEmpty && offsets.isEmpty }
}
