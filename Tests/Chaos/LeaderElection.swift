import Rapport

/// The request of Kafka's protocol that gives partitions back to the leaders they had first: ElectLeaders, key 43, version 1
/// (clients/src/main/resources/common/message/ElectLeadersRequest.json). librdkafka has no call for it.
enum LeaderElection {
    /// For all partitions, with its size in front.
    static let request: [UInt8] = {
        var body: [UInt8] = []
        for number in [43, 1] as [Int16] { body += bytes(number) }
        body += bytes(Int32(1))
        // A client id of three letters; preferred leaders; null for all partitions; within 15 seconds.
        body += bytes(Int16(3)) + Array("rig".utf8) + [0] + bytes(Int32(-1)) + bytes(Int32(15_000))
        return bytes(Int32(body.count)) + body
    }()

    /// Whether all of an answer has come.
    static func isWhole(_ answer: [UInt8]) -> Bool {
        var reader = Reader(bytes: answer[...])
        return reader.int(4).map { answer.count >= $0 + 4 } ?? false
    }

    /// How many partitions got another leader. Those that led already are not counted; a refusal of the whole is thrown.
    static func moved(_ answer: [UInt8]) throws -> Int {
        var reader = Reader(bytes: answer[...])
        // Size, number of the request, pause.
        _ = (reader.int(4), reader.int(4), reader.int(4))
        guard let code = reader.int(2), let topics = reader.int(4) else {
            throw SuiteError("Kafka did not answer to a request for an election of leaders")
        }
        guard code == 0 else { throw SuiteError("Kafka refused an election of leaders with code \(code)") }
        let broken = SuiteError("Kafka's answer to a request for an election of leaders cannot be read")
        var moved = 0
        for _ in 0..<max(0, topics) {
            reader.skipText()
            guard let partitions = reader.int(4) else { throw broken }
            for _ in 0..<max(0, partitions) {
                guard reader.int(4) != nil, let code = reader.int(2) else { throw broken }
                if code == 0 { moved += 1 }
                reader.skipText()
            }
        }
        return moved
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// Takes numbers from the front, the highest byte first; nil behind the end.
    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func int(_ count: Int) -> Int? {
            guard bytes.count >= count else { return nil }
            let value = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(count)
            let bits = count * 8
            return value >= 1 << (bits - 1) ? value - 1 << bits : value
        }

        /// Text with its length in two bytes; null is -1.
        mutating func skipText() {
            let count = int(2) ?? 0
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}
