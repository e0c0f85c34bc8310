extension API {
    /// Consumer groups and their offsets.
    static let groupAPIs = read(
        """
        10 FindCoordinator 0-4 flexible 3
          > Key s 0-3; KeyType i8 1+; CoordinatorKeys [s] 4+
          < ThrottleTimeMs i32 1+; ErrorCode i16 0-3; ErrorMessage s 1-3 ?; NodeId i32 0-3; Host s 0-3; Port i32 0-3;
            Coordinators [Key s; NodeId i32; Host s; Port i32; ErrorCode i16; ErrorMessage s ?] 4+

        11 JoinGroup 0-9 flexible 6
          > GroupId s; SessionTimeoutMs i32; RebalanceTimeoutMs i32 1+ =-1; MemberId s; GroupInstanceId s 5+ ?;
            ProtocolType s; Protocols [Name s; Metadata b]; Reason s 8+ ?
          < ThrottleTimeMs i32 2+; ErrorCode i16; GenerationId i32 =-1; ProtocolType s 7+ ?; ProtocolName s ?7+;
            Leader s; SkipAssignment bool 9+; MemberId s;
            Members [MemberId s; GroupInstanceId s 5+ ?; Metadata b]

        14 SyncGroup 0-5 flexible 4
          > GroupId s; GenerationId i32; MemberId s; GroupInstanceId s 3+ ?; ProtocolType s 5+ ?;
            ProtocolName s 5+ ?; Assignments [MemberId s; Assignment b]
          < ThrottleTimeMs i32 1+; ErrorCode i16; ProtocolType s 5+ ?; ProtocolName s 5+ ?; Assignment b

        12 Heartbeat 0-4 flexible 4
          > GroupId s; GenerationId i32; MemberId s; GroupInstanceId s 3+ ?
          < ThrottleTimeMs i32 1+; ErrorCode i16

        13 LeaveGroup 0-5 flexible 4
          > GroupId s; MemberId s 0-2; Members [MemberId s; GroupInstanceId s ?; Reason s 5+ ?] 3+
          < ThrottleTimeMs i32 1+; ErrorCode i16; Members [MemberId s; GroupInstanceId s ?; ErrorCode i16] 3+

        8 OffsetCommit 1-8 flexible 8
          > GroupId s; GenerationIdOrMemberEpoch i32 =-1; MemberId s; GroupInstanceId s 7+ ?;
            RetentionTimeMs i64 2-4 =-1;
            Topics [Name s; Partitions [PartitionIndex i32; CommittedOffset i64; CommittedLeaderEpoch i32 6+ =-1;
                CommitTimestamp i64 1 =-1; CommittedMetadata s ?]]
          < ThrottleTimeMs i32 3+; Topics [Name s; Partitions [PartitionIndex i32; ErrorCode i16]]

        9 OffsetFetch 1-8 flexible 6
          > GroupId s 0-7; Topics [Name s; PartitionIndexes [i32]] 0-7 ?2+;
            Groups [GroupId s; Topics [Name s; PartitionIndexes [i32]] ?] 8+; RequireStable bool 7+
          < ThrottleTimeMs i32 3+;
            Topics [Name s; Partitions [PartitionIndex i32; CommittedOffset i64; CommittedLeaderEpoch i32 5+ =-1;
                Metadata s ?; ErrorCode i16]] 0-7;
            ErrorCode i16 2-7;
            Groups [GroupId s; Topics [Name s; Partitions [PartitionIndex i32; CommittedOffset i64;
                CommittedLeaderEpoch i32 =-1; Metadata s ?; ErrorCode i16]]; ErrorCode i16] 8+

        68 ConsumerGroupHeartbeat 0-1 flexible 0
          > GroupId s; MemberId s; MemberEpoch i32; InstanceId s ?; RackId s ?; RebalanceTimeoutMs i32 =-1;
            SubscribedTopicNames [s] ?; SubscribedTopicRegex s 1+ ?; ServerAssignor s ?;
            TopicPartitions [TopicId uuid; Partitions [i32]] ?
          < ThrottleTimeMs i32; ErrorCode i16; ErrorMessage s ?; MemberId s ?; MemberEpoch i32;
            HeartbeatIntervalMs i32; Assignment i8 =-1

        15 DescribeGroups 0-5 flexible 5
          > Groups [s]; IncludeAuthorizedOperations bool 3+
          < ThrottleTimeMs i32 1+;
            Groups [ErrorCode i16; GroupId s; GroupState s; ProtocolType s; ProtocolData s;
                Members [MemberId s; GroupInstanceId s 4+ ?; ClientId s; ClientHost s; MemberMetadata b;
                    MemberAssignment b];
                AuthorizedOperations i32 3+ =-2147483648]

        16 ListGroups 0-5 flexible 3
          > StatesFilter [s] 4+; TypesFilter [s] 5+
          < ThrottleTimeMs i32 1+; ErrorCode i16;
            Groups [GroupId s; ProtocolType s; GroupState s 4+; GroupType s 5+]

        42 DeleteGroups 0-2 flexible 2
          > GroupsNames [s]
          < ThrottleTimeMs i32; Results [GroupId s; ErrorCode i16]

        47 OffsetDelete 0-0
          > GroupId s; Topics [Name s; Partitions [PartitionIndex i32]]
          < ErrorCode i16; ThrottleTimeMs i32; Topics [Name s; Partitions [PartitionIndex i32; ErrorCode i16]]
        """)
}
