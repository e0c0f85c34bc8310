import Testing

@testable import Broker

/// One captured exchange.
struct CapturedFrame {
    let api: String
    let version: Int
    let request: [UInt8]
    let response: [UInt8]
    let hasNote: Bool
    /// What was tried, for a request made by hand.
    let title: String
    let isOfOldBroker: Bool

    init?(_ line: Substring) {
        func field(_ name: String) -> Substring? {
            guard let start = line.firstRange(of: "\"\(name)\": \"")?.upperBound else { return nil }
            return line[start...].prefix { $0 != "\"" }
        }
        guard let api = field("api"), let start = line.firstRange(of: "\"version\": ")?.upperBound,
            let version = Int(line[start...].prefix { $0.isNumber })
        else { return nil }
        self.api = String(api)
        self.version = version
        request = bytes(hex: field("request") ?? "")
        response = bytes(hex: field("response") ?? "")
        title = String(field("case") ?? "")
        isOfOldBroker = field("broker")?.hasSuffix("3.9.2") ?? false
        hasNote = line.contains("\"note\"") || line.contains("\"case\"")
    }

    /// The frames of a file in the optional data folder beside the package.
    static func all(_ name: String) throws -> [CapturedFrame] {
        let frames = found(name)
        if frames.isEmpty { try Test.cancel("there is no ../shared/data/\(name)") }
        return frames
    }

    /// The same; none where the file is not there.
    static func found(_ name: String) -> [CapturedFrame] {
        guard let bytes = try? Disk.contents(of: "../shared/data/\(name)") else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { CapturedFrame($0) }
    }
}

@Test(arguments: ["kafka-frames.jsonl", "kafka-frames-apache.jsonl"])
func capturedRequestsDecodeWithoutRest(file: String) throws {
    for frame in try CapturedFrame.all(file) where !frame.hasNote && !frame.request.isEmpty {
        guard let api = API.all.first(where: { $0.name == frame.api }), api.accepted.contains(frame.version) else {
            continue
        }
        var reader = WireReader(frame.request, from: 4)
        let header = try RequestHeader(&reader)
        #expect(header.key == api.key && header.version == frame.version)
        let body = try api.readRequest(&reader, version: frame.version)
        #expect(reader.remaining == 0, "\(frame.api) v\(frame.version)")
        var writer = WireWriter()
        api.request.write(body, to: &writer, version: frame.version, isFlexible: api.isFlexible(frame.version))
        #expect(frame.request.suffix(writer.bytes.count) == writer.bytes[...], "\(frame.api) v\(frame.version)")
    }
}

@Test(arguments: ["kafka-frames.jsonl", "kafka-frames-apache.jsonl"])
func capturedAnswersEncodeTheSame(file: String) throws {
    for frame in try CapturedFrame.all(file) where frame.response.count > 8 {
        guard let api = API.all.first(where: { $0.name == frame.api }), api.accepted.contains(frame.version) else {
            continue
        }
        var reader = WireReader(frame.response, from: 4)
        let correlation = try reader.integer(Int32.self)
        if api.isFlexible(frame.version), api.key != 18 { try reader.skipTaggedFields() }
        let body = try api.response.read(&reader, version: frame.version, isFlexible: api.isFlexible(frame.version))
        #expect(reader.remaining == 0, "\(frame.api) v\(frame.version)")
        let again = api.frame(body, version: frame.version, correlationID: correlation).bytes
        #expect(again == frame.response, "\(frame.api) v\(frame.version)")
    }
}

@Test func everyAnswerOfDefaultsCanBeReadBack() throws {
    for api in API.all {
        for version in api.accepted {
            let frame = api.frame([:], version: version, correlationID: 7).bytes
            var reader = WireReader(frame, from: 8)
            if api.isFlexible(version), api.key != 18 { try reader.skipTaggedFields() }
            _ = try api.response.read(&reader, version: version, isFlexible: api.isFlexible(version))
            #expect(reader.remaining == 0)
        }
    }
}

@Test func requestsCutShortAreRefused() throws {
    let api = try #require(API.byKey[1])
    var writer = WireWriter()
    let body = TestClient.fetchBody("topic", from: 5, wait: 10)
    api.request.write(body, to: &writer, version: 12, isFlexible: true)
    for count in 0..<writer.bytes.count {
        var reader = WireReader(Array(writer.bytes.prefix(count)))
        #expect(throws: MalformedRequest.self) {
            _ = try api.request.read(&reader, version: 12, isFlexible: true)
        }
    }
}

@Test func arbitraryBytesNeverStopTheProcess() {
    var generator = SystemRandomNumberGenerator()
    for api in API.all {
        for version in api.accepted {
            for _ in 0..<50 {
                let noise = (0..<Int.random(in: 0...80)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                var reader = WireReader(noise)
                _ = try? api.readRequest(&reader, version: version)
            }
        }
    }
}
