import EventLoop
import TestKit
import Testing

@testable import HTTP

@Test @Loop func curlReadsOverTLS() async throws {
    let files = try await TestCertificates()
    defer { files.remove() }
    let server = try HTTPServer(
        address: "127.0.0.1", port: 0, router: Router(sampleRoutes),
        tls: .server(certificate: files.certificate, key: files.key))
    let curl = "curl -sS --max-time 20 --cacert \(files.authority)"
    let plain = try await runShell("\(curl) https://127.0.0.1:\(server.port)/hello")
    #expect(plain.output == "hello", "\(plain.output)")
    let sent = try await runShell(
        "head -c 3000000 /dev/zero | \(curl) --data-binary @- https://localhost:\(server.port)/count")
    #expect(sent.output == "3000000", "\(sent.output)")
    let large = try await runShell("\(curl) https://localhost:\(server.port)/large | wc -c")
    #expect(large.output == "3000000\n", "\(large.output)")
    let unprotected = try await runShell("curl -sS --max-time 20 http://127.0.0.1:\(server.port)/hello")
    #expect(unprotected.status != 0)
    let strange = try await runShell("curl -sS --max-time 20 https://127.0.0.1:\(server.port)/hello")
    #expect(strange.status != 0)
    // Of TLS 1.2 only what authenticates what it encrypts; and whoever has come by TLS comes so again.
    for (cipher, isTaken) in [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", true), ("ECDHE-ECDSA-CHACHA20-POLY1305", true),
        ("ECDHE-ECDSA-AES256-SHA384", false),
        ("ECDHE-ECDSA-AES128-SHA", false),
    ] {
        let asked = try await runShell(
            "\(curl) -D - --tls-max 1.2 --ciphers \(cipher) https://localhost:\(server.port)/hello")
        #expect(
            asked.output.contains("strict-transport-security: max-age=31536000") == isTaken, "\(cipher) \(asked.output)"
        )
    }
    await server.stop(within: .seconds(2))
}
