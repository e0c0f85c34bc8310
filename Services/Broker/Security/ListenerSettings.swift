/// An address that clients connect to, and what is asked of them there; named as Kafka names it.
public struct ListenerSettings: Sendable {
    /// What protects a listener.
    public enum Security: String, Sendable {
        /// Nothing.
        case plain = "PLAINTEXT"
        /// TLS.
        case tls = "SSL"
        /// Sign-in, in the clear.
        case signIn = "SASL_PLAINTEXT"
        /// TLS and sign-in.
        case tlsAndSignIn = "SASL_SSL"
    }

    /// What protects it.
    public var security: Security
    /// The numeric address to listen on.
    public var address: String
    /// The port; 0 lets the system choose.
    public var port: Int
    /// What clients are told to connect to instead: host and port.
    public var advertised: (host: String, port: Int)?

    /// Describes a listener.
    public init(_ security: Security, address: String, port: Int) {
        self.security = security
        self.address = address
        self.port = port
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
    var isEverywhere: Bool { address == "0.0.0.0" || address == "::" }
    var usesTLS: Bool { security == .tls || security == .tlsAndSignIn }
    var asksToSignIn: Bool { security == .signIn || security == .tlsAndSignIn }
    /// As in the settings: `SASL_SSL://0.0.0.0:9093`.
    var name: String { at(address, port) }
    /// The same with another host and port.
    func at(_ host: String, _ port: Int) -> String {
        "\(security.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// Reads `PLAINTEXT://127.0.0.1:9092,SASL_SSL://0.0.0.0:9093`, and what is advertised of them in the same form.
    static func read(_ text: String, advertised: String?) throws -> [ListenerSettings] {
        let told = try advertised.map { try parts(of: $0, "BROKER_ADVERTISED_LISTENERS") } ?? []
        return try parts(of: text, "BROKER_LISTENERS").map { security, host, port in
            var listener = ListenerSettings(security, address: host, port: port)
            listener.advertised = told.first { $0.0 == security }.map { ($0.1, $0.2) }
            return listener
        }
    }

    private static func parts(of text: String, _ setting: String) throws -> [(Security, String, Int)] {
        try text.split(separator: ",").map { part in
            let part = part.drop { $0 == " " }
            let fault = BrokerError(
                "\(setting) does not take \"\(part)\": it is a list such as PLAINTEXT://127.0.0.1:9092,"
                    + "SASL_SSL://0.0.0.0:9093, of PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL")
            guard let colon = part.firstIndex(of: ":"), let security = Security(rawValue: String(part[..<colon])),
                part[colon...].hasPrefix("://"), let (host, port) = hostAndPort(part[colon...].dropFirst(3))
            else { throw fault }
            return (security, host, port)
        }
    }

    /// `127.0.0.1:9092` or `[::1]:9092`.
    static func hostAndPort(_ text: Substring) -> (String, Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        return bare.isEmpty ? nil : (String(bare), port)
    }
}

extension BrokerSettings {
    /// What is listened on: the list, or else one plain listener at `address` and `port`.
    var effectiveListeners: [ListenerSettings] {
        guard listeners.isEmpty else { return listeners }
        return [ListenerSettings(.plain, address: address, port: port)]
    }

    /// Refuses what would be unsafe or could not work, in words that name the settings.
    func check() throws {
        for listener in effectiveListeners {
            guard listener.isLoopback || listener.security == .tlsAndSignIn || allowRemote else {
                throw BrokerError(
                    "\(listener.name) can be reached from other machines without TLS and sign-in: give it as SASL_SSL in "
                        + "BROKER_LISTENERS, with BROKER_TLS_CERTIFICATE, BROKER_TLS_KEY and BROKER_USERS, or set "
                        + "BROKER_ALLOW_REMOTE=true to have it unprotected")
            }
            guard !listener.isEverywhere || listener.advertised != nil || advertisedHost != nil else {
                throw BrokerError(
                    "clients cannot be told to connect to \(listener.address): set BROKER_ADVERTISED_LISTENERS, or "
                        + "BROKER_ADVERTISED_HOST, to what they can reach")
            }
            guard !listener.usesTLS || (tlsCertificate != nil && tlsKey != nil) else {
                throw BrokerError("\(listener.name) needs BROKER_TLS_CERTIFICATE and BROKER_TLS_KEY")
            }
            guard !listener.asksToSignIn || usersFile != nil else {
                throw BrokerError("\(listener.name) needs BROKER_USERS, a file that rapport-broker add-user writes")
            }
        }
        guard passwordsFile == nil || usersFile != nil else {
            throw BrokerError("BROKER_PASSWORDS needs BROKER_USERS, the file that keeps what signs in by them")
        }
        guard rightsFile == nil || effectiveListeners.contains(where: \.asksToSignIn) else {
            throw BrokerError("BROKER_RIGHTS needs a listener that asks to sign in: SASL_PLAINTEXT or SASL_SSL")
        }
        guard defaultPartitions > 0, segmentBytes >= 1 << 16 else {
            throw BrokerError("a topic needs a partition, and a segment 64 KiB")
        }
    }
}
