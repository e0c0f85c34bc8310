import Broker
import CRMModel
import Crypto
import EventLoop
import FoundationEssentials

/// The users of the suite's own Broker: one for each service, one for whoever runs it, and those that were added for others. Who they are
/// stands in two files of the suite's folder, which the Broker reads; the passwords of our own in the suite's secrets.
@Loop
package struct BusUsers {
    private let folder: SuiteFolder
    /// As the Broker, which works in the folder, is told of them.
    private nonisolated static let users = "bus-users", rights = "bus-rights"
    private nonisolated static let operatorFile = "operator.properties"

    /// The users of a suite.
    package init(_ folder: SuiteFolder) { self.folder = folder }

    private var usersPath: String { "\(folder.path)/\(Self.users)" }
    private var rightsPath: String { "\(folder.path)/\(Self.rights)" }
    private static var own: [String] { BusUser.services.map(\.name) + [BusUser.operator] }

    // MARK: Our own

    /// Makes those that are missing, and gives the names of the files in the folder. Under the suite's lock.
    func make(for brokers: String) async throws -> (users: String?, rights: String?) {
        let passwords = try Self.own.map { ($0, Array(try password(of: $0).utf8)) }
        let users = Users(path: usersPath)
        let missing = try await Loop.offload { try passwords.filter { try !users.has($0.0, password: $0.1) } }
        if !missing.isEmpty {
            try await change { users in
                for (name, password) in missing {
                    try users.set(name, password: password, iterations: ScramKeys.leastIterations)
                }
            }
        }
        try write(rightsOfOthers())
        let settings = try properties(of: BusUser.operator).merging(["bootstrap.servers": brokers]) { own, _ in own }
        let lines = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
        let file = "\(folder.path)/\(Self.operatorFile)"
        let text = Array(lines.joined().utf8)
        if FileManager.default.contents(atPath: file).map({ [UInt8]($0) }) != text {
            try folder.writePrivate(text, to: file)
        }
        return (Self.users, Self.rights)
    }

    /// The settings by which a client signs in as one of ours; other programs of the machine do not get through.
    func properties(of user: String) throws -> [String: String] {
        Self.properties(user, try password(of: user))
    }

    private func password(of user: String) throws -> String { try folder.secret("bus.\(user)") }

    /// librdkafka's settings for a user.
    nonisolated static func properties(_ user: String, _ password: String) -> [String: String] {
        [
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": ScramKeys.Hash.sha256.rawValue,
            "sasl.username": user, "sasl.password": password,
        ]
    }

    // MARK: Others

    /// A user who was added, and what it may do.
    struct Outsider {
        let name: String
        var rights: [String]
    }

    /// Those that were added.
    func others() throws -> [Outsider] {
        let lines = try rightsOfOthers()
        return try Users(path: usersPath).names().filter { !Self.own.contains($0) }.sorted().map { name in
            Outsider(
                name: name,
                rights: lines.filter { Self.user(of: $0) == name }.map { line in
                    line.split(separator: "\t").dropFirst().joined(separator: " ")
                })
        }
    }

    /// Adds a user, or gives one another password and other rights; gives the password, which is kept nowhere. Under the suite's lock.
    func add(_ name: String, writes: [String], reads: [String]) async throws -> String {
        let isPlain = name.utf8.allSatisfy {
            $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a || 0x30...0x39 ~= $0 || [0x2d, 0x2e, 0x5f].contains($0)
        }
        guard isPlain, (1...64).contains(name.utf8.count), !Self.own.contains(name) else {
            throw UsageError(
                "a user's name has letters, digits, points, dashes and underscores, and is none of the suite's own")
        }
        let password = Secret.random()
        // First the rights: nobody is let in who may do something else than is meant.
        let added = BusUser.outsider(name, writes: writes, reads: reads).map(\.line)
        try write(rightsOfOthers().filter { Self.user(of: $0) != name } + added)
        try await change {
            try $0.set(name, password: Array(password.utf8), iterations: ScramKeys.leastIterations)
        }
        return password
    }

    /// Takes a user away; the Broker ends its connections within a second. Under the suite's lock.
    func end(_ name: String) async throws {
        guard try others().contains(where: { $0.name == name }) else {
            throw SuiteError("nobody was added under the name \(name); rapport users shows who was")
        }
        try await change { try $0.remove(name) }
        try write(rightsOfOthers().filter { Self.user(of: $0) != name })
    }

    // MARK: Files

    private nonisolated static func user(of line: String) -> String {
        String(line.unicodeScalars.prefix { $0 != "\t" })
    }

    /// What stands in the file of rights for users that are not ours.
    private func rightsOfOthers() throws -> [String] {
        guard let data = FileManager.default.contents(atPath: rightsPath) else { return [] }
        return String(decoding: data, as: UTF8.self).unicodeScalars.split(separator: "\n").map { String($0) }
            .filter { !$0.hasPrefix("#") && !Self.own.contains(Self.user(of: $0)) }
    }

    private func write(_ others: [String]) throws {
        let head = "# Made by rapport up and rapport users: what each user of the Broker may do."
        let text = Array(([head] + BusUser.rights.map(\.line) + others).map { $0 + "\n" }.joined().utf8)
        guard FileManager.default.contents(atPath: rightsPath).map({ [UInt8]($0) }) != text else { return }
        try folder.writePrivate(text, to: rightsPath)
    }

    /// Changes the file of users beside it: whoever signs in meanwhile finds it whole, and as its user's own.
    private func change(_ body: @escaping @Sendable (Users) throws -> Void) async throws {
        let draft = usersPath + ".draft"
        try folder.writePrivate(FileManager.default.contents(atPath: usersPath).map { [UInt8]($0) } ?? [], to: draft)
        try await Loop.offload { try body(Users(path: draft)) }
        folder.user?.own(draft)
        guard rename(draft, usersPath) == 0 else {
            throw SuiteError("\(usersPath): \(String(cString: strerror(errno)))")
        }
    }
}
