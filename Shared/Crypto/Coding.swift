import FoundationEssentials

/// Hexadecimal text, lower case.
public enum Hex {
    /// The digit of a number below 16.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? value + UInt8(ascii: "0") : value + UInt8(ascii: "a") - 10
    }

    /// Two digits for each byte.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { output in
            for (index, byte) in bytes.enumerated() {
                output[2 * index] = digit(byte >> 4)
                output[2 * index + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    /// The bytes of a text of either case; nil when it is none.
    public static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 2) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(characters.count / 2)
        for index in stride(from: 0, to: characters.count, by: 2) {
            guard let high = value(characters[index]), let low = value(characters[index + 1]) else { return nil }
            output.append(high << 4 | low)
        }
        return output
    }

    /// What a digit of either case is worth; nil when it is none.
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Text in addresses and forms: `%XX` for each byte but the signs that RFC 3986, 2.3 leaves as they are.
public enum PercentText {
    /// The text as it stands there.
    public static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) { bytes.append(byte) } else { bytes += Array("%\(Hex.encode([byte]).uppercased())".utf8) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

/// Base 64 of RFC 4648, section 4: with padding.
public enum Base64 {
    /// The text of bytes.
    public static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The bytes of a text; nil when it is none.
    public static func decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }
}

/// Base 64 for addresses and file names, RFC 4648, section 5: without padding.
public enum Base64URL {
    /// The text of bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        let plain = Base64.encode(bytes).utf8.lazy.filter { $0 != UInt8(ascii: "=") }
        return String(
            decoding: plain.map { character -> UInt8 in
                switch character {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: character
                }
            }, as: UTF8.self)
    }

    /// The bytes of a text; nil when it is none. One value has one text only, so that a signed text cannot be varied.
    public static func decode(_ text: String) -> [UInt8]? {
        var plain: [UInt8] = []
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: "-"): plain.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): plain.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: plain.append(character)
            }
        }
        while !plain.count.isMultiple(of: 4) { plain.append(UInt8(ascii: "=")) }
        guard let bytes = Base64.decode(String(decoding: plain, as: UTF8.self)), encode(bytes) == text else {
            return nil
        }
        return bytes
    }
}

/// Base 32 of RFC 4648, section 6, without padding: for what people type.
public enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// The text of bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        var (buffer, held) = (0, 0)
        for byte in bytes {
            (buffer, held) = (buffer << 8 | Int(byte), held + 8)
            while held >= 5 {
                held -= 5
                output.append(alphabet[buffer >> held & 31])
            }
            buffer &= 1 << held - 1
        }
        if held > 0 { output.append(alphabet[buffer << (5 - held) & 31]) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of a text of either case; nil when it is none.
    public static func decode(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        var (buffer, held) = (0, 0)
        for character in text.utf8 {
            let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character) ? character - 32 : character
            guard let value = alphabet.firstIndex(of: upper) else { return nil }
            (buffer, held) = (buffer << 5 | value, held + 5)
            if held >= 8 {
                held -= 8
                output.append(UInt8(buffer >> held))
            }
            buffer &= 1 << held - 1
        }
        // What is left over are zeros, less than one letter: else two texts would be one value.
        return held < 5 && buffer == 0 ? output : nil
    }
}
