/// The byte classes of RFC 9110 and RFC 3986.
enum Byte {
    static let tab: UInt8 = 0x09
    static let lf: UInt8 = 0x0A
    static let cr: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let question: UInt8 = 0x3F
    static let percent: UInt8 = 0x25

    /// A character of a method or a field name.
    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        isIn(byte, 0x03ff_6cfa_0000_0000, 0x57ff_ffff_c7ff_fffe)
    }

    /// A character of a host with its port.
    @inline(__always) static func isHost(_ byte: UInt8) -> Bool {
        isIn(byte, 0x2fff_7ff2_0000_0000, 0x47ff_fffe_afff_fffe)
    }

    /// A character of a field value: no control but the tab.
    @inline(__always) static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= space ? byte != 0x7F : byte == tab
    }

    /// A character of a request target: visible ASCII without the fragment's sign.
    @inline(__always) static func isTarget(_ byte: UInt8) -> Bool { byte > space && byte < 0x7F && byte != 0x23 }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// The value of a hexadecimal digit.
    @inline(__always) static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    @inline(__always) static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Bit sets of the characters below and from 64.
    @inline(__always) private static func isIn(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
        guard byte < 128 else { return false }
        return ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
    }
}
