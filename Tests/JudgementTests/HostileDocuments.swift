import CRMModel
import EventLoop
import FoundationEssentials
import ServiceTestKit
import TestKit

/// What an ERP, a carrier, channels and whoever asks for messages write, as nobody should: documents of every outside contract of which a
/// member, the envelope or the bytes are wrong, among others that are right.
///
/// What is right comes under few numbers, again and again, so that sums and states are at work; what is wrong comes under a number of its
/// own, so that what is applied of it does not depend on what was read before.
@Loop
final class HostileDocuments {
    /// All of them.
    let log = WrittenLog()
    private var chance: SeededGenerator
    private var number = 0

    init(seed: UInt64, count: Int) {
        chance = SeededGenerator(seed: seed)
        // One customer buys at the bound until no sum of his can grow.
        for _ in 0..<count / 5 { write(Draft(of: .largeOrder, rich(), isRight: true)) }
        while log.count < count { write(next()) }
    }

    private func rich() -> String { "R\(number)" }

    private func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &chance)] }

    private func chances(_ percent: Int) -> Bool { Int.random(in: 1...100, using: &chance) <= percent }

    // MARK: Documents

    private func next() -> Draft {
        let kind = pick(DocumentKind.drawn)
        if chances(35) { return Draft(of: kind, String(Int.random(in: 1...60, using: &chance)), isRight: true) }
        var draft = Draft(of: kind, "H\(number)", isRight: false)
        for _ in 0..<pick([1, 1, 1, 2, 3]) { spoil(&draft) }
        return draft
    }

    private func spoil(_ draft: inout Draft) {
        switch Int.random(in: 1...100, using: &chance) {
        case 1...70: spoilMember(&draft.members)
        case 71...76: spoilLine(&draft)
        case 77...88: spoilEnvelope(&draft)
        case 89...92: draft.isStructured = true
        default: draft.isTorn = true
        }
    }

    private func spoilMember(_ members: inout [Draft.Member]) {
        guard !members.isEmpty else { return }
        let place = Int.random(in: 0..<members.count, using: &chance)
        switch Int.random(in: 1...10, using: &chance) {
        case 1: members.remove(at: place)
        case 2: members.append(members[place])
        case 3: members.append(Draft.Member(name: pick(["unknown", "a\\u0000b", "orderID", ""]), json: anything()))
        // Numbers stay apart: which of two documents of one number counts is told by their order, and these have none.
        case _ where place == 0: members[place].json = chances(80) ? "\"H\(number)\(text().dropFirst())" : quoted("")
        default: members[place].json = chances(80) ? odd(like: members[place]) : anything()
        }
    }

    private func spoilLine(_ draft: inout Draft) {
        guard let place = draft.members.firstIndex(where: { $0.name == "lines" || $0.name == "data" }) else {
            return spoilMember(&draft.members)
        }
        guard draft.members[place].name == "lines" else {
            draft.members[place].json = "{\"name\":\(text()),\(text()):\(text())}"
            return
        }
        var line = Draft.line
        spoilMember(&line)
        let count = pick([1, 1, 2, 3, 50, 10_001])
        let text = count > 50 ? #"{"quantity":1,"unitPrice":1}"# : Draft.object(line)
        draft.members[place].json = "[\(Array(repeating: text, count: count).joined(separator: ","))]"
    }

    private func spoilEnvelope(_ draft: inout Draft) {
        let bytes: [UInt8] = pick([
            [], [0], Array("a\u{0}b".utf8), [0xFF], [0xED, 0xA0, 0x80], Array(String(repeating: "x", count: 501).utf8),
            Array(String(repeating: "长", count: 1000).utf8),
            // Of its own: which of two events of one id is applied is told by their order, and these have none.
            Array("x\(number)".utf8),
        ])
        switch Int.random(in: 1...10, using: &chance) {
        case 1, 2: draft.key = bytes
        case 3: draft.type += pick([".v2", ".v9", ".v0", ".v1.v1", "s.v1", ".v99999999999999999999"])
        case 4: draft.topic = pick(DocumentKind.drawn).topic
        case 5: draft.isTombstone = true
        case 6: draft.missing = pick(["ce_id", "ce_type", "ce_source", "ce_specversion"])
        case 7: draft.headers.append(("ce_time", Array(pick(Self.times).utf8)))
        default:
            draft.headers.append((pick(["ce_id", "ce_source", "ce_time", "ce_specversion", "traceparent"]), bytes))
        }
    }

    // MARK: Values

    private func odd(like member: Draft.Member) -> String {
        switch member.kind {
        case .text: text()
        case .amount: pick([quoted(pick(Self.amounts)), pick(Self.amounts)])
        case .time: quoted(pick(Self.times))
        case .other: anything()
        }
    }

    private func anything() -> String {
        pick([
            "null", "true", "7", "-0", "1e400", "[]", "{}", "[[[7]]]", #"{"a":"\u0000"}"#, text(),
            String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
        ])
    }

    private func quoted(_ text: String) -> String { "\"\(text)\"" }

    private func text() -> String {
        if chances(30) {
            // Of letters that nothing makes shorter, about where a rule ends.
            let length = pick([199, 200, 201, 499, 501, 999, 1000, 1001, 2691, 2705, 9000, 20_000])
            let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-")
            return quoted(String((0..<length).map { _ in pick(letters) }))
        }
        return quoted(
            pick([
                "", " ", #"\u0000"#, #"a\u0000b"#, #"\\u0000"#, #"\ud800"#, #"\udc00\ud800"#, #"\u0001"#, #"a\nb"#,
                #"\u007f"#,
                #"\ufeffx"#, #"\uffff"#, "a" + String(repeating: "\u{301}", count: 400), "é", "e\u{301}", "\u{2126}",
                "😀👩‍👩‍👧‍👦", "\u{202E}x", String(repeating: "长", count: 334), "'; DROP TABLE party; --", "%_\\\\", "a:b:c",
                "campaign:x:y", "İ", String(repeating: "İ", count: 500), "1", "none@", "a@b.example",
                "+44 20 7946 0958",
                "transactional", "urgent", "zh-CN", "..", "EUR", "eur", "XXX", "EURO", "€", "ZZZ",
            ]))
    }

    private static let amounts = [
        "0", "-0", "1", "0.0001", "0.00001", "1.5", "-1.5", "500000000000", "-500000000000", "500000000000.0001",
        "922337203685477.5807", "-922337203685477.5808", "9223372036854775807", "99999999999999999999", "1e5", "NaN",
        "Infinity", "", " 1", "1,5", "٣", "0x10", "+1", "707107", "-707107.9999",
    ]

    private static let times = [
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:60Z",
        "10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-30T23:59:60Z", "2026-11-30", "2026-11-30T24:00:00Z",
        "1969-12-31T23:59:59.999Z", "2026-11-30T10:00:00", "2026-11-30T10:00:00+23:59", "", "now", "infinity",
    ]

    // MARK: Writing

    private func write(_ draft: Draft) {
        number += 1
        let id =
            chances(3) && draft.isRight
            ? "again-\(draft.type)-\(String(decoding: draft.key ?? [], as: UTF8.self))" : "e\(number)"
        let time = RFC3339.string(Date(timeIntervalSince1970: 1_767_225_600 + Double(number)))
        var headers = [
            ("ce_specversion", "1.0"), ("ce_id", id), ("ce_source", "/\(draft.topic)"), ("ce_type", draft.type),
            ("ce_time", time),
        ].map { ($0.0, Array($0.1.utf8)) }
        var value = Array(Draft.object(draft.members).utf8)
        if draft.isStructured {
            let (type, source) = (quoted(draft.type), quoted("/\(draft.topic)"))
            value =
                Array(
                    "{\"specversion\":\"1.0\",\"id\":\(quoted(id)),\"source\":\(source),\"type\":\(type),\"time\":\(quoted(time)),\"data\":"
                        .utf8)
                + value + [UInt8(ascii: "}")]
            headers = [("content-type", Array("application/cloudevents+json".utf8))]
        }
        if draft.isTorn, !value.isEmpty { tear(&value) }
        if let missing = draft.missing { headers.removeAll { $0.0 == missing } }
        for (name, bytes) in draft.headers { headers = headers.filter { $0.0 != name } + [(name, bytes)] }
        log.write(draft.isTombstone ? nil : value, headers, on: draft.topic, key: draft.key)
    }

    private func tear(_ value: inout [UInt8]) {
        let place = Int.random(in: 0..<value.count, using: &chance)
        switch Int.random(in: 0...3, using: &chance) {
        case 0: value.removeSubrange(place...)
        case 1: value[place] = UInt8.random(in: 0...255, using: &chance)
        case 2:
            value.insert(contentsOf: pick([[0], [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80]] as [[UInt8]]), at: place)
        default: value += Array("{}".utf8)
        }
    }
}
