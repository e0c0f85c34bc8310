import EventLoop
import FoundationEssentials
import HTTP

/// `pg_dump` and `pg_restore` on the database of a service.
@Loop
struct DatabaseTool {
    private let folder: String
    private let log: String
    private let address: (url: String, password: String?)

    /// Works with a database under an address; what the programs say goes into a file.
    init(_ url: String, log: String) throws {
        folder = try DatabaseServer.findTools(["pg_dump", "pg_restore"])
        self.log = log
        address = Self.apart(url)
    }

    /// Writes a schema, as a snapshot shows it, into a file.
    func dump(_ schema: String, snapshot: String, to file: String) async throws {
        try await run(
            "pg_dump",
            [
                "--format=custom", "--schema=\(schema)", "--snapshot=\(snapshot)", "--no-owner", "--no-privileges",
                "--file=\(file)", "--dbname=\(address.url)",
            ])
    }

    /// Whether a file can be read as one that `dump` has written; throws where not.
    func check(_ file: String) async throws {
        try await run("pg_restore", ["--list", "--file=/dev/null", file])
    }

    /// Fills an empty schema from a file, wholly or not at all.
    func restore(_ schema: String, from file: String) async throws {
        try await run(
            "pg_restore",
            [
                "--schema=\(schema)", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
                "--dbname=\(address.url)", file,
            ])
    }

    private func run(_ name: String, _ arguments: [String]) async throws {
        var environment = Program(name: name, path: folder).wholeEnvironment
        environment["PGPASSWORD"] = address.password
        environment["PGCONNECT_TIMEOUT"] = "10"
        let run = try ChildProcess(
            "\(folder)/\(name)", arguments, environment: environment.map { "\($0.key)=\($0.value)" }, output: log)
        guard try await run.exit().isSuccess else { throw SuiteError("\(name) failed; \(log) says why") }
    }

    /// An address without its password, which the list of processes must not show.
    nonisolated static func apart(_ url: String) -> (url: String, password: String?) {
        guard let scheme = url.firstRange(of: "://") else { return (url, nil) }
        let rest = url[scheme.upperBound...]
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = host.lastIndex(of: "@"), let colon = host[..<at].firstIndex(of: ":") else { return (url, nil) }
        let password = String(host[host.index(after: colon)..<at])
        return (
            String(url[..<colon]) + String(url[at...]), PercentCoding.decode(Array(password.utf8)) ?? password
        )
    }
}
