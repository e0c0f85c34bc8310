import CLinux
import EventLoop

/// Who may sign in: a file with a line for each, `name:SCRAM-SHA-256$...`; read at every sign-in, so that a change counts at
/// once. Calls wait for the disk.
struct Users: Sendable {
    let path: String

    /// The keys of a user; nil when there is none of that name.
    func keys(of name: String) throws -> ScramKeys? {
        guard let line = try lines().first(where: { $0.hasPrefix(name + ":") }) else { return nil }
        return ScramKeys(line.dropFirst(name.count + 1))
    }

    /// Adds a user, or gives one another password.
    func set(_ name: String, password: [UInt8]) throws {
        guard !name.isEmpty, !name.hasPrefix("#"), !name.contains(where: { $0 == ":" || $0.isNewline }) else {
            throw BrokerError("a user's name has neither a colon nor a line break, and does not begin with #")
        }
        guard !password.isEmpty else { throw BrokerError("the password is empty") }
        try write(try others(than: name) + ["\(name):\(ScramKeys(password: password).text)"])
    }

    /// Removes a user; says whether there was one.
    func remove(_ name: String) throws -> Bool {
        let (all, rest) = (try lines(), try others(than: name))
        if rest.count < all.count { try write(rest) }
        return rest.count < all.count
    }

    private func others(than name: String) throws -> [String] { try lines().filter { !$0.hasPrefix(name + ":") } }

    private func lines() throws -> [String] {
        String(decoding: try Disk.contents(of: path) ?? [], as: UTF8.self).split(whereSeparator: \.isNewline).map {
            String($0)
        }
    }

    private func write(_ lines: [String]) throws {
        // For its owner's eyes only.
        let before = umask(0o077)
        defer { umask(before) }
        try Disk.replace(path, with: Array(lines.map { $0 + "\n" }.joined().utf8))
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
