import EventLoop
import HTTP

/// What an operation takes as its body: described and read by one value, so that the two cannot differ. It is read before a connection is
/// taken, for the caller may be slow or wrong.
public struct Input<Said: Sendable>: Sendable {
    /// Its description.
    public let body: Route.Body
    /// How much of it is taken.
    public let takes: Route.BodyAllowance
    /// Reads and checks it; what is wrong is a 400 that names the fields.
    public let read: @Loop @Sendable (Request) async throws -> Said

    /// Describes a body and says how it is read.
    public init(
        _ body: Route.Body, takes: Route.BodyAllowance = .usual,
        _ read: @escaping @Loop @Sendable (Request) async throws -> Said
    ) {
        self.body = body
        self.takes = takes
        self.read = read
    }

    /// The same of larger bodies.
    public func taking(_ allowance: Route.BodyAllowance) -> Input { Input(body, takes: allowance, read) }

    /// A new record.
    public static func new<R>(_ record: Record<R>) -> Input where Said == Patch<R> {
        Input(.json(record.new)) { try record.new(await $0.jsonBody()) }
    }

    /// What of a record is changed.
    public static func change<R>(_ record: Record<R>) -> Input where Said == Patch<R> {
        Input(.json(record.change)) { try record.patch(await $0.jsonBody()) }
    }

    /// A command: a type whose members are the body's, then checked. `finer` describes members whose shape says more than their type,
    /// `told` says of members in words what their names do not.
    public static func command<T: Decodable & SendableMetatype>(
        _ type: T.Type, _ finer: [String: Schema] = [:], told: [String: String] = [:],
        checked: @escaping @Loop @Sendable (T) throws -> Said
    ) -> Input {
        Input(.json(.reading(type, finer, told: told))) { try checked(await $0.model(type)) }
    }

    /// A command that needs no further check.
    public static func command(_ type: Said.Type, _ finer: [String: Schema] = [:]) -> Input
    where Said: Decodable & SendableMetatype {
        command(type, finer) { $0 }
    }
}

extension Input<Void> {
    /// No body.
    public static let nothing = Input(.none) { _ in }
}
