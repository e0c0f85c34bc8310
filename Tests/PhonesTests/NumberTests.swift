import CPhone
import TestKit
import Testing
import Text

@testable import Phones

@Suite struct NumberTests {
    @Test(
        arguments: [
            ("020 7946 0958", "GB", "+442079460958"), ("138 0013 8000", "CN", "+8613800138000"),
            ("010-6279 0000", "CN", "+861062790000"), ("(0755) 1234 5678", "CN", "+8675512345678"),
            ("202-555-0143", "US", "+12025550143"), ("1 202 555 0143", "US", "+12025550143"),
            ("06 12 34 56 78", "FR", "+33612345678"), ("06 6982", "IT", "+39066982"),
            ("8 (495) 123-45-67", "RU", "+74951234567"), ("06 1 234 5678", "HU", "+3612345678"),
            ("9123 4567", "HK", "+85291234567"), ("98765 43210", "IN", "+919876543210"),
            ("030 1234567", "DE", "+49301234567"),
            ("030 123456-12", "DE", "+4930123456" + "12"), ("12593 138 0013 8000", "CN", "+8613800138000"),
            // The trunk zero in brackets, the prefixes that a country dials for the world, marks that are not seen.
            ("+44 (0)20 7946 0958", nil, "+442079460958"), ("+49 (0) 30 123456", nil, "+4930123456"),
            ("+44020 7946 0958", "GB", "+442079460958"), ("0011 44 20 7946 0958", "AU", "+442079460958"),
            ("011 44 20 7946 0958", "US", "+442079460958"), ("86 139 1111 2222", "CN", "+8613911112222"),
            ("0085221234567", "HK", "+85221234567"), ("0044 20 7946 0958", "CN", "+442079460958"),
            ("400-820-8820", "CN", "+864008208820"), ("+52 1 55 1234 5678", nil, "+525512345678"),
            ("011 15-2345-6789", "AR", "+5491123456789"), ("07 08 12 34 56", "CI", "+2250708123456"),
            ("\u{202A}+8613911113333\u{202C}", nil, "+8613911113333"),
            ("+1\u{2011}202\u{2011}555\u{2011}0144", nil, "+12025550144"),
            ("tel:+1-202-555-0147", nil, "+12025550147"), ("＋８６ １３９ １１１１ ３３３３", nil, "+8613911113333"),
            ("+229 97 12 34 56", nil, "+2290197123456"), ("+44 20 7946 0958", "CN", "+442079460958"),
            // No whole numbers of the country, of services within it, or of none that is known: as they were written.
            ("6279 0000", "CN", "62790000"), ("7946 0958", "GB", "79460958"), ("110", "CN", "110"),
            ("95588", "CN", "95588"),
            ("116 117", "DE", "116117"), ("020 7946 0958", nil, "02079460958"), ("*100#", "DE", "*100#"),
            ("0000000000", "CN", "0000000000"), ("0000000000", nil, "0000000000"), ("101", nil, "101"),
        ] as [(String, String?, String)])
    func numbersBecomeThoseOfTheWorld(_ written: String, _ region: String?, _ stored: String) {
        #expect(PhoneNumber.normal(written, in: region) == stored)
        #expect(PhoneNumber.normal(stored, in: region) == stored, "what is stored is read as itself")
    }

    @Test(
        arguments: [
            ("+1 202-555-0143 ext. 12", nil, "+12025550143", "12"),
            ("010-62790000-8012", "CN", "+861062790000", "8012"),
            ("010-62790000转8012", "CN", "+861062790000", "8012"), ("(02) 2345-6789 轉 12", "TW", "+886223456789", "12"),
            ("tel:+1-202-555-0147;ext=5555", nil, "+12025550147", "5555"),
            ("+12025550152,,1234#", nil, "+12025550152", "1234"),
            ("+1 202-555-0151 x 22", nil, "+12025550151", "22"), ("62790000 分机 12", nil, "62790000", "12"),
        ] as [(String, String?, String, String)])
    func whatIsDialledBehindANumberStandsBesideIt(
        _ written: String, _ region: String?, _ number: String, _ desk: String
    ) throws {
        let read = try #require(PhoneNumber(written, in: region))
        #expect(read.number == number && read.extension == desk, "\(read)")
    }

    /// What is found without looking for marks is what is found by looking.
    @Test func plainWritingsAreReadAsAllOthers() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var chance = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            let signs = Array("0123456789012345678900 +-().")
            let text = String(
                (0..<Int.random(in: 0...18, using: &chance)).map { _ in signs.randomElement(using: &chance) ?? "0" })
            let (plain, looked) = (WrittenNumber(text), WrittenNumber("\u{200E}" + text))
            #expect(plain.text.trimmed == looked.text.trimmed && plain.extension == looked.extension, "\(text)")
            #expect(plain.asWritten?.number == looked.asWritten?.number, "\(text)")
        }
    }

    @Test(arguments: ["", "call me", "12", "+", "+49", "1+2345678", "12345678901234567890", "--"])
    func whatIsNoNumberIsNone(_ written: String) { #expect(PhoneNumber(written) == nil) }

    @Test func numbersAreAlikeWithAndWithoutTheirCountry() {
        for (one, other) in [
            ("+8613800138000", "013800138000"), ("+49407255261", "0407255261"), ("+4940725526", "040725526"),
            ("+442079460958", "020 7946 0958"), ("+12025550143", "202-555-0143"),
        ] { #expect(PhoneNumber.alike(one) == PhoneNumber.alike(other), "\(one)") }
        #expect(PhoneNumber.alike("110") == nil && PhoneNumber.alike("0000000000") == nil)
    }

    /// Benin's are longer since. The plans know these numbers; what is tested is that no writing of them is read as something else.
    @Test func everyRegionsNumbersAreReadInFiveWritings() {
        var region = [CChar](repeating: 0, count: 4)
        var (count, wrong) = (0, [String]())
        while region.withUnsafeMutableBufferPointer({ cphone_region(Int32(count), $0.baseAddress) }) {
            let name = String(decoding: region.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            count += 1
            // Fixed, mobile, toll-free.
            for type: Int32 in [0, 1, 3] where name != "BJ" {
                var example = cphone_example()
                guard cphone_example_number(name, type, &example) else { continue }
                let (world, spaced, national) = (
                    text(example.e164), text(example.international), text(example.national)
                )
                let digits = national.filter { ("0"..."9").contains($0) }
                for writing in [world, spaced, national, digits, "00" + world.dropFirst()]
                where PhoneNumber.normal(writing, in: name) != world {
                    wrong.append("\(name) \(writing): \(PhoneNumber.normal(writing, in: name) ?? "-")")
                }
            }
        }
        #expect(count > 200 && wrong.isEmpty, "\(wrong)")
    }

    private func text<Bytes>(_ bytes: Bytes) -> String {
        withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
