import CRMModel
import EventLoop
import FoundationEssentials
import HTTP

extension Request {
    /// The whole body, read once however often it is asked for.
    @Loop
    public func wholeBody() async throws -> [UInt8] {
        if let read = self[ReadBody.self] { return read.bytes }
        let bytes = try await body()
        self[ReadBody.self] = ReadBody(bytes: bytes)
        return bytes
    }

    /// The whole body, which must be JSON by the letter, and no more of it than the route takes.
    @Loop
    public func jsonBody() async throws -> [UInt8] {
        if let media = headers["content-type"], !Self.isJSON(media) {
            throw Problem(status: 415, detail: "The body must be application/json.")
        }
        let bytes = try await wholeBody()
        guard self[ScannedBody.self] == nil else { return bytes }
        let most = (route?.takes ?? .usual).members
        do {
            try await apart(bytes.count) { try JSONScan.check(bytes, atMost: most) }
        } catch let error as JSONError {
            throw Problem([FieldError(error)])
        }
        self[ScannedBody.self] = ScannedBody()
        return bytes
    }

    /// The body of a command, in the suite's JSON dialect; what is wrong is a 400 that names the field, and a member that the type does
    /// not read is wrong too.
    @Loop
    public func model<T: Decodable & SendableMetatype>(_ type: T.Type) async throws -> T {
        let bytes = try await jsonBody()
        let shape = BodyShape.of(type)
        return try await apart(bytes.count) {
            let (unknown, unread) = BodyShape.unknownMembers(of: bytes, as: shape)
            if !unknown.isEmpty { throw Problem(unknown) }
            do {
                let said = try ModelJSON.decoder.decode(type, from: Data(bytes))
                if let unread { throw Problem([FieldError(unread)]) }
                return said
            } catch let error as DecodingError {
                throw Problem([FieldError(ModelJSON.problem(error))])
            }
        }
    }

    /// Does what reads a body: on the loop, or where that would hold it for long, beside it.
    @Loop
    private func apart<T>(_ size: Int, _ work: @escaping @Sendable () throws -> T) async throws -> T {
        guard size > 8 << 10 else { return try measured(work) }
        let begin = Loop.now
        defer { meter?.spent(Loop.now - begin) }
        return try await Loop.offload { Moved(value: try work()) }.value
    }

    /// What a caller says of a record.
    @Loop
    public func patch<R>(_ record: Record<R>) async throws -> Patch<R> { try record.patch(await jsonBody()) }

    /// The members of the body, where it was read and is JSON: what the caller has said something about.
    @Loop
    var saidMembers: [String]? {
        guard self[ScannedBody.self] != nil, let bytes = self[ReadBody.self]?.bytes else { return nil }
        let names = SaidMembers.names(in: bytes)
        return names.isEmpty ? nil : names
    }

    private static func isJSON(_ media: String) -> Bool {
        let essence = media.prefix { $0 != ";" }.trimmingPrefix(" ").lowercased()
        let name = String(essence.reversed().drop { $0 == " " }.reversed())
        return name == "application/json" || name.hasSuffix("+json")
    }
}

private struct ReadBody: Sendable {
    let bytes: [UInt8]
}

private struct ScannedBody: Sendable {}

/// A value on its way from the thread that made it to the loop; nobody else has it.
private struct Moved<T>: @unchecked Sendable {
    let value: T
}

/// What types read, found once each.
private enum BodyShape {
    @Loop private static var known: [ObjectIdentifier: DataShape] = [:]

    @Loop
    static func of(_ type: any Decodable.Type) -> DataShape {
        if let shape = known[ObjectIdentifier(type)] { return shape }
        let shape = DataShape.of(type)
        known[ObjectIdentifier(type)] = shape
        return shape
    }

    /// The members of a document that its type does not read, and why they were not all looked for, if so: what is no JSON is left to
    /// the decoder.
    static func unknownMembers(
        of json: [UInt8], as shape: DataShape
    ) -> (members: [FieldError], unread: JSONError?) {
        var errors: [FieldError] = []
        return json.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try look(&reader, shape, "", &errors)
                return (errors, nil)
            } catch {
                return (errors, error)
            }
        }
    }

    private static func look(
        _ reader: inout JSONReader, _ shape: DataShape, _ path: String, _ errors: inout [FieldError]
    ) throws(JSONError) {
        switch shape {
        case .object(let members) where reader.isObject():
            var seen: Set<String> = []
            try reader.object { name, reader throws(JSONError) in
                let place = path.isEmpty ? name : "\(path).\(name)"
                guard errors.count < FieldError.most else { return try reader.skip() }
                guard let member = members.first(where: { $0.name == name }) else {
                    errors.append(.unknown(name, at: place, "is not known here", known: members.map(\.name)))
                    return try reader.skip()
                }
                if !seen.insert(name).inserted { errors.append(FieldError(field: place, message: "must come once")) }
                try look(&reader, member.shape, place, &errors)
            }
        case .map(let inner) where reader.isObject():
            try reader.object { name, reader throws(JSONError) in
                try look(&reader, inner, path.isEmpty ? name : "\(path).\(name)", &errors)
            }
        case .list(let inner) where reader.isArray():
            var index = 0
            try reader.array { reader throws(JSONError) in
                try look(&reader, inner, "\(path)[\(index)]", &errors)
                index += 1
            }
        default: try reader.skip()
        }
    }
}

extension FieldError {
    /// What the reader of JSON says.
    init(_ error: JSONError) { self.init(field: error.field, message: error.message) }
}

extension Schema {
    /// The shape of what a type reads: for bodies that are commands, so that they are described as they are read. Members whose shape says
    /// more than their type, such as one of some words, are given by name; `told` says in words what a name does not.
    public static func reading(
        _ type: any Decodable.Type, _ finer: [String: Schema] = [:], told: [String: String] = [:]
    ) -> Schema {
        guard case .object(let members) = DataShape.of(type) else { return Schema(DataShape.of(type)) }
        return .object(
            members.map {
                .init($0.name, finer[$0.name] ?? Schema($0.shape), required: $0.isNeeded, told[$0.name] ?? "")
            })
    }

    private init(_ shape: DataShape) {
        switch shape {
        case .text(let format): self = format.map { .format($0) } ?? .string
        case .integer: self = .integer()
        case .number: self = .number
        case .boolean: self = .boolean
        case .list(let inner): self = .array(Schema(inner))
        case .map(let inner): self = .map(Schema(inner))
        case .object(let members):
            self = .object(members.map { .init($0.name, Schema($0.shape), required: $0.isNeeded) })
        case .any: self = .any
        }
    }
}
