import FoundationEssentials
import TestKit
import Testing

@testable import CRMModel

private func read<T: EventData>(_ type: T.Type, _ bytes: [UInt8]) -> Result<T, JSONError> {
    bytes.withUnsafeBytes { raw in Result { () throws(JSONError) -> T in try T(json: raw) } }
}

private func problem(_ json: String) -> String? {
    switch read(OrderPlaced.self, Array(json.utf8)) {
    case .success: nil
    case .failure(let error): error.field
    }
}

/// Reads a document with one member and gives its text.
private func text(_ json: String) -> String? {
    var found: String?
    let outcome = Array(json.utf8).withUnsafeBytes { raw in
        Result { () throws(JSONError) in
            try JSONReader.object(raw) { _, reader throws(JSONError) in found = try reader.string() }
        }
    }
    guard case .success = outcome else { return nil }
    return found
}

private let good = """
    {"orderId":"536365","customerNo":"17850","status":"placed","placedAt":"2010-12-01T08:26:00Z","currency":"GBP",
    "lines":[{"sku":"85123A","name":"WHITE \\"HEART\\" \\u0041","quantity":6,"unitPrice":"2.55"},
    {"sku":"71053","name":"\\ud83d\\ude00 灯","quantity":"6","unitPrice":3.125}],"total":"34.05",
    "unknown":{"a":[1,-2.5e3,true,false,null,{"b":[]}]}}
    """

@Suite struct JSONReaderTests {
    @Test func anOrderIsRead() throws {
        let order = try read(OrderPlaced.self, Array(good.utf8)).get().order
        #expect(order.id == "536365" && order.customerNo == "17850" && order.total.units == 340_500)
        #expect(order.lines.map(\.name) == ["WHITE \"HEART\" A", "😀 灯"])
        #expect(order.lines.map(\.unitPrice.description) == ["2.55", "3.125"])
        #expect(order.partyID == ExternalID.party(customerNo: "17850"))
    }

    @Test(arguments: [
        (#""orderId":"536365""#, #""orderId":7"#, "orderId"), (#""orderId":"536365","#, "", "orderId"),
        (#""orderId":"536365""#, #""orderId":"""#, "orderId"), (#""total":"34.05""#, #""total":"34,05""#, "total"),
        (#""total":"34.05""#, #""total":"500000000001""#, "total"), (#""total":"34.05""#, #""total":1e2"#, "total"),
        (#""currency":"GBP""#, #""currency":"gbp""#, "currency"),
        (#""unitPrice":3.125"#, #""unitPrice":null"#, "lines[1].unitPrice"),
        (#""quantity":6"#, #""quantity":[6]"#, "lines[0].quantity"),
        (#""sku":"71053""#, #""sku":71053"#, "lines[1].sku"),
        (#""sku":"71053""#, #""sku":"7\n1053""#, "lines[1].sku"),
        (#""orderId":"536365""#, #""orderId":"5\u0000""#, "orderId"),
        (#""status":"placed""#, "\"status\":\"\(String(repeating: "x", count: 1001))\"", "status"),
        (#""quantity":6,"unitPrice":"2.55""#, #""quantity":"500000000000.0001","unitPrice":"0""#, "lines[0]"),
        (#""quantity":"6","unitPrice":3.125"#, #""quantity":"250000000000","unitPrice":"2""#, "lines[1]"),
        (#""unitPrice":"2.55""#, #""unitPrice":"2.55","unitCost":"-90000000000""#, "lines[0]"),
        (#""unitPrice":"2.55""#, #""unitPrice":"2.55","name":"\u0000""#, "lines[0].name"),
        (#""unknown":{"a":"#, #""unknown":{"b":"\u0000","a":"#, "unknown.b"),
        ("2010-12-01T08:26:00Z", "2010-12-32T08:26:00Z", "placedAt"), (#"[1,-2.5e3"#, #"[1,-x"#, "unknown.a[1]"),
        (#""lines":["#, #""lines":[7,"#, "lines[0]"),
    ])
    func errorsNameTheField(_ part: String, _ other: String, _ field: String) {
        let found = problem(good.replacing(part, with: other))
        // A number that ends early is noticed at the comma that is missing behind it.
        #expect(found == field || (other.contains("1e2") && found == ""))
    }

    @Test func nothingMayFollow() {
        #expect(problem(good + " \n") == nil)
        for rest in ["x", "{}", ",", "}", "\u{0}"] { #expect(problem(good + rest) != nil) }
        for other in ["", " ", "[]", "7", "null", "\"x\"", "{", "{}x"] { #expect(problem(other) != nil) }
    }

    @Test func textIsUnescaped() {
        #expect(text(#"{"a":"\n\t\r\b\f\"\\\/"}"#) == "\n\t\r\u{8}\u{c}\"\\/")
        #expect(text(#"{"a":"\u4e0a\u6d77 \uD83D\uDE00 \u0001"}"#) == "上海 😀 \u{1}")
    }

    @Test(arguments: [
        #"{"a":"\ud83d"}"#, #"{"a":"\ude00\ud83d"}"#, #"{"a":"\ud83dx"}"#, #"{"a":"\ud83d\n"}"#,
        #"{"a":"\ud83d\u0041"}"#, #"{"a":"x\u0000"}"#,
        #"{"a":"\u12"}"#, #"{"a":"\u+123"}"#, #"{"a":"\u-000"}"#, #"{"a":"\uGGGG"}"#, #"{"a":"\x"}"#, #"{"a":"\"}"#,
        "{\"a\":\"\n\"}", "{\"a\":\"\u{1}\"}", #"{"a":"x"#, #"{"a" "x"}"#, #"{a:"x"}"#, #"{"a":"x",}"#, #"{,"a":"x"}"#,
    ])
    func badTextIsRefused(_ json: String) {
        #expect(text(json) == nil)
    }

    @Test func badUTF8IsRefused() {
        for bad: [UInt8] in [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe4, 0xb8], [0xf5, 0x80, 0x80, 0x80]] {
            for escape in [[UInt8](), Array(#"\n"#.utf8)] {
                let bytes = Array(#"{"orderId":""#.utf8) + escape + bad + Array(#""}"#.utf8)
                guard case .failure(let error) = read(OrderPlaced.self, bytes) else { Issue.record("taken"); continue }
                #expect(error.field == "orderId")
            }
        }
    }

    @Test func deepNestingIsRefused() {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let deep = String(repeating: open, count: 100_000) + "1" + String(repeating: close, count: 100_000)
            #expect(problem(#"{"x":\#(deep)}"#) != nil)
            let flat = String(repeating: open, count: 60) + "1" + String(repeating: close, count: 60)
            #expect(problem(good.replacing("[1,-2.5e3", with: "[\(flat)")) == nil)
        }
    }

    @Test func aDocumentCutAnywhereIsRefused() {
        let bytes = Array(good.utf8)
        for end in 0..<bytes.count {
            if case .success = read(OrderPlaced.self, Array(bytes[..<end])) { Issue.record("taken when cut at \(end)") }
        }
    }

    @Test func mutationsNeverCrash() {
        var generator = SeededGenerator(seed: 20_101_201)
        let bytes = Array(good.utf8)
        let marks = Array(#"{}[]",:\u0-.eE9 "#.utf8) + [0, 0xff, 0xc3, 0xed]
        var taken = 0
        for _ in 0..<20_000 {
            var copy = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<copy.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: copy[place] = marks.randomElement(using: &generator) ?? 0
                case 1: copy.remove(at: place)
                case 2: copy.insert(marks.randomElement(using: &generator) ?? 0, at: place)
                default: copy[place] = UInt8.random(in: 0...255, using: &generator)
                }
            }
            if case .success = read(OrderPlaced.self, copy) { taken += 1 }
            _ = read(ShipmentDelayed.self, copy)
        }
        #expect(taken < 20_000)
    }
}
