import EventLoop

/// An authority and certificates for 127.0.0.1 and localhost, made by the openssl program, for tests of TLS.
public struct TestCertificates: Sendable {
    /// The folder of all files.
    public let folder: String
    /// The authority's certificate.
    public var authority: String { folder + "/ca.pem" }
    /// The server's certificate.
    public var certificate: String { folder + "/server.pem" }
    /// The server's key.
    public var key: String { folder + "/server.key" }
    /// A client's certificate.
    public var clientCertificate: String { folder + "/client.pem" }
    /// The client's key.
    public var clientKey: String { folder + "/client.key" }

    private static let script = """
        set -e; cd "$1"
        key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }
        key ca; openssl req -x509 -new -key ca.key -subj /CN=test-authority -days 2 -out ca.pem
        printf 'subjectAltName=IP:127.0.0.1,DNS:localhost' > names
        for name in server client; do
            key $name; openssl req -new -key $name.key -subj /CN=$name -out $name.csr
            openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out $name.pem
        done
        """

    /// Makes the files in a folder of their own; the caller removes it with `remove`.
    @Loop
    public init() async throws {
        folder = try TestPaths.temporaryFolder()
        let run = try ChildProcess("/bin/sh", ["-c", Self.script, "sh", folder], output: folder + "/log")
        guard try await run.exit().isSuccess else { throw TestSetupError("openssl could not make certificates") }
    }

    /// Removes all files.
    public func remove() { TestPaths.remove(folder) }
}

/// Runs a line of shell with a limit of its own and gives its exit status and what it printed.
@Loop
public func runShell(_ line: String, seconds: Int = 60) async throws -> (status: Int, output: String) {
    let folder = try TestPaths.temporaryFolder()
    defer { TestPaths.remove(folder) }
    let run = try ChildProcess("timeout", ["\(seconds)", "sh", "-c", line], output: folder + "/out")
    let exit = try await run.exit()
    return (exit.status, TestPaths.contents(folder + "/out"))
}
