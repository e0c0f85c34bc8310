import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres

/// A kind of flat record: its fields said once, and from them how it is read, checked, described, stored, shown and loaded.
///
/// Not for what has child rows (a quote and its lines), not for the ERP's documents, and not in batches of messages: SQL that does
/// more than one record by its id is written by hand, with these column lists and arrays where they help.
public struct Record<Root: Sendable>: Sendable {
    /// `opportunity`: for people, and before the names of its statements.
    public let name: String
    /// Its fields, in the order of parameters and columns.
    public let fields: [Field<Root>]
    let table: String
    let join: String
    let id: any WritableKeyPath<Root, UUID> & Sendable
    let more: [ShownMember]
    let blank: @Sendable (UUID) -> Root
    private let places: [String: Int]

    /// Describes a record.
    ///
    /// - Parameters:
    ///   - join: more SQL for FROM; in it and in `shown`, `o` is the record's row.
    ///   - blank: a new one, with the standard values of its fields.
    ///   - shown: members that are shown and that nobody gives.
    public init(
        _ name: String, table: String? = nil, join: String = "", id: any WritableKeyPath<Root, UUID> & Sendable,
        blank: @escaping @Sendable (UUID) -> Root, _ fields: [Field<Root>], shown: [ShownMember] = []
    ) {
        self.name = name
        self.table = table ?? name
        self.join = join.isEmpty ? "" : " " + join
        self.id = id
        self.blank = blank
        self.fields = fields
        more = shown
        places = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) })
    }

    // MARK: What callers say

    /// What callers say of a new one.
    public var new: Schema { given { $0.isRequired } }
    /// What callers say of a change: all may be left out.
    public var change: Schema { given { _ in false } }

    private func given(_ isRequired: (Field<Root>) -> Bool) -> Schema {
        .object(
            fields.filter(\.isGiven).map { .init($0.name, $0.schema, required: isRequired($0), null: !$0.isNeeded) })
    }

    /// What somebody says who says nothing.
    public var nothing: Patch<Root> { Patch(said: blank(.none), places: [], record: self) }

    /// Reads and checks what a caller said; one answer names all that is wrong.
    public func patch(_ json: [UInt8]) throws -> Patch<Root> {
        var said = blank(.none)
        var found: [Int] = []
        var errors: [FieldError] = []
        do {
            try json.withUnsafeBytes { bytes in
                try JSONReader.object(bytes) { name, reader throws(JSONError) in
                    guard errors.count < FieldError.most else { return try reader.skip() }
                    guard let place = places[name], fields[place].isGiven, !found.contains(place) else {
                        errors.append(refusal(of: name))
                        return try reader.skip()
                    }
                    found.append(place)
                    do {
                        try fields[place].member.take(&reader, name, into: &said)
                    } catch let problem as Problem {
                        errors += problem.errors
                    } catch {
                        throw error as? JSONError ?? reader.expected("another value")
                    }
                }
            }
        } catch let error as JSONError {
            errors.append(FieldError(error))
        }
        if !errors.isEmpty { throw Problem(errors) }
        return Patch(said: said, places: found, record: self)
    }

    /// The same of a new one, in which the required fields are.
    public func new(_ json: [UInt8]) throws -> Patch<Root> {
        let patch = try patch(json)
        let missing = fields.indices.filter { fields[$0].isRequired && !patch.places.contains($0) }
        if !missing.isEmpty {
            throw Problem(missing.map { FieldError(field: fields[$0].name, message: "is required") })
        }
        return patch
    }

    private func refusal(of name: String) -> FieldError {
        if let place = places[name], fields[place].isGiven { return FieldError(field: name, message: "must come once") }
        return .unknown(name, "is not a field of \(self.name)", known: fields.filter(\.isGiven).map(\.name))
    }

    // MARK: Values

    /// Whether two are the same in all fields: a change that changes nothing tells nobody.
    public func isSame(_ a: Root, _ b: Root) -> Bool { fields.allSatisfy { $0.member.isSame(a, b) } }

    /// The names of the fields in which two differ.
    public func differences(_ a: Root, _ b: Root) -> [String] {
        fields.filter { !$0.member.isSame(a, b) }.map(\.name)
    }

    /// The parameters of `insert` and `update`: the id, then the fields.
    public func values(_ root: Root) -> [any SQLEncodable] {
        [root[keyPath: id]] + fields.map { $0.member.value(root) }
    }

    /// The same of many, an array each, for SQL over sets.
    public func columns(_ roots: [Root]) -> [any SQLEncodable] {
        [roots.map { $0[keyPath: id] }] + fields.map { $0.member.values(roots) }
    }

    /// A row of `lock`, and its version.
    public func load(_ row: Row, _ id: UUID) throws -> (record: Root, version: Int) {
        var root = blank(id)
        for (place, field) in fields.enumerated() { try field.member.load(row, place + 1, into: &root) }
        return (root, try row.value(0))
    }

    /// One and its version, its row locked by the statement `lock`; a 404 where there is none.
    @Loop
    public func locked(_ id: UUID, _ lock: Statement, in transaction: Transaction) async throws -> (Root, Int) {
        guard let row = try await transaction.query(lock, id).first else { throw Problem.missing(name, id) }
        return try load(row, id)
    }

    /// Changes one of which the caller has seen the latest version: its row is locked, a 412 comes before what `allowed` refuses, and what
    /// changes nothing is not saved. Answers the statement that shows it.
    @Loop
    public func change(
        _ id: UUID, _ seen: Seen, _ said: Patch<Root>, of resource: Resource, lock: Statement,
        in transaction: Transaction, allowed: (Root) throws -> Void = { _ in },
        save: (_ new: Root, _ old: Root, _ version: Int) throws -> Completion<Rows>
    ) async throws -> Completion<Rows> {
        let (old, version) = try await locked(id, lock, in: transaction)
        try await seen.check(resource, id, at: version, in: transaction)
        try allowed(old)
        let new = said.applied(to: old)
        if isSame(new, old) { return transaction.enqueue(resource.get.statement, id) }
        return try save(new, old, version)
    }
}

/// A member that is shown and that nobody gives: its name, its SQL and its shape.
public struct ShownMember: Sendable {
    let name: String
    let sql: String
    let schema: Schema

    /// Describes a member.
    public init(_ name: String, _ sql: String, _ schema: Schema) {
        self.name = name
        self.sql = sql
        self.schema = schema
    }
}

/// What a caller said of a record, checked: what is absent stays, null takes away (RFC 7396).
public struct Patch<Root: Sendable>: Sendable {
    /// The values said; where nothing was said, what a record begins with.
    public let said: Root
    /// Which fields were said, by their place.
    let places: [Int]
    let record: Record<Root>

    /// A record with what was said.
    public func applied(to root: Root) -> Root {
        var root = root
        for place in places { record.fields[place].member.copy(said, to: &root) }
        return root
    }
}

extension UUID {
    /// The id of nothing.
    fileprivate static let none = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
}
