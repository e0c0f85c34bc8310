extension API {
    /// Topics, their settings, and the cluster.
    static let adminAPIs = read(
        """
        19 CreateTopics 0-7 flexible 5
          > Topics [Name s; NumPartitions i32; ReplicationFactor i16;
                Assignments [PartitionIndex i32; BrokerIds [i32]]; Configs [Name s; Value s ?]];
            TimeoutMs i32 =60000; ValidateOnly bool 1+
          < ThrottleTimeMs i32 2+;
            Topics [Name s; TopicId uuid 7+; ErrorCode i16; ErrorMessage s 1+ ?; TopicConfigErrorCode i16 5+ #0;
                NumPartitions i32 5+ =-1; ReplicationFactor i16 5+ =-1;
                Configs [Name s; Value s ?; ReadOnly bool; ConfigSource i8 =-1; IsSensitive bool] 5+ ?]

        20 DeleteTopics 0-6 flexible 4
          > Topics [Name s ?; TopicId uuid] 6+; TopicNames [s] 0-5; TimeoutMs i32
          < ThrottleTimeMs i32 1+; Responses [Name s ?6+; TopicId uuid 6+; ErrorCode i16; ErrorMessage s 5+ ?]

        37 CreatePartitions 0-3 flexible 2
          > Topics [Name s; Count i32; Assignments [BrokerIds [i32]] ?]; TimeoutMs i32; ValidateOnly bool
          < ThrottleTimeMs i32; Results [Name s; ErrorCode i16; ErrorMessage s ?]

        21 DeleteRecords 0-2 flexible 2
          > Topics [Name s; Partitions [PartitionIndex i32; Offset i64]]; TimeoutMs i32
          < ThrottleTimeMs i32; Topics [Name s; Partitions [PartitionIndex i32; LowWatermark i64; ErrorCode i16]]

        32 DescribeConfigs 0-4 flexible 4
          > Resources [ResourceType i8; ResourceName s; ConfigurationKeys [s] ?]; IncludeSynonyms bool 1+;
            IncludeDocumentation bool 3+
          < ThrottleTimeMs i32;
            Results [ErrorCode i16; ErrorMessage s ?; ResourceType i8; ResourceName s;
                Configs [Name s; Value s ?; ReadOnly bool; IsDefault bool 0; ConfigSource i8 1+ =-1;
                    IsSensitive bool; Synonyms [Name s; Value s ?; Source i8] 1+; ConfigType i8 3+;
                    Documentation s 3+ ?]]

        33 AlterConfigs 0-2 flexible 2
          > Resources [ResourceType i8; ResourceName s; Configs [Name s; Value s ?]]; ValidateOnly bool
          < ThrottleTimeMs i32; Responses [ErrorCode i16; ErrorMessage s ?; ResourceType i8; ResourceName s]

        44 IncrementalAlterConfigs 0-1 flexible 1
          > Resources [ResourceType i8; ResourceName s; Configs [Name s; ConfigOperation i8; Value s ?]];
            ValidateOnly bool
          < ThrottleTimeMs i32; Responses [ErrorCode i16; ErrorMessage s ?; ResourceType i8; ResourceName s]

        60 DescribeCluster 0-1 flexible 0
          > IncludeClusterAuthorizedOperations bool; EndpointType i8 1+ =1
          < ThrottleTimeMs i32; ErrorCode i16; ErrorMessage s ?; EndpointType i8 1+ =1; ClusterId s;
            ControllerId i32 =-1; Brokers [BrokerId i32; Host s; Port i32; Rack s ?];
            ClusterAuthorizedOperations i32 =-2147483648
        """)
}
