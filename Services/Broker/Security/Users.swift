import CLinux
import Crypto
import EventLoop

/// Who may sign in: a file with a line for each user and mechanism, `name:SCRAM-SHA-256$...`; read at every sign-in, so that a
/// change counts at once. Calls wait for the disk.
public struct Users: Sendable {
    /// The file.
    public let path: String

    /// The users of a file, which need not be there yet.
    public init(path: String) { self.path = path }

    /// The keys of a user; nil when there is none of that name.
    func keys(of name: String, _ hash: ScramKeys.Hash) throws -> ScramKeys? {
        try entries().first { $0.name == Array(name.utf8) && $0.keys.hash == hash }?.keys
    }

    /// The keys of a user, or ones that no password has: of these the salt is the same each time, and the iterations are those of
    /// somebody who is there. So the exchange does not tell who is.
    func keys(of name: String, _ hash: ScramKeys.Hash, secret: [UInt8]) throws -> ScramKeys {
        let all = try entries().filter { $0.keys.hash == hash }
        let drawn = HMAC.sha256(key: secret, message: Array("iterations of \(name)".utf8)).prefix(6)
        let number = drawn.reduce(0) { $0 << 8 | Int($1) }
        let iterations = all.isEmpty ? ScramKeys.standardIterations : all[number % all.count].keys.iterations
        let nobody = ScramKeys(of: name, hash, secret: secret, iterations: iterations)
        return all.first { $0.name == Array(name.utf8) }?.keys ?? nobody
    }

    /// Who is there.
    public func names() throws -> [String] {
        var names: [String] = []
        for entry in try entries() where !names.contains(where: { Array($0.utf8) == entry.name }) {
            names.append(String(decoding: entry.name, as: UTF8.self))
        }
        return names
    }

    /// Whether a user signs in with a password, by every mechanism. Takes milliseconds.
    public func has(_ name: String, password: [UInt8]) throws -> Bool {
        let own = try entries().filter { $0.name == Array(name.utf8) }
        return Set(own.map(\.keys.hash)).count == ScramKeys.Hash.allCases.count
            && own.allSatisfy { $0.keys.accepts(password: password) }
    }

    /// Adds a user, or gives one another password; of one that was drawn fewer iterations are enough.
    public func set(_ name: String, password: [UInt8], iterations: Int = ScramKeys.standardIterations) throws {
        let isPlain = name.unicodeScalars.allSatisfy { $0 != ":" && $0.value >= 0x20 && $0.value != 0x7f }
        guard !name.isEmpty, name.unicodeScalars.first != "#", isPlain else {
            throw BrokerError(
                "a user's name has neither a colon nor a tab or line break, and does not begin with #")
        }
        guard !password.isEmpty else { throw BrokerError("the password is empty") }
        let lines = ScramKeys.Hash.allCases.map { hash in
            Array("\(name):\(ScramKeys(hash, password: password, iterations: iterations).text)".utf8)
        }
        try write(try others(than: name) + lines)
    }

    /// Sets the users of a file of `name:password` lines, such as a secret that was handed over; who has the password already stays as
    /// he is.
    func take(passwords path: String) throws {
        guard let bytes = try Disk.contents(of: path) else { throw BrokerError("\(path) is missing") }
        for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw BrokerError("\(path) has lines of the form name:password")
            }
            let name = String(decoding: line[..<colon], as: UTF8.self), password = Array(line[(colon + 1)...])
            guard try !has(name, password: password) else { continue }
            try set(name, password: password, iterations: ScramKeys.leastIterations)
        }
    }

    /// Removes a user; says whether there was one.
    @discardableResult
    public func remove(_ name: String) throws -> Bool {
        let (all, rest) = (try lines(), try others(than: name))
        if rest.count < all.count { try write(rest) }
        return rest.count < all.count
    }

    private func others(than name: String) throws -> [[UInt8]] {
        try lines().filter { !$0.starts(with: Array("\(name):".utf8)) }
    }

    private func entries() throws -> [(name: [UInt8], keys: ScramKeys)] {
        try lines().compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                let keys = ScramKeys(String(decoding: line[(colon + 1)...], as: UTF8.self))
            else { return nil }
            return (Array(line[..<colon]), keys)
        }
    }

    /// By bytes: a name may begin with a mark that joins what stands before it.
    private func lines() throws -> [[UInt8]] {
        (try Disk.contents(of: path) ?? []).split { $0 == 10 || $0 == 13 }.map { Array($0) }
    }

    private func write(_ lines: [[UInt8]]) throws {
        // For its owner's eyes only.
        let before = umask(0o077)
        defer { umask(before) }
        try Disk.replace(path, with: lines.flatMap { $0 + [10] })
    }
}

extension Users {
    /// `add-user` and `remove-user`: changes the file that `BROKER_USERS` names; the password comes from standard input.
    static func command(_ words: [String], file: String?) throws -> String {
        guard words.count == 2, ["add-user", "remove-user"].contains(words[0]) else {
            throw BrokerError(
                "usage: rapport-broker                    run as the environment says\n"
                    + "       rapport-broker add-user NAME      reads a password from standard input\n"
                    + "       rapport-broker remove-user NAME")
        }
        guard let file else { throw BrokerError("set BROKER_USERS to the file of users") }
        let (users, name) = (Users(path: file), words[1])
        if words[0] == "remove-user" {
            guard try users.remove(name) else { throw BrokerError("\(file) has no user \(name)") }
            return "removed \(name) from \(file)"
        }
        try users.set(name, password: Array(readPassword(of: name).utf8))
        return "\(name) may sign in by \(file)"
    }

    private static func readPassword(of name: String) -> String {
        guard isatty(0) == 1 else { return readLine() ?? "" }
        clinux_show_typing(0, 0)
        defer { clinux_show_typing(0, 1) }
        print("password of \(name): ", terminator: "")
        fflush(nil)
        defer { print() }
        return readLine() ?? ""
    }
}
