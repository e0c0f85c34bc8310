import CRMModel
import EventLoop
import FoundationEssentials

/// What the outside world knows: everything it has said and every answer it was given.
@Loop
final class Ledger {
    enum Answer {
        case done
        case refused
        case unknown
    }

    /// Everything written to the ERP's topic, repetitions too.
    var told: [SimulatedLog.Message] = []
    var commands: [String: Answer] = [:]
    var timers: [String: Date] = [:]
    var uncertainTimers: [String: Date] = [:]
    /// Ids of messages that cannot be applied.
    private(set) var poison: Set<String> = []
    private(set) var sagas: Set<String> = []
    private var commandCount = 0

    func nextCommand() -> String {
        commandCount += 1
        return "command\(commandCount)"
    }

    /// The ERP's next event.
    func outside(_ number: Int, poison hasPoison: Bool, _ chance: Chance) -> SimulatedLog.Message {
        let key = chance.one(of: ["a", "b", "c", "d"]) ?? "a"
        if hasPoison, chance.happens(120) {
            switch chance.number(0...2) {
            case 0: return poisoned(.outside("plain", "poison\(number)", key: key), "poison\(number)")
            case 1: return poisoned(.outside("refused", "refused\(number)", key: key), "refused\(number)")
            default: return poisoned(.outside("garbled", "garbled\(number)", key: key, value: "?"), "garbled\(number)")
            }
        }
        switch chance.number(0...9) {
        case 0...2: return .outside("react", "e\(number)", key: key)
        case 3:
            sagas.insert("s\(number)")
            return .outside("ask", "s\(number)", key: key)
        case 4:
            guard let saga = sagas.sorted().last else { return .outside("plain", "e\(number)", key: key) }
            // The answer may come under another key, and so in any order with its question.
            return .outside("answer", saga, key: key, id: "answer\(number)")
        default: return .outside("plain", "e\(number)", key: key)
        }
    }

    private func poisoned(_ message: SimulatedLog.Message, _ id: String) -> SimulatedLog.Message {
        poison.insert(id)
        return message
    }
}

extension SimulatedLog.Message {
    /// An event as the ERP writes it.
    static func outside(
        _ kind: String, _ thing: String, key: String, id: String? = nil, value: String? = nil
    ) -> SimulatedLog.Message {
        let headers = [
            ("ce_specversion", "1.0"), ("ce_id", id ?? thing), ("ce_source", "/erp"),
            ("ce_type", OutsideEvent.versionedType),
        ]
        return SimulatedLog.Message(
            key: key, value: Array((value ?? "\(kind) \(thing)").utf8),
            headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) })
    }
}
