extension API {
    /// Connecting, writing and reading.
    static let dataAPIs = read(
        """
        18 ApiVersions 0-4 flexible 3
          > ClientSoftwareName s 3+; ClientSoftwareVersion s 3+
          < ErrorCode i16; ApiKeys [ApiKey i16; MinVersion i16; MaxVersion i16]; ThrottleTimeMs i32 1+;
            SupportedFeatures [Name s; MinVersion i16; MaxVersion i16] 3+ #0;
            FinalizedFeaturesEpoch i64 3+ #1 =-1;
            FinalizedFeatures [Name s; MaxVersionLevel i16; MinVersionLevel i16] 3+ #2;
            ZkMigrationReady bool 3+ #3

        3 Metadata 0-12 flexible 9
          > Topics [TopicId uuid 10+; Name s ?10+] ?1+; AllowAutoTopicCreation bool 4+ =1;
            IncludeClusterAuthorizedOperations bool 8-10; IncludeTopicAuthorizedOperations bool 8+
          < ThrottleTimeMs i32 3+; Brokers [NodeId i32; Host s; Port i32; Rack s 1+ ?]; ClusterId s 2+ ?;
            ControllerId i32 1+ =-1;
            Topics [ErrorCode i16; Name s ?12+; TopicId uuid 10+; IsInternal bool 1+;
                Partitions [ErrorCode i16; PartitionIndex i32; LeaderId i32; LeaderEpoch i32 7+ =-1;
                    ReplicaNodes [i32]; IsrNodes [i32]; OfflineReplicas [i32] 5+];
                TopicAuthorizedOperations i32 8+ =-2147483648];
            ClusterAuthorizedOperations i32 8-10 =-2147483648

        0 Produce 3-9 flexible 9 told 0-9
          > TransactionalId s ?; Acks i16; TimeoutMs i32;
            TopicData [Name s; PartitionData [Index i32; Records r ?]]
          < Responses [Name s; PartitionResponses [Index i32; ErrorCode i16; BaseOffset i64;
                LogAppendTimeMs i64 =-1; LogStartOffset i64 5+ =-1;
                RecordErrors [BatchIndex i32; BatchIndexErrorMessage s ?] 8+; ErrorMessage s 8+ ?]];
            ThrottleTimeMs i32

        1 Fetch 4-12 flexible 12
          > ClusterId s 12+ ? #0; ReplicaId i32; MaxWaitMs i32; MinBytes i32; MaxBytes i32; IsolationLevel i8;
            SessionId i32 7+; SessionEpoch i32 7+ =-1;
            Topics [Topic s; Partitions [Partition i32; CurrentLeaderEpoch i32 9+ =-1; FetchOffset i64;
                LastFetchedEpoch i32 12+ =-1; LogStartOffset i64 5+ =-1; PartitionMaxBytes i32]];
            ForgottenTopicsData [Topic s; Partitions [i32]] 7+; RackId s 11+
          < ThrottleTimeMs i32; ErrorCode i16 7+; SessionId i32 7+;
            Responses [Topic s; Partitions [PartitionIndex i32; ErrorCode i16; HighWatermark i64;
                LastStableOffset i64 =-1; LogStartOffset i64 5+ =-1;
                DivergingEpoch {Epoch i32 =-1; EndOffset i64 =-1} 12+ #0;
                CurrentLeader {LeaderId i32 =-1; LeaderEpoch i32 =-1} 12+ #1;
                SnapshotId {EndOffset i64 =-1; Epoch i32 =-1} 12+ #2;
                AbortedTransactions [ProducerId i64; FirstOffset i64] ?; PreferredReadReplica i32 11+ =-1;
                Records r ?]]

        2 ListOffsets 0-7 flexible 6
          > ReplicaId i32; IsolationLevel i8 2+;
            Topics [Name s; Partitions [PartitionIndex i32; CurrentLeaderEpoch i32 4+ =-1; Timestamp i64;
                MaxNumOffsets i32 0 =1]]
          < ThrottleTimeMs i32 2+;
            Topics [Name s; Partitions [PartitionIndex i32; ErrorCode i16; OldStyleOffsets [i64] 0;
                Timestamp i64 1+ =-1; Offset i64 1+ =-1; LeaderEpoch i32 4+ =-1]]

        23 OffsetForLeaderEpoch 2-4 flexible 4
          > ReplicaId i32 3+ =-2; Topics [Topic s; Partitions [Partition i32; CurrentLeaderEpoch i32 =-1;
                LeaderEpoch i32]]
          < ThrottleTimeMs i32; Topics [Topic s; Partitions [ErrorCode i16; Partition i32; LeaderEpoch i32 =-1;
                EndOffset i64 =-1]]

        22 InitProducerId 0-4 flexible 2
          > TransactionalId s ?; TransactionTimeoutMs i32; ProducerId i64 3+ =-1; ProducerEpoch i16 3+ =-1
          < ThrottleTimeMs i32; ErrorCode i16; ProducerId i64 =-1; ProducerEpoch i16
        """)
}
