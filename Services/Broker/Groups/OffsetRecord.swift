import EventLoop

/// The form of a group's offsets, and of a group, as records of the internal topic, as Apache Kafka has them.
enum OffsetRecord {
    private static let keyShape = Shape("Version i16; Group s; Topic s; Partition i32")
    private static let valueShape = Shape(
        "Version i16; Offset i64; LeaderEpoch i32; Metadata s; CommitTimestamp i64")
    private static let groupKeyShape = Shape("Version i16; Group s")
    private static let groupShape = Shape(
        "Version i16; Type s; Generation i32; Protocol s ?; Leader s ?; Since i64; Members [MemberId s]")

    static func key(_ group: String, _ key: OffsetKey) -> [UInt8] {
        write(
            ["Version": 1, "Group": .text(group), "Topic": .text(key.topic), "Partition": .int(key.partition)],
            keyShape)
    }

    static func value(_ offset: CommittedOffset) -> [UInt8] {
        write(
            [
                "Version": 3, "Offset": .int(offset.offset), "LeaderEpoch": .int(offset.leaderEpoch),
                "Metadata": .text(offset.metadata), "CommitTimestamp": .int(offset.timestamp),
            ], valueShape)
    }

    static func readKey(_ bytes: [UInt8]) -> (String, OffsetKey)? {
        guard let key = read(bytes, keyShape), key.int("Version") == 1 else { return nil }
        return (key.text("Group"), OffsetKey(topic: key.text("Topic"), partition: key.int("Partition")))
    }

    static func readValue(_ bytes: [UInt8]) -> CommittedOffset? {
        guard let value = read(bytes, valueShape), value.int("Version") == 3 else { return nil }
        return CommittedOffset(
            offset: value.int("Offset"), leaderEpoch: value.int("LeaderEpoch"), metadata: value.text("Metadata"),
            timestamp: value.int("CommitTimestamp"))
    }

    static func groupKey(_ group: String) -> [UInt8] { write(["Version": 2, "Group": .text(group)], groupKeyShape) }

    static func readGroupKey(_ bytes: [UInt8]) -> String? {
        guard let key = read(bytes, groupKeyShape), key.int("Version") == 2 else { return nil }
        return key.text("Group")
    }

    /// A group without members since a time, or, with −1, one that has some.
    static func group(_ type: String, generation: Int, since: Int) -> [UInt8] {
        write(
            [
                "Version": 3, "Type": .text(type), "Generation": .int(generation), "Protocol": nil, "Leader": nil,
                "Since": .int(since), "Members": [],
            ], groupShape)
    }

    @Loop
    static func readGroup(_ bytes: [UInt8], _ id: String, _ memory: Memory) -> Group? {
        guard let value = read(bytes, groupShape), value.int("Version") == 3 else { return nil }
        let since = value.int("Since")
        let group = Group(
            id: id, generation: value.int("Generation"), protocolType: value.text("Type"),
            // Members of before have to join again; until now they were there.
            emptySince: since < 0 ? Node.time : since, memory: memory)
        group.noted = since
        return group
    }

    private static func write(_ message: Message, _ shape: Shape) -> [UInt8] {
        var writer = WireWriter()
        shape.write(message, to: &writer, version: 0, isFlexible: false)
        return writer.bytes
    }

    private static func read(_ bytes: [UInt8], _ shape: Shape) -> Message? {
        var reader = WireReader(bytes)
        return try? shape.read(&reader, version: 0, isFlexible: false)
    }
}
