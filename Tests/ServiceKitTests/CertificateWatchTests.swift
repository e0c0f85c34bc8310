import EventLoop
import Telemetry
import TestKit
import Testing

@testable import ServiceKit

@Test @Loop func aRenewedCertificateIsServedAndABrokenOneIsNot() async throws {
    let (old, new) = (try await TestCertificates(), try await TestCertificates())
    defer {
        old.remove()
        new.remove()
    }
    let context = try TLSContext.server(certificate: old.certificate, key: old.key)
    let streams = Streams()
    let listener = try Listener(address: "127.0.0.1", port: 0, tls: context) { stream in
        streams.all.append(stream)
        stream.resumeReading()
    }
    defer { listener.close() }
    @Loop func isServed(by authority: String) async -> Bool {
        guard
            let stream = try? await Stream.connect(
                host: "127.0.0.1", port: listener.port, tls: .client(authorities: authority))
        else { return false }
        stream.close()
        return true
    }
    let watch = CertificateWatch(
        context, [old.certificate, old.key], Log(service: "test", level: .error, style: .json) { _ in })
    // A certificate whose key is not there yet.
    _ = try await runShell("cp \(new.certificate) \(old.certificate)")
    watch.look()
    #expect(await isServed(by: old.authority))
    _ = try await runShell("cp \(new.key) \(old.key)")
    watch.look()
    #expect(await isServed(by: new.authority))
    #expect(await !isServed(by: old.authority))
}

@Loop private final class Streams { var all: [EventLoop.Stream] = [] }
