import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// What a topic says of the things that a service holds, and what differs.
public struct HoldingBook: Sendable {
    /// What is known of a thing.
    private struct Line {
        /// What may be held: one text, or several of one time; nil where nothing is to be held.
        var texts: Set<String?>
        var order: Order
        /// The event that says it, as long as it is sealed.
        var sealed: Event?
    }

    /// How words on one thing follow each other.
    private struct Order: Comparable {
        let epoch: Int
        let time: Double
        let place: Int

        static func < (a: Order, b: Order) -> Bool { (a.epoch, a.time, a.place) < (b.epoch, b.time, b.place) }
    }

    /// The first differences, for people.
    public private(set) var named: [String] = []
    /// All differences.
    public private(set) var different = 0
    /// Things that were equal.
    public private(set) var equal = 0
    /// What it is of.
    public var name: String { holding.name }
    private static let most = 20
    private let holding: Holding
    private let slice: BookSlice
    private var lines: [String: Line] = [:]
    /// Keys of messages whose things may be held or not: of persons who were erased, of parties that are gone.
    private var loose: Set<String> = []
    private var told: Set<ExactText> = []
    private var taken = 0

    /// An empty book.
    public init(_ holding: Holding, _ slice: BookSlice = .whole) {
        self.holding = holding
        self.slice = slice
    }

    /// The text that is known of a thing so far.
    public func text(_ key: String) -> String? { lines[key]?.texts.first.flatMap { $0 } }

    // MARK: What is told

    /// Takes the next message of the topic. What nobody can read is a dead letter, and what an ended life wrote counts nowhere.
    @Loop
    mutating func take(_ record: KafkaRecord, _ lives: SourceLives) {
        taken += 1
        if record.isTombstone {
            for key in record.key.map(holding.ends) ?? [] { lines[key] = nil }
            return
        }
        guard let event = try? Event(record), lives.whyVoid(event) == nil else { return }
        if [PartyErased.type, PartyRemoved.type, KeyEnded.type].contains(event.type) { loose.insert(event.key) }
        guard let says = holding.says[event.type] else { return }
        if Topic.isOutside(record.origin.topic), !told.insert(ExactText("\(event.source)\n\(event.id)")).inserted {
            return
        }
        if event.sealed != nil {
            let order = Order(epoch: event.epoch, time: 0, place: event.sequence ?? taken)
            keep(event.key, Line(texts: [], order: order, sealed: event))
        } else if let words = try? says(event, self) {
            for word in words { keep(word.key, line(word, of: event)) }
        }
    }

    private func line(_ word: ToldLine, of event: Event) -> Line {
        let order =
            switch word.rank {
            case .last: Order(epoch: event.epoch, time: 0, place: event.sequence ?? taken)
            case .time(let time, let isRefusal):
                Order(epoch: 0, time: time.timeIntervalSince1970, place: isRefusal ? 1 : 0)
            }
        return Line(texts: [word.text], order: order)
    }

    private mutating func keep(_ key: String, _ line: Line) {
        guard slice.contains(BookName(source: "", kind: holding.name, id: key)) else { return }
        guard let known = lines[key], line.order <= known.order else { return lines[key] = line }
        if line.order == known.order { lines[key]?.texts.formUnion(line.texts) }
    }

    /// Opens what is sealed, by the keys that the service knows; of what nobody can read any more anything may be held.
    @Loop
    mutating func open(_ store: any Transacting) async throws {
        let sealed = lines.compactMap { key, line in line.sealed.map { (key, $0) } }
        for start in stride(from: 0, to: sealed.count, by: 500) {
            let part = sealed[start..<min(start + 500, sealed.count)]
            let known = try await store.transaction { transaction in
                try await SubjectKeys.known(Set(part.map(\.1.keyName)), in: transaction)
            }
            for (key, event) in part {
                var event = event
                guard event.open(known), let says = holding.says[event.type],
                    let word = try? says(event, self).first(where: { $0.key == key })
                else {
                    loose.insert(key)
                    continue
                }
                lines[key]?.texts = [word.text]
                lines[key]?.sealed = nil
            }
            await Task.yield()
        }
    }

    /// What a life of the source that has ended told last, and the one of now has not told again, may be held still or not.
    @Loop
    mutating func loosen(_ lives: SourceLives) {
        guard !Topic.isOutside(holding.topic.name) else { return }
        let all = lives.all(of: "/\(holding.topic.owner)")
        guard all.count > 1, let now = all.last?.epoch else { return }
        for (key, line) in lines where line.order.epoch != 0 && line.order.epoch < now { loose.insert(key) }
    }

    // MARK: What is held

    /// Takes the next thing that the service holds.
    mutating func hold(_ key: String, _ text: String) {
        guard slice.contains(BookName(source: "", kind: holding.name, id: key)), !isLoose(key) else { return }
        let line = lines.removeValue(forKey: key)
        guard let line, line.texts != [nil] else {
            if holding.isWhole { differ("\(Self.shown(key)) is held and was not told: \(text)") }
            return
        }
        if line.texts.contains(text) {
            equal += 1
        } else {
            let said = line.texts.compactMap { $0 }.sorted().joined(separator: " or ")
            differ("\(Self.shown(key)) is \(text); the topic says \(said)")
        }
    }

    /// What was told and not held is missing.
    mutating func finish() {
        for (key, line) in lines.sorted(by: { $0.key < $1.key }) where !line.texts.contains(nil) && !isLoose(key) {
            let said = line.texts.compactMap { $0 }.sorted().joined(separator: " or ")
            differ("\(Self.shown(key)) is missing: \(said)")
        }
        lines = [:]
    }

    private func isLoose(_ key: String) -> Bool {
        !loose.isEmpty && loose.contains(String(key.unicodeScalars.prefix { $0 != "\u{1F}" }))
    }

    private mutating func differ(_ text: String) {
        different += 1
        if named.count < Self.most { named.append("\(holding.name): \(text)") }
    }

    private static func shown(_ key: String) -> String { key.replacing(Holding.mark, with: " ") }
}

extension Holding {
    /// Holds what a service has against what a topic tells, several things of one topic at once.
    @Loop
    public static func compare(
        _ holdings: [Holding], on topic: Topic, _ kafka: KafkaSettings, _ pool: PostgresPool, _ lives: SourceLives,
        sliceLimit: Int = 1_000_000, _ told: (_ read: Int, _ of: Int) async throws -> Void = { _, _ in }
    ) async throws -> [HoldingBook] {
        let reader = TopicReader(kafka, topic)
        let ends = try await reader.ends()
        let mended = try await DeadLetters.mended(of: topic, in: pool)
        let messages = ends.values.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) }
        let slices = messages / sliceLimit + 1
        var sums: [HoldingBook] = []
        var read = 0
        for number in 0..<slices {
            var books = holdings.map { HoldingBook($0, BookSlice(number, of: slices)) }
            try await reader.read(to: ends, limit: 500) { record in
                read += 1
                let counting = mended[record.origin]?[record.offset] ?? record
                for place in books.indices { books[place].take(counting, lives) }
            } round: {
                try await told(read, messages * slices)
            }
            for place in books.indices {
                books[place].loosen(lives)
                try await books[place].open(pool)
                var after = ""
                while true {
                    let rows = try await pool.rows(holdings[place].page, after, 2000)
                    for (key, text) in rows { books[place].hold(key, text) }
                    guard let last = rows.last else { break }
                    after = last.0
                }
                books[place].finish()
            }
            sums = sums.isEmpty ? books : zip(sums, books).map { $0.adding($1) }
        }
        return sums
    }
}

extension HoldingBook {
    /// What two slices have found together.
    fileprivate func adding(_ other: HoldingBook) -> HoldingBook {
        var sum = self
        sum.equal += other.equal
        sum.different += other.different
        sum.named = Array((named + other.named).prefix(Self.most))
        return sum
    }
}
