import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Postgres
import Testing

@testable import Messaging

/// What topics say of things, held against what a service has; the whole suite's test has real topics.
@Suite struct HoldingTests {
    private static let page = Query(
        "test.page", takes: String.self, Int.self, gives: String.self, String.self, sql: "SELECT '', '' LIMIT 0")

    /// Merged parties, as services hold them.
    private static let redirects = Holding(
        "redirects", on: .contacts, page: page,
        [
            .init(PartyMerged.self) { told, _, _ in [ToldLine(told.partyId.text, told.survivorId.text)] },
            .init(PartyUnmerged.self) { told, _, _ in [ToldLine(told.partyId.text, nil)] },
        ])

    /// Shipments by the latest time that was told.
    private static let shipments = Holding(
        "shipments", on: .shipments, page: page,
        [
            .init(ShipmentDelayed.self) { told, _, _ in
                [ToldLine(told.shipment.shipmentId, "delayed", .time(told.shipment.at))]
            },
            .init(ShipmentDelivered.self) { told, _, _ in
                [ToldLine(told.shipment.shipmentId, "delivered", .time(told.shipment.at))]
            },
        ])

    private func told<T: EventData & Encodable>(
        _ data: T, on topic: Topic, key: String, id: String, sequence: Int? = nil
    ) throws -> KafkaRecord {
        var headers = [
            ("ce_specversion", "1.0"), ("ce_id", id), ("ce_source", "/\(topic.owner)"), ("ce_type", T.versionedType),
        ]
        if let sequence { headers.append(("ce_sequence", "\(sequence)")) }
        return KafkaRecord(
            origin: TopicPartition(topic: topic.name, partition: 0), offset: 0, key: Array(key.utf8),
            value: Array(try ModelJSON.text(data).utf8),
            headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) })
    }

    @Test @Loop func theLastWordOnEachCountsAndWhatDiffersIsNamed() throws {
        let parties = (0..<5).map { _ in UUID() }
        var book = HoldingBook(Self.redirects)
        let lives = SourceLives()
        func merge(_ party: Int, _ survivor: Int, _ sequence: Int) throws {
            let data = PartyMerged(partyId: parties[party], survivorId: parties[survivor])
            book.take(
                try told(data, on: .contacts, key: parties[party].text, id: "\(party)-\(sequence)", sequence: sequence),
                lives)
        }
        try merge(0, 1, 2)
        try merge(0, 4, 5)
        // A publisher that was frozen writes an older word behind.
        try merge(0, 1, 3)
        try merge(1, 4, 2)
        let undone = PartyUnmerged(partyId: parties[1])
        book.take(try told(undone, on: .contacts, key: parties[1].text, id: "u", sequence: 3), lives)
        try merge(2, 4, 2)
        try merge(3, 4, 2)
        let erased = PartyErased(partyId: parties[3], erasureId: nil)
        book.take(try told(erased, on: .contacts, key: parties[3].text, id: "e", sequence: 3), lives)
        book.hold(parties[0].text, parties[4].text)
        book.hold(parties[1].text, parties[4].text)
        book.hold(parties[3].text, parties[0].text)
        book.finish()
        #expect(book.equal == 1 && book.different == 2, "\(book.named)")
        #expect(book.named.contains { $0.contains("\(parties[1].text) is held and was not told") })
        #expect(book.named.contains { $0.contains("\(parties[2].text) is missing: \(parties[4].text)") })
    }

    @Test @Loop func timesDecideAndOfOneTimeAnyMayCount() throws {
        var book = HoldingBook(Self.shipments)
        let lives = SourceLives()
        func shipment(_ id: String, _ at: String) throws -> Shipment {
            let json = #"{"shipmentId":"\#(id)","orderId":"1","at":"\#(at)"}"#
            return try ModelJSON.decoder.decode(Shipment.self, from: Data(json.utf8))
        }
        var number = 0
        func tell(_ id: String, _ at: String, delivered: Bool, event: String? = nil) throws {
            number += 1
            let json = Data(try ModelJSON.text(try shipment(id, at)).utf8)
            let event = event ?? "\(number)"
            book.take(
                delivered
                    ? try told(
                        ModelJSON.decoder.decode(ShipmentDelivered.self, from: json), on: .shipments, key: "k",
                        id: event)
                    : try told(
                        ModelJSON.decoder.decode(ShipmentDelayed.self, from: json), on: .shipments, key: "k", id: event),
                lives)
        }
        try tell("A", "2026-01-02T00:00:00Z", delivered: true)
        try tell("A", "2026-01-01T00:00:00Z", delivered: false)
        try tell("B", "2026-01-01T00:00:00Z", delivered: true)
        try tell("B", "2026-01-01T00:00:00Z", delivered: false)
        // Told again under its id it is no news, whatever it says.
        try tell("C", "2026-01-01T00:00:00Z", delivered: true, event: "same")
        try tell("C", "2026-01-09T00:00:00Z", delivered: false, event: "same")
        // What nobody can read is a dead letter.
        book.take(
            KafkaRecord(
                origin: TopicPartition(topic: Topic.shipments.name, partition: 0), offset: 9, key: nil, value: [0x7B],
                headers: []), lives)
        book.hold("A", "delivered")
        book.hold("B", "delayed")
        book.hold("C", "delivered")
        book.finish()
        #expect(book.equal == 3 && book.different == 0, "\(book.named)")
    }
}
