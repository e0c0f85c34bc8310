import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// What of a batch is put aside, and what is noted of it.
extension BatchApplication {
    /// Notes the aggregates that were told of, heard or not.
    func noteKeys(_ transaction: Transaction) {
        let told = items.filter {
            $0.record.origin.topic != Topic.subjectKeys.name && $0.record.header("ce_sequence") != nil
        }
        transaction.enqueue(LifeStore.noteKeys, Set(told.compactMap(\.record.key)).sorted())
    }

    /// Puts a message aside that has a fault; of what is void a sample.
    mutating func putAside(_ item: BatchItem, _ transaction: Transaction) {
        guard let fault = item.fault else { return }
        if item.isVoid {
            guard voidSamples > 0 else { return }
            voidSamples -= 1
            counts.dead += 1
            counts.deadByClass[fault.errorClass, default: 0] += 1
        }
        bury(item, fault.errorClass, fault.text, transaction)
    }

    func bury(_ item: BatchItem, _ errorClass: String, _ text: String, _ transaction: Transaction) {
        let record = item.record
        // NUL is legal in headers and in JSON, and not in PostgreSQL's text; the bytes as they came stand beside it.
        // By scalars: one with a mark behind it is another Character, and NUL all the same.
        let clean = { (text: String) in String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\0" })) }
        let pairs = record.headers.map { [clean($0.name), clean(String(decoding: $0.value, as: UTF8.self))] }
        let headers = (try? JSONEncoder().encode(pairs)) ?? Data("[]".utf8)
        transaction.enqueue(
            ConsumerStore.deadLetter, group, record.origin.topic, Int(record.origin.partition), Int(record.offset),
            record.keyBytes.map { SQLBytes($0) }, SQLJSON(Array(headers)),
            record.value.map { SQLBytes($0) }, item.type.map(clean), errorClass, clean(text),
            SQLBytes(RawHeaders.encode(record.headers)))
    }
}
