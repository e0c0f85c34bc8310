import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// Judges a schema, begins lives in it, and tells of them.
@Loop
public struct LifeKeeper {
    /// `ce_source` of the service.
    public let source: String
    /// The topics on which it tells.
    let topics: [Topic]
    /// The topics that it reads.
    let heard: [Topic]
    let store: any Transacting
    let kafka: KafkaSettings
    let lives: SourceLives

    /// Keeps the life of a service's schema.
    public init(
        _ source: String, telling topics: [Topic], hearing heard: [Topic], store: any Transacting,
        kafka: KafkaSettings, lives: SourceLives
    ) {
        self.source = source
        self.topics = topics
        self.heard = heard
        self.store = store
        self.kafka = kafka
        self.lives = lives
    }

    /// The schema's life; nil where it has none yet.
    public func current() async throws -> Life? { try await store.transaction { try await Life.current(in: $0) } }

    /// Which database it is in.
    public func home() async throws -> String {
        try await store.transaction { try await $0.rows(LifeStore.home).first ?? "" }
    }

    /// Judges the schema as it is now; what was told of lives has been read.
    public func verdict() async throws -> LifeVerdict {
        // The topics first: what is told meanwhile must not look like more than the schema knows.
        let told = try await ToldMark.read(of: source, on: topics, kafka, from: try await lookedThrough())
        let (life, place) = try await store.transaction { transaction in
            let life = try await Life.current(in: transaction)
            return (life, try await transaction.rows(LifeStore.place).first ?? 0)
        }
        return LifeVerdict.judge(life, place: place, told: told, lives: lives.all(of: source))
    }

    /// The database's clock; it is read before a schema is judged.
    public func clock() async throws -> Int {
        try await store.transaction { try await $0.rows(LifeStore.clock).first ?? 1 }
    }

    /// Draws the first life, where nobody has yet and none was heard of meanwhile.
    ///
    /// - Parameter clock: as it was before the schema was judged. Whoever has begun a life since, in whatever schema, has a later epoch: a
    ///   process that lagged behind deposes nobody.
    public func drawFirst(judgedAt clock: Int) async throws {
        _ = try await store.transaction { transaction in
            guard lives.all(of: source).isEmpty else { return }
            transaction.enqueue(LifeStore.drawFirst, max(1, clock - 1))
        }
    }

    // MARK: How far topics were looked through

    private func lookedThrough() async throws -> [TopicPartition: Int64] {
        let rows = try await store.transaction { try await $0.rows(LifeStore.toldEnds) }
        return rows.reduce(into: [:]) { ends, row in
            ends[TopicPartition(topic: row.0, partition: Int32(row.1))] = Int64(row.2)
        }
    }

    /// Notes that all that the service has told until now is known to this schema, so that the next start, or that of a backup which is
    /// made later, looks from there on. Only who may speak says so.
    public func noteEnds() async throws {
        let ends = try await ends(of: topics).sorted {
            ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition)
        }
        guard !ends.isEmpty else { return }
        _ = try await store.transaction { transaction in
            transaction.enqueue(
                LifeStore.keepEnds, ends.map(\.key.topic), ends.map { Int($0.key.partition) },
                ends.map { Int($0.value) })
        }
    }

    /// Begins a life behind all that were: its words count from now on, and it acts only on what comes from now on. No other process of
    /// the service may publish.
    ///
    /// - Parameters:
    ///   - actor: who asks for it.
    ///   - reason: why.
    ///   - session: holds the lead meanwhile, so that nobody publishes.
    public func begin(actor: String, reason: String, on session: any DatabaseSession) async throws {
        let lanes = try await session.transaction { try await $0.query(RelayStore.lead, [Int]()) }
        guard lanes.count == 8 else { throw LifeRefused("a process of this service publishes; end it first") }
        let told = try await ToldMark.read(of: source, on: topics, kafka)
        let ends = LogEnds(try await self.ends(of: topics + heard))
        try await store.transaction { transaction in
            let life = try await Life.current(in: transaction)
            let clock = try await transaction.rows(LifeStore.clock).first ?? 1
            let place = try await transaction.rows(LifeStore.place).first ?? 0
            let last = max(told.epoch, lives.all(of: source).last?.epoch ?? 0, life?.epoch ?? 0)
            let basis = Life.basis(of: life, place: place)
            transaction.enqueue(
                LifeStore.draw, max(clock, last + 1), basis.cause.rawValue, try ModelJSON.text(ends.topics),
                basis.before, basis.place, actor, reason)
        }
        if let life = try await current() { try await announce(life) }
    }

    func ends(of topics: [Topic]) async throws -> [TopicPartition: Int64] {
        let counts = try await KafkaAdmin.topics(kafka)
        let partitions = Set(topics).flatMap { topic in
            (0..<Int32(counts[topic.name] ?? 0)).map { TopicPartition(topic: topic.name, partition: $0) }
        }
        return try await KafkaAdmin.bounds(of: partitions, kafka).mapValues(\.upperBound)
    }

    // MARK: Telling

    /// Tells of the life where others do not know of it as it is; when it returns, it is in the log. Whether that was needed.
    ///
    /// - Parameter isLastWord: whether it is told in any case: an older word was written behind it, and the topic keeps the last.
    @discardableResult
    public func announce(_ life: Life, isLastWord: Bool = false) async throws -> Bool {
        let home = try await home()
        var told = lives.all(of: source)
        let known = told.last { $0.epoch == life.epoch && $0.incarnation == life.incarnation }
        let isWhole = life.state == .whole
        let isKnown = known?.home == home && ((known?.whole != nil) == isWhole || !life.hasPredecessor)
        if isKnown {
            guard isLastWord else { return false }
            try await publish(SourceChanged(source: source, lives: told), epoch: life.epoch)
            return true
        }
        told.removeAll { $0.epoch == life.epoch && $0.incarnation == life.incarnation }
        let names = Set(topics.map(\.name))
        let whole = isWhole && life.hasPredecessor ? LogEnds(try await ends(of: topics)).topics : nil
        // Whoever lost everything tells all that it knows; whoever lost a part has told that part, and what it does not know of it.
        let gone: [String]? = whole != nil && life.cause == .restored ? [] : nil
        told.append(
            SourceLife(
                epoch: life.epoch, incarnation: life.incarnation, cause: life.cause.rawValue, begunAt: life.begunAt,
                home: home, ends: life.actFrom.topics.filter { names.contains($0.topic) }, whole: whole, gone: gone))
        let change = SourceChanged(source: source, lives: told)
        try await publish(change, epoch: life.epoch)
        lives.take(change)
        return true
    }

    private func publish(_ change: SourceChanged, epoch: Int) async throws {
        let producer = try KafkaProducer(kafka)
        defer { producer.close() }
        var refusal: KafkaError?
        producer.onDeliveries = { for delivery in $0 { refusal = delivery.error ?? refusal } }
        let headers = [
            ("ce_specversion", "1.0"), ("ce_id", UUID.v7().text), ("ce_source", source),
            ("ce_type", SourceChanged.versionedType), ("ce_time", RFC3339.string(.now)), ("ce_epoch", "\(epoch)"),
            ("content-type", "application/json"),
        ]
        try producer.produce(
            topic: Topic.sources.name, key: source, value: Array(try ModelJSON.text(change).utf8),
            headers: headers.map { ($0.0, Array($0.1.utf8)) }, id: 1)
        guard await producer.flush(within: .seconds(20)) else {
            throw TopicUnread("nobody has taken what was to be told on \(Topic.sources.name)")
        }
        if let refusal { throw refusal }
    }

    /// Notes how far the life has come.
    public func advance(_ life: Life, to state: Life.State) async throws {
        _ = try await store.transaction { $0.enqueue(LifeStore.advance, life.incarnation, state.rawValue) }
    }
}

/// Why no life is begun.
public struct LifeRefused: Error, CustomStringConvertible {
    /// For people.
    public let description: String
    /// Says why.
    public init(_ description: String) { self.description = description }
}
