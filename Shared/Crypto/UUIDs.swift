import FoundationEssentials
import Synchronization

extension UUID {
    /// A new id of version 7 (RFC 9562): ids made later by this process sort after those made before.
    public static func v7() -> UUID {
        let milliseconds = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
        var random = SystemRandomNumberGenerator()
        let bits: UInt64 = random.next()
        let (time, counter) = clock.withLock {
            $0.next(at: milliseconds, start: UInt16(truncatingIfNeeded: bits >> 53))
        }
        return v7(milliseconds: time, counter: counter, random: random.next())
    }

    /// The id of version 5 (RFC 9562): the same for the same namespace and name, everywhere and always.
    public static func v5(namespace: UUID, name: String) -> UUID {
        let prefix = withUnsafeBytes(of: namespace.uuid) { Array($0) }
        var bytes = Array(SHA1.digest(prefix + Array(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x50
        bytes[8] = bytes[8] & 0x3f | 0x80
        return UUID(bytes: bytes)
    }

    /// The namespace of host names, from RFC 9562.
    public static let dnsNamespace = UUID(halves: 0x6ba7_b810_9dad_11d1, 0x80b4_00c0_4fd4_30c8)

    /// Lays version 7 out: 48 bits of time, 12 of counter, 62 of chance.
    static func v7(milliseconds: UInt64, counter: UInt16, random: UInt64) -> UUID {
        UUID(
            halves: milliseconds << 16 | 0x7000 | UInt64(counter & 0xfff),
            random & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
    }

    /// The text in lower case (RFC 9562, section 4), as PostgreSQL writes it and as keys have it. Foundation's goes through `printf`,
    /// which was a third of what applying a batch cost.
    public var text: String {
        String(unsafeUninitializedCapacity: 36) { write(into: $0) }
    }

    /// The same as ASCII.
    public var textBytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 36) { output, count in count = write(into: output) }
    }

    private func write(into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var place = 0
        withUnsafeBytes(of: uuid) { bytes in
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    output[place] = UInt8(ascii: "-")
                    place += 1
                }
                output[place] = Hex.digit(byte >> 4)
                output[place + 1] = Hex.digit(byte & 15)
                place += 2
            }
        }
        return place
    }

    /// Reads the text of an id, of either case; nil when it is none.
    public init?(text: some StringProtocol) {
        var bytes: (UInt64, UInt64) = (0, 0)
        var place = 0
        for character in text.utf8 {
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard character == UInt8(ascii: "-") else { return nil }
            } else {
                guard place < 36, let digit = Hex.value(character) else { return nil }
                if place < 18 { bytes.0 = bytes.0 << 4 | UInt64(digit) } else { bytes.1 = bytes.1 << 4 | UInt64(digit) }
            }
            place += 1
        }
        guard place == 36 else { return nil }
        self.init(halves: bytes.0, bytes.1)
    }

    /// The time of an id of version 7 in milliseconds since 1970; nil for other versions.
    public var v7Milliseconds: UInt64? {
        guard uuid.6 >> 4 == 7 else { return nil }
        let bytes = [uuid.0, uuid.1, uuid.2, uuid.3, uuid.4, uuid.5]
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private init(halves high: UInt64, _ low: UInt64) {
        var halves = (high.bigEndian, low.bigEndian)
        self = withUnsafeBytes(of: &halves) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    private init(bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    private static let clock = Mutex(V7Clock())
}

/// The time and counter of the last id of version 7, so that the next one is later even when the clock is not.
struct V7Clock {
    private var milliseconds: UInt64 = 0
    private var counter: UInt16 = 0

    /// The time and the 12-bit counter of the next id; `start` is where the counter of a new millisecond begins.
    mutating func next(at now: UInt64, start: UInt16) -> (milliseconds: UInt64, counter: UInt16) {
        if now > milliseconds {
            milliseconds = now
            counter = start & 0x7ff
        } else if counter < 0xfff {
            counter += 1
        } else {
            // More ids than the counter holds: borrow from the next millisecond.
            milliseconds += 1
            counter = start & 0x7ff
        }
        return (milliseconds, counter)
    }
}
