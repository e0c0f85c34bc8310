import Glibc
import Testing

@testable import Text

@Suite struct EncodingTests {
    private static let names: [(TextEncoding, String, [String])] = [
        (.gb18030, "GB18030", ["王小明", "刘建国", "上海晨光文具有限公司", "欧阳娜娜", "张伟"]),
        (.big5, "BIG5", ["陳小文", "臺灣積體電路", "林書豪", "國立大學", "黃志明"]),
        (.shiftJIS, "CP932", ["ヤマダ太郎", "さくら商事", "トヨタ自動車", "すずき一郎"]),
        (.windows1252, "CP1252", ["Jörg Müller", "Zoë", "François", "Peña", "Ångström", "Weiß"]),
        (.windows1251, "CP1251", ["Иванов Пётр", "Мария", "Сергей Петров"]),
    ]

    @Test func filesAreFoundByWhatPeopleWrite() {
        var random = SystemRandomNumberGenerator()
        var wrong: [String] = []
        for (encoding, name, people) in Self.names {
            for rows in [1, 2, 5, 20] {
                for _ in 0..<20 {
                    // One name among rows of ASCII, or all of them.
                    let isRare = Bool.random(using: &random)
                    let lines = (0..<rows).map { row in
                        let person = isRare && row > 0 ? "Ann Lee" : people.randomElement(using: &random) ?? ""
                        return "\(person),p\(row)@mail.example,+4930\(row)"
                    }
                    let text = "Name,Email,Phone\r\n" + lines.joined(separator: "\r\n") + "\r\n"
                    guard let bytes = encoded(text, name) else { continue }
                    var guess = EncodingGuess()
                    guess.feed(bytes)
                    if guess.candidates.first != encoding || guess.isUTF8 {
                        wrong.append("\(name): \(text) \(guess.candidates)")
                    }
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(3))")
    }

    @Test func wideTextIsFoundWithAndWithoutItsMark() {
        for text in ["Name,Email\r\nAnn,a@b.example\r\n", "姓名,邮箱\r\n王小明,w@x.example\r\n"] {
            for (encoding, name) in [(TextEncoding.utf16LE, "UTF-16LE"), (.utf16BE, "UTF-16BE")] {
                for mark in ["", "\u{FEFF}"] {
                    var guess = EncodingGuess()
                    guess.feed(encoded(mark + text, name) ?? [])
                    #expect(guess.wide == encoding)
                }
            }
        }
        var plain = EncodingGuess()
        plain.feed(Array("Name\n\u{0}\n\"open".utf8))
        #expect(plain.wide == nil && plain.isUTF8)
    }

    @Test func whatIsNobodysIsNotGuessed() {
        for bytes: [UInt8] in [[0x61, 0xFF, 0xFE, 0x80, 0x0A], [0xC8, 0x20, 0xFF, 0x0A], [0xFF, 0x80, 0x81, 0x0A]] {
            var guess = EncodingGuess()
            guess.feed(bytes)
            #expect(guess.candidates.isEmpty && !guess.isUTF8)
        }
    }

    @Test func piecesOfAnySizeAreDecodedAlike() throws {
        let text = "王小明 𠮷 €,ü"
        for encoding in [TextEncoding.gb18030, .utf16LE, .utf16BE] {
            let bytes = try #require(encoded(text, encoding.converterName))
            for size in 1...bytes.count {
                let decoder = try #require(TextDecoder(encoding))
                var whole: [UInt8] = []
                for start in stride(from: 0, to: bytes.count, by: size) {
                    whole += try #require(decoder.feed(Array(bytes[start..<min(bytes.count, start + size)])))
                }
                #expect(decoder.isComplete && String(decoding: whole, as: UTF8.self) == text)
            }
            #expect(encoding.utf8(Array(bytes.dropLast())) == nil || encoding == .gb18030)
        }
    }

    private func encoded(_ text: String, _ name: String) -> [UInt8]? {
        guard let converter = iconv_open(name, "UTF-8"), converter != UnsafeMutableRawPointer(bitPattern: -1) else {
            return nil
        }
        defer { iconv_close(converter) }
        var input = text.utf8.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 4 + 16)
        var (left, room) = (input.count, output.count)
        let failed = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var (from, to) = (source.baseAddress, target.baseAddress)
                return iconv(converter, &from, &left, &to, &room) == -1
            }
        }
        return failed ? nil : output[..<(output.count - room)].map { UInt8(bitPattern: $0) }
    }
}
