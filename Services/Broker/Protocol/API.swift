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

    init(
        _ key: Int, _ name: String, _ accepted: ClosedRange<Int>, advertised: ClosedRange<Int>? = nil, flexible: Int,
        request: String, response: String
    ) {
        self.key = key
        self.name = name
        self.accepted = accepted
        self.advertised = advertised ?? accepted
        self.flexibleFrom = flexible
        self.request = Shape(request)
        self.response = Shape(response)
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

    /// The whole frame of an answer, in pieces, so that records are not copied.
    func pieces(_ answer: Message, version: Int, correlationID: Int) -> [ArraySlice<UInt8>] {
        var writer = WireWriter()
        writer.keepsPieces = true
        writer.integer(0, Int32.self)
        writer.integer(correlationID, Int32.self)
        // ApiVersions keeps the oldest header, as the client cannot know yet what the broker speaks.
        if isFlexible(version), key != 18 { writer.uvarint(0) }
        response.write(answer, to: &writer, version: version, isFlexible: isFlexible(version))
        return writer.frame()
    }

    /// The same in one piece.
    func frame(_ answer: Message, version: Int, correlationID: Int) -> [UInt8] {
        Array(pieces(answer, version: version, correlationID: correlationID).joined())
    }
}
