/// The encodings that files are read in.
public enum TextEncoding: String, Sendable, CaseIterable {
    /// Unicode, a byte for each character of ASCII.
    case utf8 = "utf-8"
    /// What Chinese spreadsheets are saved in; GB 2312 and GBK are part of it.
    case gb18030
    /// Unicode in units of two bytes, as Excel saves its text.
    case utf16LE = "utf-16le"
    case utf16BE = "utf-16be"
    /// What programs in Taiwan and Hong Kong save.
    case big5
    /// What programs in Japan save.
    case shiftJIS = "shift_jis"
    /// What Windows saves in central, eastern and western Europe.
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case windows1252 = "windows-1252"

    /// The encoding by any of the names that files call it; nil for one that is not read.
    public init?(name: String) {
        let clean = name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " && $0 != "\"" }
        let names: [String: TextEncoding] = [
            "utf8": .utf8, "ascii": .utf8, "usascii": .utf8, "gb18030": .gb18030, "gbk": .gb18030, "gb2312": .gb18030,
            "cp936": .gb18030, "utf16le": .utf16LE, "utf16": .utf16LE, "utf16be": .utf16BE, "big5": .big5,
            "big5hkscs": .big5, "cp950": .big5, "shiftjis": .shiftJIS, "sjis": .shiftJIS, "cp932": .shiftJIS,
            "windows31j": .shiftJIS, "windows1250": .windows1250, "cp1250": .windows1250, "windows1251": .windows1251,
            "cp1251": .windows1251, "windows1252": .windows1252, "cp1252": .windows1252, "iso88591": .windows1252,
            "latin1": .windows1252, "iso885915": .windows1252,
        ]
        guard let known = names[clean] else { return nil }
        self = known
    }

    /// The bytes as UTF-8; nil where they are not of the encoding.
    public func utf8(_ bytes: [UInt8]) -> [UInt8]? {
        if self == .utf8 {
            var check = UTF8Check()
            check.feed(bytes)
            return check.isValid && check.isComplete ? bytes : nil
        }
        guard let decoder = TextDecoder(self), let text = decoder.feed(bytes), decoder.isComplete else { return nil }
        return text
    }

    /// The name that the C library's converter knows it by.
    var converterName: String {
        switch self {
        case .utf8: "UTF-8"
        case .gb18030: "GB18030"
        case .utf16LE: "UTF-16LE"
        case .utf16BE: "UTF-16BE"
        case .big5: "BIG5-HKSCS"
        case .shiftJIS: "CP932"
        case .windows1250: "CP1250"
        case .windows1251: "CP1251"
        case .windows1252: "CP1252"
        }
    }
}
