import CChecksum

/// CRC-32C, the checksum of record batches.
enum Checksum {
    private static let hasHardware = cchecksum_has_hardware() != 0
    // Written once, before anybody gets it, and never given back.
    nonisolated(unsafe) private static let lane: UnsafePointer<UInt32> = {
        let lane = UnsafeMutablePointer<UInt32>.allocate(capacity: 4 * 256)
        lane.initialize(repeating: 0, count: 4 * 256)
        if hasHardware { cchecksum_fill(lane) }
        return UnsafePointer(lane)
    }()

    static func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
        return hasHardware
            ? cchecksum_crc32c_hardware(lane, base, bytes.count) : cchecksum_crc32c_portable(base, bytes.count)
    }
}
