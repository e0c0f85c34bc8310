import CRMModel
import EventLoop
import Postgres

/// Last words of others on keys that their lives do not know any more.
@Loop
enum EndedKeys {
    /// Notes the keys: what rests on them is ended by itself, in a transaction that locks what it needs.
    static func hear(_ told: [Received<KeyEnded>], _ transaction: Transaction) {
        var last: [BatchApplication.Name: Int] = [:]
        for one in told {
            let name = BatchApplication.Name(source: one.event.source, id: one.event.key)
            last[name] = max(last[name] ?? 0, one.event.epoch)
        }
        let list = last.sorted { ($0.key.source, $0.key.id) < ($1.key.source, $1.key.id) }
        transaction.enqueue(LifeStore.noteEnded, list.map(\.key.source), list.map(\.key.id), list.map(\.value))
    }
}
