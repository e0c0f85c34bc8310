import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// What slows down whoever guesses, and nobody else. Each try is counted under several keys at once; one whose pause is not over refuses it.
///
/// Nobody can be locked out by another: a device that has signed in before is counted by itself alone, and for all others together a person's
/// pause is never longer than half a minute.
struct SignInDelay: Sendable {
    /// What is counted: so many are free, then each pause is twice the last one, up to so many seconds.
    private struct Kind {
        let name: String
        let free: Int
        let most: Int
    }

    private let keys: [(key: String, kind: Kind)]

    /// A password for an account; `device` is one that has signed in as this person before.
    init(password account: String, from address: String, device: String?) {
        let account = Self.short(account.lowercased())
        if let device {
            keys = [("device:\(Self.short(device)):\(account)", Kind(name: "device", free: 10, most: 900))]
        } else {
            keys = [
                ("address:\(address)", Kind(name: "address", free: 100, most: 900)),
                ("pair:\(account):\(address)", Kind(name: "pair", free: 5, most: 900)),
                ("person:\(account)", Kind(name: "person", free: 50, most: 30)),
            ]
        }
    }

    /// A second factor of a person: whoever comes here knows the password.
    init(code person: UUID) { keys = [("code:\(person.text)", Kind(name: "code", free: 5, most: 900))] }

    /// Takes a turn under all keys, or throws a 429 that says how long to wait.
    @Loop
    func begin(_ context: ServiceContext) async throws {
        try await context.transaction { transaction in
            // In the order of their names, as everybody does.
            for (key, kind) in keys {
                guard try await transaction.rows(SignInStore.attempt, key, kind.free, kind.most).isEmpty else {
                    continue
                }
                let seconds = try await transaction.rows(SignInStore.wait, key).first ?? 1
                throw Problem(
                    status: 429, detail: "Too many tries: the next one counts in \(seconds) s.",
                    headers: ["retry-after": "\(seconds)"])
            }
        }
    }

    /// It was the right one: what was counted for this person is forgotten, what was counted for the address is not.
    @Loop
    func end(in transaction: Transaction) {
        transaction.enqueue(SignInStore.succeed, keys.map(\.key).filter { !$0.hasPrefix("address:") })
    }

    /// Of a length that a key can have, and not the address itself.
    private static func short(_ text: String) -> String {
        Hex.encode(Array(SHA256.digest(Array(text.utf8)).prefix(16)))
    }
}

/// So many at a time, and a few that wait: hashing takes memory and a core each.
@Loop
final class Gate {
    private var free: Int
    private let most: Int
    private var waiting: [Completion<Void>] = []

    init(_ count: Int, waiting most: Int) {
        free = count
        self.most = most
    }

    /// Runs work once there is room; a 503 where too many wait.
    func pass<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        if free > 0 {
            free -= 1
        } else {
            guard waiting.count < most else {
                throw Problem(
                    status: .unavailable, detail: "Too many are signing in; try again.", headers: ["retry-after": "2"])
            }
            let turn = Completion<Void>()
            waiting.append(turn)
            try await turn.wait()
        }
        defer {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().succeed(()) }
        }
        return try await Loop.offload(work)
    }
}
