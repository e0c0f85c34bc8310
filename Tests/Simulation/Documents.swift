import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres

/// A state of an ERP's document, as a message of the outside tells it: `doc:number:time:cancelled:id`.
struct DocumentWord {
    let document: String
    let number: String
    let told: Date?
    let isCancelled: Bool
    let id: String

    init?(_ text: String) {
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 5 else { return nil }
        (document, number, id) = (parts[0], parts[1], parts[4])
        told = Int(parts[2]).map { Date(timeIntervalSince1970: Double($0)) }
        isCancelled = parts[3] == "c"
    }

    /// The party of a number.
    static func party(_ number: String) -> UUID { ExternalID.party(customerNo: number) }

    func state(at offset: Int64) -> DocumentStates<String>.State {
        DocumentStates<String>.State(
            party: Self.party(number), offset: offset, told: told, isCancelled: isCancelled, content: id)
    }
}

extension LivesWorld {
    static let numbers = ["n1", "n2", "n3"]

    /// The ERP tells a state of a document, under the number that it has now; clocks go back, and some tell no time.
    func tellDocument() {
        guard hasPersons, chance.happens(500) else { return }
        let number = chance.one(of: Self.numbers) ?? "n1"
        let time = chance.happens(150) ? "-" : "\(chance.number(1...6))"
        let word = "d\(chance.number(1...2)):\(number):\(time):\(chance.happens(250) ? "c" : "o"):\(nextID())"
        log.append(
            .outside("state", word, key: number),
            to: TopicPartition(topic: SimulatedLog.outside, partition: SimulatedLog.partition(of: number)))
    }

    /// TD1: what counts of each document is a function of what was told, whatever lives and batches read it.
    func wrongDocument() -> String? {
        guard hasPersons else { return nil }
        var told: [String: [String: (word: DocumentWord, latest: Date?)]] = [:]
        for (partition, end) in ends(of: [SimulatedLog.outside]) {
            for record in log.records(partition, 0..<end) {
                let parts = String(decoding: record.value ?? [], as: UTF8.self).split(separator: " ")
                guard parts.count == 2, parts[0] == "state", let word = DocumentWord(String(parts[1])) else { continue }
                // The last of its number, with the latest time ever told under it.
                let before = told[word.document]?[word.number]?.latest
                let latest = [before, word.told].compactMap(\.self).max()
                told[word.document, default: [:]][word.number] = (word, latest)
            }
        }
        for (document, states) in told.sorted(by: { $0.key < $1.key }) {
            let counting = states.values.max { a, b in
                let (early, late) = (a.latest ?? .distantPast, b.latest ?? .distantPast)
                if early != late { return early < late }
                if a.word.isCancelled != b.word.isCancelled { return a.word.isCancelled }
                return DocumentWord.party(a.word.number) < DocumentWord.party(b.word.number)
            }
            let found = rightful.documents.value(Names(first: document, second: ""))?.counting.content
            if found != counting?.word.id {
                return
                    "TD1: of \(document) counts \(found ?? "nothing"), and \(counting?.word.id ?? "nothing") was told"
            }
        }
        return nil
    }
}

extension SimulatedStore {
    /// Takes states of documents in, each under the lock of its document.
    func takeStates(_ words: [String], _ offsets: [Int], _ transaction: ServerTransaction) async throws {
        let told = zip(words, offsets).compactMap { text, offset in DocumentWord(text).map { ($0, Int64(offset)) } }
        for (word, offset) in told.enumerated().sorted(by: {
            ($0.element.0.document, $0.offset) < ($1.element.0.document, $1.offset)
        }).map(\.element) {
            let key = Names(first: word.document, second: "")
            try await lock(documents, key, transaction)
            let state = word.state(at: offset)
            guard var known = documents.value(key, transaction.id), !PlantedBug.lastArrival.isPlanted else {
                documents.set(key, DocumentStates(state), transaction.id)
                continue
            }
            let mine = ([known.counting] + known.elsewhere).first { $0.party == state.party }
            let isOlder = mine?.toldAt.map { before in word.told.map { $0 < before } ?? true } ?? false
            if isOlder, PlantedBug.timeWithinNumber.isPlanted { continue }
            known.take(state, isLate: false)
            documents.set(key, known, transaction.id)
        }
    }
}
