import CChecksum

/// CRC-32C, the checksum of record batches.
enum Checksum {
    private static let hasHardware = cchecksum_has_hardware() != 0

    static func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
        return hasHardware
            ? cchecksum_crc32c_hardware(0, base, bytes.count) : cchecksum_crc32c_portable(0, base, bytes.count)
    }
}
