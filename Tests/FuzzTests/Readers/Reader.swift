/// Something that reads bytes of others: what it is given to begin with, and what must hold whatever comes.
///
/// The tests change its inputs by chance, thousands of times. The program, which `make fuzz` builds with sanitizers, changes them by what
/// parts of the code each has reached, millions of times.
struct Reader: Sendable {
    let name: String
    let corpus: [[UInt8]]
    /// Pieces that mean something to the reader.
    let words: [[UInt8]]
    /// Reads one input. What it throws is a refusal, and `DoesNotHold` a fault.
    let read: @Sendable ([UInt8]) throws -> Void

    init(
        _ name: String, corpus: [String], words: [String], _ read: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.init(name, bytes: corpus.map { Array($0.utf8) }, words: words.map { Array($0.utf8) }, read)
    }

    init(
        _ name: String, bytes corpus: [[UInt8]], words: [[UInt8]],
        _ read: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.name = name
        self.corpus = corpus
        self.words = words + Self.common
        self.read = read
    }

    private static let common: [[UInt8]] = [
        [0], [0xFF], [0xC3, 0x28], [0xE2, 0x80, 0xAE], [0xCC, 0x81], [0xEF, 0xBB, 0xBF], [0x0D, 0x0A], [0x0A], [0x22],
        [0x5C],
        Array("18446744073709551616".utf8), Array("-1".utf8), [UInt8](repeating: 0x41, count: 100),
    ]

    /// All that read bytes of others.
    static let all: [Reader] = [.requests, .bodies, .events, .tables, .cards, .workbooks, .frames]
}

/// What must hold for every input does not for one.
struct DoesNotHold: Error {
    let what: String
}

/// Throws where something does not hold.
func hold(_ isTrue: Bool, _ what: @autoclosure () -> String) throws {
    if !isTrue { throw DoesNotHold(what: what()) }
}
