import CRMModel
import FoundationEssentials
import Kafka

@testable import Contacts
@testable import Messaging
@testable import ServiceKit

extension Reader {
    /// Bodies of requests.
    static let bodies = Reader(
        "json",
        corpus: [
            #"{"name":"Ann","tags":["a","b"],"custom":{"k":1.5e3,"d":"2011-12-31"},"emails":[{"address":"a@b.c","label":null}]}"#,
            #"{"a":{"b":[[],{},[{"c":"\u00e9\ud83d\ude00\n"}]]},"n":-0.0e-1,"t":true,"f":false}"#,
        ],
        words: ["{", "}", "[", "]", ",", ":", "\"a\":", "\\u0000", "\\ud800", "1e999", "null", "{\"a\":[", "\"\""]
    ) { input in
        try JSONScan.check(input, atMost: 1000)
        // What the scan takes, the readers can read: but for escapes that stand for no character.
        let isRead = input.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes, takesNUL: true)
            return (try? reader.skip()) != nil
        }
        try hold(isRead || input.contains(UInt8(ascii: "\\")), "what is JSON can be read")
        _ = try ModelJSON.decoder.decode(PartyInput.self, from: Data(input)).checked()
    }

    /// Records of topics, by each contract.
    static let events = Reader(
        "cloudevents",
        corpus: [
            order,
            #"{"specversion":"1.0","id":"1","source":"/erp","type":"erp.order.placed.v1","time":"2010-12-01T08:26:00Z","data":"#
                + order + "}",
            #"{"specversion":"1.0","id":"1","source":"/erp","type":"erp.customer.upserted.v1","data":{"customerNo":"1","name":"Ann","emails":[]}}"#,
        ],
        words: [
            "\"data\":", "\"data_base64\":\"", "\"sequence\":\"", "1.0", "{", "}", "[", "]", ",", "\\u0000", "null",
            "e999",
        ]
    ) { input in
        for headers in [
            [("content-type", "application/cloudevents+json")],
            [("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "/erp"), ("ce_type", "erp.order.placed.v1")],
            // A part of the input as headers.
            input.prefix(64).split(separator: 0x0A).map {
                (
                    "ce_\(String(decoding: $0.prefix(8), as: UTF8.self))",
                    String(decoding: $0.dropFirst(8), as: UTF8.self)
                )
            },
        ] {
            for topic in ["erp.orders", "crm.sales"] {
                let record = KafkaRecord(
                    origin: TopicPartition(topic: topic, partition: 0), offset: 1, key: Array(input.prefix(20)),
                    value: input, headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) })
                guard let event = try? Event(record) else { continue }
                try? EventContract.named(event.type)?.check(event.withData { Array($0) })
            }
        }
        for contract in EventContract.all { try? contract.check(input) }
    }

    private static let order =
        #"{"orderId":"1","customerNo":"2","status":"placed","placedAt":"2010-12-01T08:26:00Z","currency":"GBP","lines":[{"sku":"a","name":"b","quantity":"1","unitPrice":"2.50"}],"total":"2.50"}"#
}
