/// Whether bytes that come in pieces are UTF-8 (RFC 3629).
public struct UTF8Check: Sendable {
    /// False once something cannot be.
    public private(set) var isValid = true
    private var needed = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Before the first piece.
    public init() {}

    /// Whether no character is cut off at the end.
    public var isComplete: Bool { needed == 0 }

    /// Takes the next piece.
    public mutating func feed(_ bytes: [UInt8]) {
        guard isValid else { return }
        for byte in bytes {
            if needed == 0 {
                guard byte >= 0x80 else { continue }
                begin(byte)
            } else {
                guard (lowest...highest).contains(byte) else { return isValid = false }
                (lowest, highest) = (0x80, 0xBF)
                needed -= 1
            }
            if !isValid { return }
        }
    }

    private mutating func begin(_ byte: UInt8) {
        switch byte {
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, lowest) = (2, 0xA0)
        case 0xED: (needed, highest) = (2, 0x9F)
        case 0xE1...0xEF: needed = 2
        case 0xF0: (needed, lowest) = (3, 0x90)
        case 0xF4: (needed, highest) = (3, 0x8F)
        case 0xF1...0xF3: needed = 3
        default: isValid = false
        }
    }
}
