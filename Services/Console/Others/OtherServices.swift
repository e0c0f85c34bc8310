import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import Text

/// The other services, asked over HTTP in the name of the person who looks: with his token, so that he is shown what he may see and no more.
@Loop
final class OtherServices {
    /// Why there is no answer.
    enum Silence: Error {
        /// It has no address here, does not answer, or not in time.
        case unreachable
        /// It answers, and not this: the person may not, or it knows no such list.
        case refused(Status)
    }

    private let addresses: [String: String]
    private let sessions: Sessions
    private let client: HTTPClient

    init(_ context: ServiceContext) throws {
        sessions = try context.shared(Sessions.init)
        client = try HTTPClient(connectionsPerHost: 8)
        addresses =
            try context.settings.optional(
                Setting<[String: String]>(
                    "CONSOLE_SERVICES",
                    help:
                        "where the other services answer: contacts=http://127.0.0.1:8010,sales=http://127.0.0.1:8020 and so on",
                    read: Self.read)) ?? [:]
    }

    /// Those that have an address, in order.
    var names: [String] { addresses.keys.sorted() }

    /// What a service answers to a path, read as a type.
    func get<T: Decodable & Sendable>(
        _ service: String, _ path: String, of session: Session, as type: T.Type
    ) async throws(Silence) -> T {
        guard let address = addresses[service] else { throw .unreachable }
        let answer: ClientResponse
        do {
            let token = try await sessions.token(of: session).token
            answer = try await client.send(
                ClientRequest(
                    .get, address + path, headers: ["authorization": "Bearer \(token)"], timeout: .seconds(4),
                    maximumBytes: 4 << 20))
        } catch {
            throw .unreachable
        }
        guard answer.status == .ok, let value = try? JSONDecoder().decode(type, from: Data(answer.body)) else {
            throw .refused(answer.status)
        }
        return value
    }

    /// `name=address` between commas; nil for what is none.
    private nonisolated static func read(_ text: String) -> [String: String]? {
        var addresses: [String: String] = [:]
        for part in text.unicodeScalars.split(separator: ",") {
            guard let (name, address) = String(part).trimmed.parted(by: "="),
                ["http://", "https://"].contains(where: { address.utf8.starts(with: $0.utf8) })
            else { return nil }
            addresses[name] = address.utf8.last == UInt8(ascii: "/") ? String(address.dropLast()) : address
        }
        return addresses
    }
}
