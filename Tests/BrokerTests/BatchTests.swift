import CChecksum
import Testing

@testable import Broker

/// Three records, (k1, hello), (null, x) and (k1, null), as in the protocol's description.
private let golden = bytes(
    hex: "000000000000000000000050ffffffff0233c9a3ff0000000000020000018bcfe568000000018bcfe56800ffffffffffffffffffff"
        + "ffffffff00000003" + "1a000000046b310a68656c6c6f00" + "0e00000201027800" + "10000004046b310100")

@Test func checksumsAreCastagnoli() {
    let text = Array("123456789".utf8)
    #expect(text.withUnsafeBytes { Checksum.crc32c($0) } == 0xE306_9283)
    #expect(cchecksum_crc32c_portable(text, text.count) == 0xE306_9283)
    // Around the sizes from which on several lanes are summed side by side, from any address.
    var random = SystemIndependentRandom(seed: 32)
    let bytes = (0..<10_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    for size in [0, 1, 7, 8, 1024, 3071, 3072, 3073, 3079, 6143, 6144, 9000] {
        for start in [0, 3] {
            let part = Array(bytes[start..<start + size])
            bytes.withUnsafeBytes { raw in
                let unaligned = UnsafeRawBufferPointer(rebasing: raw[start..<start + size])
                let plain = cchecksum_crc32c_portable(part, part.count)
                #expect(Checksum.crc32c(unaligned) == plain, "\(size) at \(start)")
            }
        }
    }
}

@Test func goldenBatchIsRead() throws {
    let batch = try RecordBatch.checked(golden[...], maxBytes: 1000, allowsZstd: true)
    #expect(batch.recordCount == 3 && batch.lastOffsetDelta == 2 && batch.producerID == -1)
    let records = testRecords(golden)
    #expect(records.map { text($0.value) } == ["hello", "x", ""])
    #expect(records[1].key == nil && records[2].value == nil && records[0].timestamp == 1_700_000_000_000)
}

@Test func everyFlippedByteOfABatchIsNoticed() {
    for index in golden.indices where !(0..<21).contains(index) {
        var bad = golden
        bad[index] ^= 1
        #expect(throws: ErrorCode.corruptMessage) {
            _ = try RecordBatch.checked(bad[...], maxBytes: 1000, allowsZstd: true)
        }
    }
    for count in 0..<golden.count {
        #expect(throws: ErrorCode.self) {
            _ = try RecordBatch.checked(golden.prefix(count), maxBytes: 1000, allowsZstd: true)
        }
    }
    #expect(throws: ErrorCode.messageTooLarge) {
        _ = try RecordBatch.checked(golden[...], maxBytes: 91, allowsZstd: true)
    }
}

@Test func producersAreHeldToTheirSequence() throws {
    var states = ProducerStates()
    var offset = 0
    func batch(_ sequence: Int, _ count: Int, epoch: Int = 0) throws -> RecordBatch {
        let bytes = testBatch([String](repeating: "v", count: count), producer: 9, sequence: sequence, epoch: epoch)
        return try RecordBatch.checked(bytes[...], maxBytes: 10_000, allowsZstd: true)
    }
    func take(_ sequence: Int, _ count: Int, epoch: Int = 0) throws {
        var placed = try batch(sequence, count, epoch: epoch)
        #expect(states.judge(placed) == .append)
        placed.baseOffset = offset
        offset = placed.lastOffset + 1
        states.remember(placed, at: 0)
    }
    for sequence in stride(from: 0, to: 14, by: 2) { try take(sequence, 2) }
    #expect(states.judge(try batch(12, 2)) == .duplicate(baseOffset: 12, lastOffset: 13, timestamp: 1000))
    #expect(states.judge(try batch(4, 2)) == .duplicate(baseOffset: 4, lastOffset: 5, timestamp: 1000))
    #expect(states.judge(try batch(2, 2)) == .refuse(.outOfOrderSequence))
    #expect(states.judge(try batch(15, 2)) == .refuse(.outOfOrderSequence))
    #expect(states.judge(try batch(5, 1, epoch: 1)) == .refuse(.outOfOrderSequence))
    try take(0, 1, epoch: 1)
    #expect(states.judge(try batch(14, 1)) == .refuse(.invalidProducerEpoch))
    // After the greatest sequence comes 0.
    try take(1, 1, epoch: 1)
    states = ProducerStates()
    try take(Int(Int32.max) - 1, 3)
    try take(1, 1)
}

@Test func checkpointsAreReadBack() throws {
    var index = SegmentIndex(endOffset: 0)
    var producers = ProducerStates()
    for number in 0..<200 {
        let bytes = testBatch(["value \(number)"], producer: number % 3, sequence: number / 3)
        var batch = try RecordBatch.checked(bytes[...], maxBytes: 10_000, allowsZstd: true)
        batch.baseOffset = number
        index.add(batch)
        producers.remember(batch, at: 0)
    }
    let folder = "/tmp/broker-test-\(TopicID.random().hex)"
    try Disk.makeFolder(folder)
    defer { try? Disk.remove(folder) }
    let path = "\(folder)/\(Segment.name(0))"
    let checkpoint = Checkpoint(index: index, producers: producers)
    try Disk.replace(path, with: [UInt8](repeating: 1, count: index.size))
    let file = try OpenFile(path)
    try checkpoint.write(of: file)
    let read = Checkpoint.read(path, of: file)
    #expect(read?.index == index && read?.producers == producers)
    // Another file under the same name is not what was described.
    try Disk.replace(path, with: [UInt8](repeating: 1, count: index.size))
    #expect(Checkpoint.read(path, of: try OpenFile(path)) == nil)
    try file.truncate(to: index.size - 1)
    #expect(Checkpoint.read(path, of: file) == nil)
    try file.truncate(to: index.size)
    #expect(Checkpoint.read(path, of: file) != nil)
    var damaged = try #require(try Disk.contents(of: Checkpoint.path(of: path)))
    damaged[9] ^= 4
    try Disk.replace(Checkpoint.path(of: path), with: damaged)
    #expect(Checkpoint.read(path, of: file) == nil)
}
