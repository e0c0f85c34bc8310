import EventLoop

extension Node {
    /// Names this broker as the one to ask about any group.
    func findCoordinator(_ request: Request) -> Message {
        let advertised = request.advertised
        let isGroup = request.body.int("KeyType") == 0
        // Producers give up for good at this code, and show the text: at the one for transactional ids Java tells of a missing right.
        let refusal: ErrorCode = request.body.int("KeyType") == 1 ? .clusterNotAuthorized : .invalidRequest
        let text = isGroup ? nil : "This broker has neither transactions nor share groups."
        func place(_ key: String) -> Message {
            [
                "Key": .text(key), "NodeId": .int(isGroup ? Node.id : -1),
                "Host": .text(isGroup ? advertised.host : ""), "Port": .int(isGroup ? advertised.port : -1),
                "ErrorCode": .code(isGroup ? .none : refusal), "ErrorMessage": .text(text),
            ]
        }
        if request.version >= 4 {
            return ["Coordinators": .list((request.body.optionalTexts("CoordinatorKeys") ?? []).map(place))]
        }
        let own = place("")
        return [
            "ErrorCode": own["ErrorCode"] ?? 0, "ErrorMessage": .text(text), "NodeId": own["NodeId"] ?? -1,
            "Host": own["Host"] ?? "", "Port": own["Port"] ?? -1,
        ]
    }

    /// Takes a member into a group and waits until the others are there.
    func join(_ request: Request) async -> Message {
        let body = request.body
        let (groupID, memberID) = (body.text("GroupId"), body.text("MemberId"))
        let session = Duration.milliseconds(body.int("SessionTimeoutMs"))
        if groupID.isEmpty { return .refusedJoin(.invalidGroupID, memberID) }
        guard (groups.minSessionTimeout ... .seconds(1800)).contains(session) else {
            return .refusedJoin(.invalidSessionTimeout, memberID)
        }
        guard memberID.isEmpty || groups.groups[groupID] != nil else { return .refusedJoin(.unknownMemberID, memberID) }
        // Members come again, and find the room that others have left.
        guard memory.hasRoomForMembers || groups.groups[groupID]?.member(memberID) != nil else {
            return .refusedJoin(.coordinatorNotAvailable, memberID)
        }
        let group = groups.group(groupID)
        let answer = await group.join(joiner(request, session))
        groups.forgetIfUnused(groupID)
        // From now on a new start must not take it for one that was left.
        if group.emptySince == nil, group.noted ?? -1 >= 0 { await groups.note(group) }
        return answer
    }

    private func joiner(_ request: Request, _ session: Duration) -> Joiner {
        let body = request.body
        let rebalance = body.int("RebalanceTimeoutMs")
        return Joiner(
            memberID: body.text("MemberId"), instanceID: body.optionalText("GroupInstanceId"),
            clientID: request.clientID, clientHost: request.clientHost, sessionTimeout: session,
            rebalanceTimeout: rebalance > 0 ? .milliseconds(rebalance) : session,
            protocolType: body.text("ProtocolType"),
            // Copies, so that the whole request is not kept for them.
            protocols: body.list("Protocols").map {
                GroupProtocol(name: $0.text("Name"), metadata: Array($0.bytes("Metadata") ?? [])[...])
            },
            needsID: request.version >= 4, knowsSkipping: request.version >= 9)
    }

    /// Takes the leader's shares and gives a member its own.
    func sync(_ request: Request) async -> Message {
        let body = request.body
        let names = (body.optionalText("ProtocolType"), body.optionalText("ProtocolName"))
        let refused = { (code: ErrorCode) -> Message in ["ErrorCode": .code(code)] }
        if names.0 == nil || names.1 == nil, request.version >= 5 { return refused(.inconsistentGroupProtocol) }
        if let code = memberFault(body) { return refused(code) }
        guard let group = groups.groups[body.text("GroupId")] else { return refused(.unknownMemberID) }
        guard body.int("GenerationId") == group.generation else { return refused(.illegalGeneration) }
        if names != (group.protocolType, group.protocolName), request.version >= 5 {
            return refused(.inconsistentGroupProtocol)
        }
        let shares = body.list("Assignments").map { ($0.text("MemberId"), $0.bytes("Assignment") ?? []) }
        return await group.sync(body.text("MemberId"), assignments: Dictionary(shares) { _, last in last })
    }

    private func memberFault(_ body: Message) -> ErrorCode? {
        let groupID = body.text("GroupId")
        if groupID.isEmpty { return .invalidGroupID }
        guard let group = groups.groups[groupID] else { return .unknownMemberID }
        return group.fault(body.text("MemberId"), instance: body.optionalText("GroupInstanceId"))
    }

    /// Notes that a member lives, and tells it whether it must join again.
    func heartbeat(_ body: Message) -> Message {
        let code =
            memberFault(body)
            ?? groups.groups[body.text("GroupId")]?.heartbeat(
                body.text("MemberId"), generation: body.int("GenerationId"))
        return ["ErrorCode": .code(code ?? .unknownMemberID)]
    }

    /// Takes members out of a group.
    func leave(_ request: Request) -> Message {
        let body = request.body
        let groupID = body.text("GroupId")
        guard !groupID.isEmpty else { return ["ErrorCode": .code(.invalidGroupID)] }
        if request.version < 3 {
            return ["ErrorCode": .code(leave(groupID, body.text("MemberId"), instance: nil))]
        }
        let answers: [Message] = body.list("Members").map { entry in
            let instance = entry.optionalText("GroupInstanceId")
            return [
                "MemberId": entry["MemberId"] ?? "", "GroupInstanceId": .text(instance),
                "ErrorCode": .code(leave(groupID, entry.text("MemberId"), instance: instance)),
            ]
        }
        return ["ErrorCode": 0, "Members": .list(answers)]
    }

    private func leave(_ groupID: String, _ memberID: String, instance: String?) -> ErrorCode {
        guard let group = groups.groups[groupID] else { return .unknownMemberID }
        if group.forgetPromise(memberID) { return .none }
        // An administrator removes a static member by its instance alone.
        let id = memberID.isEmpty ? instance.flatMap { group.staticIDs[$0] } ?? "" : memberID
        if let code = group.fault(id, instance: instance) { return code }
        guard let member = group.member(id) else { return .unknownMemberID }
        group.remove(member)
        return .none
    }

    /// Forgets groups without members.
    func deleteGroups(_ body: Message) async -> Message {
        var results: [Message] = []
        for groupID in body.optionalTexts("GroupsNames") ?? [] {
            var code = ErrorCode.none
            if let group = groups.groups[groupID] {
                if group.members.isEmpty { group.forgetPromises() } else { code = .nonEmptyGroup }
                if code == .none { do { try await groups.delete(groupID) } catch { code = .coordinatorNotAvailable } }
            } else {
                code = .groupIDNotFound
            }
            results.append(["GroupId": .text(groupID), "ErrorCode": .code(code)])
        }
        return ["Results": .list(results)]
    }

    /// Tells of groups and their members.
    func describeGroups(_ request: Request) -> Message {
        var seen: Set<String> = []
        let tellsOperations = request.body.flag("IncludeAuthorizedOperations")
        let asked = (request.body.optionalTexts("Groups") ?? []).filter { seen.insert($0).inserted }
        let answers: [Message] = asked.map { groupID in
            guard let group = groups.groups[groupID] else {
                return [
                    "ErrorCode": 0, "GroupId": .text(groupID), "GroupState": "Dead",
                    "AuthorizedOperations": request.rights.told(group: groupID, tellsOperations),
                ]
            }
            let isStable = group.state == .stable
            let members: [Message] = group.members.map { member in
                [
                    "MemberId": .text(member.id), "GroupInstanceId": .text(member.instanceID),
                    "ClientId": .text(member.said.clientID), "ClientHost": .text(member.said.clientHost),
                    "MemberMetadata": .bytes(isStable ? member.metadata(for: group.protocolName) : []),
                    "MemberAssignment": .bytes(member.assignment),
                ]
            }
            return [
                "ErrorCode": 0, "GroupId": .text(groupID), "GroupState": .text(group.state.rawValue),
                "ProtocolType": .text(group.protocolType),
                "ProtocolData": .text(isStable ? group.protocolName ?? "" : ""), "Members": .list(members),
                "AuthorizedOperations": request.rights.told(group: groupID, tellsOperations),
            ]
        }
        return ["Groups": .list(answers)]
    }

    /// Lists groups by state.
    func listGroups(_ body: Message) -> Message {
        let states = (body.optionalTexts("StatesFilter") ?? []).map { $0.lowercased() }
        let types = (body.optionalTexts("TypesFilter") ?? []).map { $0.lowercased() }
        let listed = groups.groups.values.sorted { $0.id < $1.id }.filter { group in
            (states.isEmpty || states.contains(group.state.rawValue.lowercased()))
                && (types.isEmpty || types.contains("classic"))
        }
        let answers: [Message] = listed.map { group in
            [
                "GroupId": .text(group.id), "ProtocolType": .text(group.protocolType),
                "GroupState": .text(group.state.rawValue), "GroupType": "classic",
            ]
        }
        return ["ErrorCode": 0, "Groups": .list(answers)]
    }
}
