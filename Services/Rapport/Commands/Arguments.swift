import EventLoop
import FoundationEssentials

/// The words after a command, taken one by one.
package struct Arguments {
    private var words: [String]

    /// Takes the words.
    package init(_ words: some Sequence<String>) { self.words = Array(words) }

    /// Whether a flag is there.
    package mutating func flag(_ name: String) -> Bool {
        guard let index = words.firstIndex(of: name) else { return false }
        words.remove(at: index)
        return true
    }

    /// The value after a name, or joined to it by an equals sign; nil when it is not there.
    package mutating func value(_ name: String) throws -> String? {
        // By code points: a value may begin with a mark that joins the sign before it.
        let joined = "\(name)=".unicodeScalars
        if let index = words.firstIndex(where: { $0.unicodeScalars.starts(with: joined) }) {
            return String(words.remove(at: index).unicodeScalars.dropFirst(joined.count))
        }
        guard let index = words.firstIndex(of: name) else { return nil }
        guard index + 1 < words.count else { throw UsageError("\(name) needs a value") }
        let value = words[index + 1]
        words.removeSubrange(index...(index + 1))
        return value
    }

    /// All values of a name that may be given many times.
    package mutating func values(_ name: String) throws -> [String] {
        var values: [String] = []
        while let value = try value(name) { values.append(value) }
        return values
    }

    /// `key=value`, as often as given.
    package mutating func pairs(_ name: String) throws -> [(String, String)] {
        try values(name).map { text in
            let scalars = text.unicodeScalars
            guard let equals = scalars.firstIndex(of: "="), equals > scalars.startIndex else {
                throw UsageError("\(name) needs KEY=VALUE, not \(text)")
            }
            return (String(scalars[..<equals]), String(scalars[scalars.index(after: equals)...]))
        }
    }

    /// The words up to the next option.
    package mutating func plainWords() -> [String] {
        let plain = words.prefix { !$0.hasPrefix("-") }
        words.removeFirst(plain.count)
        return Array(plain)
    }

    /// A whole number above zero.
    package mutating func number(_ name: String) throws -> Int? {
        guard let text = try value(name) else { return nil }
        guard let number = Int(text), number > 0 else { throw UsageError("\(name) needs a whole number above 0") }
        return number
    }

    /// The next word.
    package mutating func word(_ what: String) throws -> String {
        guard let first = words.first, !first.hasPrefix("-") else { throw UsageError("expected \(what)") }
        return words.removeFirst()
    }

    /// The next word where it is one of these.
    package mutating func next(of known: [String]) -> String? {
        guard let first = words.first, known.contains(first) else { return nil }
        return words.removeFirst()
    }

    /// Who gives a command, for what is kept of it.
    package static var person: String { ProcessInfo.processInfo.environment["USER"] ?? "user \(getuid())" }

    /// All that is left, for another program.
    package mutating func rest() -> [String] {
        defer { words = [] }
        return words
    }

    /// Nothing may be left.
    package func end() throws {
        if let first = words.first { throw UsageError("\(first) is not understood here") }
    }
}

/// A command line that means nothing.
package struct UsageError: Error, CustomStringConvertible {
    /// For people: what is wrong with it.
    package let description: String

    /// Says what is wrong.
    package init(_ description: String) { self.description = description }
}
