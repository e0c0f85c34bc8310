import EventLoop

/// One value of a request or an answer.
enum Value: Sendable, Hashable {
    case null
    case int(Int)
    case text(String)
    case bytes(ArraySlice<UInt8>)
    case file(FilePart)
    case list([Value])
    case message(Message)

    static func text(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
    static func list(_ messages: [Message]) -> Value { .list(messages.map { .message($0) }) }
    static func ints(_ numbers: some Sequence<Int>) -> Value { .list(numbers.map { .int($0) }) }
    static func code(_ code: ErrorCode) -> Value { .int(code.rawValue) }
    static func flag(_ flag: Bool) -> Value { .int(flag ? 1 : 0) }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral
{
    init(integerLiteral value: Int) { self = .int(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: Value...) { self = .list(elements) }
}

/// Named values in wire order: a request as read, or an answer as a handler writes it.
///
/// An answer names its fields in every version at once; the codec writes those that the request's version has and
/// gives the ones left out their default.
struct Message: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private(set) var names: [String]
    private(set) var values: [Value]

    init(names: [String], values: [Value]) {
        self.names = names
        self.values = values
    }

    init(dictionaryLiteral elements: (String, Value)...) {
        names = elements.map(\.0)
        values = elements.map(\.1)
    }

    /// The value called `name`, looked for first at `hint`, where it stands if both sides keep the wire's order.
    func value(_ name: String, hint: Int = 0) -> Value? {
        if hint < names.count, names[hint] == name { return values[hint] }
        return names.firstIndex(of: name).map { values[$0] }
    }

    subscript(name: String) -> Value? {
        get { value(name) }
        set {
            guard let newValue else { return }
            if let index = names.firstIndex(of: name) {
                values[index] = newValue
            } else {
                names.append(name)
                values.append(newValue)
            }
        }
    }

    func int(_ name: String) -> Int {
        guard case .int(let number)? = value(name) else { return 0 }
        return number
    }

    func flag(_ name: String) -> Bool { int(name) != 0 }

    func text(_ name: String) -> String { optionalText(name) ?? "" }

    func optionalText(_ name: String) -> String? {
        guard case .text(let text)? = value(name) else { return nil }
        return text
    }

    func bytes(_ name: String) -> ArraySlice<UInt8>? {
        guard case .bytes(let bytes)? = value(name) else { return nil }
        return bytes
    }

    /// The messages of an array; nil for a null array.
    func optionalList(_ name: String) -> [Message]? {
        guard case .list(let values)? = value(name) else { return nil }
        return values.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    func list(_ name: String) -> [Message] { optionalList(name) ?? [] }

    /// The same topics and partitions, where `name` names topics, with an answer for each partition.
    func forEachPartition(_ name: String, _ answer: (String, Message) -> Message) -> Value {
        .list(
            list("Topics").map { topic -> Message in
                let answers = topic.list("Partitions").map { answer(topic.text(name), $0) }
                return Message(names: [name, "Partitions"], values: [.text(topic.text(name)), .list(answers)])
            })
    }

    func ints(_ name: String) -> [Int] {
        guard case .list(let values)? = value(name) else { return [] }
        return values.compactMap { if case .int(let number) = $0 { number } else { nil } }
    }

    /// The strings of an array; nil for a null array.
    func optionalTexts(_ name: String) -> [String]? {
        guard case .list(let values)? = value(name) else { return nil }
        return values.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
}
