import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What the ERP's customer master says of consent to marketing by mail. It repeats itself: only a word that is another than its last is a
/// decision, made at the time of its record.
@Loop
enum ConsentHandlers {
    /// The last word of a customer's records in a batch.
    struct Said {
        let granted: Bool
        /// The time of the record.
        let at: Date
        /// The record's place in its partition.
        let offset: Int
        /// Whether the batch itself holds another word before it.
        let isChange: Bool
    }

    static func customersUpserted(_ events: [Received<CustomerUpserted>], _ transaction: Transaction) {
        var said: [UUID: Said] = [:]
        for received in events {
            guard let granted = received.data.marketingConsent else { continue }
            let before = said[received.data.partyID]
            said[received.data.partyID] = Said(
                granted: granted, at: received.event.time ?? ConsentWord.timeUnknown,
                offset: received.event.offset,
                isChange: before.map { $0.isChange || $0.granted != granted } ?? false)
        }
        ConsentCommands.hear(said, transaction)
    }
}
