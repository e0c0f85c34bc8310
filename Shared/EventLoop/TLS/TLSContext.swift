import COpenSSL

/// Certificates and rules that the TLS sessions of a listener or a client share: TLS 1.2 and 1.3 by OpenSSL.
@Loop
public final class TLSContext {
    /// OpenSSL's context; sessions keep the one they began with.
    nonisolated(unsafe) private(set) var pointer: OpaquePointer
    /// How long a handshake may take.
    public let handshakeTime: Duration
    let isServer: Bool
    private let make: @Loop () throws -> OpaquePointer

    private init(isServer: Bool, _ handshakeTime: Duration, _ make: @escaping @Loop () throws -> OpaquePointer) throws {
        self.isServer = isServer
        self.handshakeTime = handshakeTime
        self.make = make
        pointer = try make()
    }

    deinit { SSL_CTX_free(pointer) }

    /// Reads the files of a server, all PEM: its certificate with the chain behind it, its private key, and the
    /// authorities whose certificates clients must show; nil asks clients for none.
    public static func server(
        certificate: String, key: String, clientAuthorities: String? = nil, handshakeTime: Duration = .seconds(10)
    ) throws -> TLSContext {
        try TLSContext(isServer: true, handshakeTime) {
            let context = try newContext(TLS_server_method())
            do {
                // Of TLS 1.2 only what keeps yesterday's secrets and authenticates what it encrypts; 1.3 has nothing else.
                try check(SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20"), "choose ciphers")
                try use(certificate: certificate, key: key, in: context)
                if let clientAuthorities {
                    try check(
                        SSL_CTX_load_verify_file(context, clientAuthorities), "read authorities in \(clientAuthorities)"
                    )
                    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(clientAuthorities))
                    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
                    // Sessions that are taken up again must have been begun here.
                    try check(
                        SSL_CTX_set_session_id_context(context, Array("rapport".utf8), 7), "set a session context")
                }
                return context
            } catch {
                SSL_CTX_free(context)
                throw error
            }
        }
    }

    /// A client that trusts the authorities in a PEM file, or those of the system, and may show a certificate of its own.
    public static func client(
        authorities: String? = nil, certificate: String? = nil, key: String? = nil,
        handshakeTime: Duration = .seconds(10)
    ) throws -> TLSContext {
        try TLSContext(isServer: false, handshakeTime) {
            let context = try newContext(TLS_client_method())
            do {
                if let authorities {
                    try check(SSL_CTX_load_verify_file(context, authorities), "read authorities in \(authorities)")
                } else {
                    try check(SSL_CTX_set_default_verify_paths(context), "find the system's authorities")
                }
                if let certificate { try use(certificate: certificate, key: key ?? certificate, in: context) }
                SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
                return context
            } catch {
                SSL_CTX_free(context)
                throw error
            }
        }
    }

    /// Reads the files again, for the connections to come; those that are open go on. Throws where a file is bad, and
    /// then nothing has changed.
    public func reload() throws {
        let fresh = try make()
        SSL_CTX_free(pointer)
        pointer = fresh
    }

    private static func newContext(_ method: OpaquePointer?) throws -> OpaquePointer {
        ERR_clear_error()
        guard let context = SSL_CTX_new(method) else { throw TLSError("make a TLS context") }
        copenssl_set_modes(context)
        guard copenssl_set_minimum(context) == 1 else {
            SSL_CTX_free(context)
            throw TLSError("ask for TLS 1.2")
        }
        return context
    }

    private static func use(certificate: String, key: String, in context: OpaquePointer) throws {
        try check(SSL_CTX_use_certificate_chain_file(context, certificate), "read the certificate \(certificate)")
        try check(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM), "read the private key \(key)")
        try check(SSL_CTX_check_private_key(context), "use \(key) with \(certificate)")
    }

    private static func check(_ result: Int32, _ operation: String) throws {
        guard result == 1 else { throw TLSError(operation) }
    }
}

/// Why a TLS context or session could not be made.
public struct TLSError: Error, CustomStringConvertible {
    /// For people: what was being done, and the library's reason.
    public let description: String

    init(_ operation: String) { description = "\(operation): \(TLSError.reason() ?? "refused")" }

    /// What the library's last error says; takes it off the library's queue.
    static func reason() -> String? {
        let code = ERR_get_error()
        defer { ERR_clear_error() }
        // Errors of the system carry their number instead of a text.
        if code & 0x8000_0000 != 0 { return String(cString: strerror(Int32(code & 0x7fff_ffff))) }
        return code == 0 ? nil : ERR_reason_error_string(code).map { String(cString: $0) }
    }
}
