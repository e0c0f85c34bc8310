/// One request type: its number, the versions told to clients and served, and the layouts of both directions.
struct API: Sendable {
    let key: Int
    let name: String
    /// What ApiVersions says. Produce says 0, as older librdkafka stops compressing when the least version is above 0.
    let advertised: ClosedRange<Int>
    /// What is answered; other versions close the connection.
    let accepted: ClosedRange<Int>
    /// The first version with compact lengths and tagged fields.
    let flexibleFrom: Int
    let request: Shape
    let response: Shape

    /// Reads a description: `KEY Name VERSIONS flexible VERSION told VERSIONS`, behind `>` the request and behind `<`
    /// the response as `Shape` has them. Where it does not say, no version is flexible and those served are told.
    private init(_ description: String) {
        let parts = description.split { $0 == ">" || $0 == "<" }
        let words = parts[0].split(whereSeparator: \.isWhitespace)
        func range(_ text: Substring) -> ClosedRange<Int> {
            let ends = text.split(separator: "-").compactMap { Int($0) }
            return ends[0]...ends[1]
        }
        func word(after name: String) -> Substring? { words.firstIndex { $0 == name }.map { words[$0 + 1] } }
        key = Int(words[0]) ?? -1
        name = String(words[1])
        accepted = range(words[2])
        advertised = word(after: "told").map(range) ?? accepted
        flexibleFrom = word(after: "flexible").flatMap { Int($0) } ?? .max
        request = Shape(String(parts[1]))
        response = Shape(String(parts[2]))
    }

    /// Reads descriptions with an empty line between them; they are part of the program, so a mistake in one stops it
    /// at its first test.
    static func read(_ descriptions: String) -> [API] {
        descriptions.split(separator: "\n\n").map { API(String($0)) }
    }

    func isFlexible(_ version: Int) -> Bool { version >= flexibleFrom }

    static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
    static let all: [API] = dataAPIs + groupAPIs + adminAPIs + securityAPIs
}

/// What stands before every request's body.
struct RequestHeader: Equatable {
    let key: Int
    let version: Int
    let correlationID: Int
    let clientID: String

    /// Reads the header as far as it is the same in all versions.
    init(_ reader: inout WireReader) throws {
        key = try reader.integer(Int16.self)
        version = try reader.integer(Int16.self)
        correlationID = try reader.integer(Int32.self)
        let count = try reader.integer(Int16.self)
        clientID = count < 0 ? "" : String(decoding: try reader.take(count), as: UTF8.self)
    }
}

extension API {
    /// Reads the rest of a request after its header; surplus bytes are ignored, as some clients send them.
    func readRequest(_ reader: inout WireReader, version: Int) throws -> Message {
        if isFlexible(version) { try reader.skipTaggedFields() }
        return try request.read(&reader, version: version, isFlexible: isFlexible(version))
    }

    /// The whole frame of an answer.
    func frame(_ answer: Message, version: Int, correlationID: Int) -> Frame {
        var writer = WireWriter()
        writer.integer(0, Int32.self)
        writer.integer(correlationID, Int32.self)
        // ApiVersions keeps the oldest header, as the client cannot know yet what the broker speaks.
        if isFlexible(version), key != 18 { writer.uvarint(0) }
        response.write(answer, to: &writer, version: version, isFlexible: isFlexible(version))
        return writer.frame()
    }
}
