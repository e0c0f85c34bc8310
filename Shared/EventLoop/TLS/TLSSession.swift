import COpenSSL

/// One side of a TLS connection without its socket: ciphertext in, plain bytes and ciphertext out.
///
/// The library reads and writes memory; neither side of it ever holds much more than one record, as `input` is given to it
/// piece by piece and its output is taken after each step.
@Loop
final class TLSSession {
    /// What a step of reading gave.
    enum Step {
        /// So many plain bytes.
        case plain(Int)
        /// All of `input` is used up.
        case hungry
        /// The peer has said that it sends no more.
        case finished
        case failed(String)
    }

    /// Received and not yet given to the library.
    var input: [UInt8] = []
    private var inputStart = 0
    private(set) var isEstablished = false
    nonisolated(unsafe) private let session: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private static let pieceSize = 16_384

    /// Begins a session; a client names the host whose certificate it wants to see.
    init(_ context: TLSContext, host: String? = nil) throws {
        guard let session = SSL_new(context.pointer) else { throw TLSError("begin TLS") }
        guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
            SSL_free(session)
            throw TLSError("begin TLS")
        }
        // The session owns both from here on.
        SSL_set_bio(session, incoming, outgoing)
        self.session = session
        self.incoming = incoming
        self.outgoing = outgoing
        if context.isServer {
            SSL_set_accept_state(session)
        } else {
            SSL_set_connect_state(session)
        }
        guard let host else { return }
        // A numeric address is no server name; certificates have a field of its own for it.
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) != 1 {
            guard SSL_set1_host(session, host) == 1, copenssl_set_host_name(session, host) == 1 else {
                throw TLSError("look for \(host)")
            }
        }
        ERR_clear_error()
    }

    deinit { SSL_free(session) }

    /// Whether bytes wait that `read` can use.
    var hasInput: Bool { inputStart < input.count || copenssl_pending(incoming) > 0 || SSL_has_pending(session) == 1 }

    /// The protocol's version, `TLSv1.3`.
    var version: String { String(cString: SSL_get_version(session)) }

    /// Reads on, through the handshake first.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Step {
        while true {
            ERR_clear_error()
            if !isEstablished {
                let result = SSL_do_handshake(session)
                if result == 1 {
                    isEstablished = true
                    return .plain(0)
                }
                if let end = ending(result, "handshake") { return end }
            } else {
                let count = SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
                if count > 0 { return .plain(Int(count)) }
                if let end = ending(count, "read") { return end }
            }
            guard feed() else { return .hungry }
        }
    }

    /// Gives the library the next piece; false when there is none.
    private func feed() -> Bool {
        let piece = input[inputStart...].prefix(Self.pieceSize)
        guard !piece.isEmpty else {
            input = []
            inputStart = 0
            return false
        }
        let taken = piece.withUnsafeBytes { BIO_write(incoming, $0.baseAddress, Int32($0.count)) }
        inputStart += max(0, Int(taken))
        return taken > 0
    }

    /// Why a call gave nothing; nil if it only wants more input.
    private func ending(_ result: Int32, _ what: String) -> Step? {
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: nil
        case SSL_ERROR_ZERO_RETURN: .finished
        default: .failed("TLS \(what): \(TLSError.reason() ?? "the connection broke")")
        }
    }

    /// The ciphertext of plain bytes; nil when the session is broken. Only once established.
    func encrypt(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 128 + 64)
        var position = 0
        while position < bytes.count {
            ERR_clear_error()
            let count = bytes.withUnsafeBytes { raw in
                SSL_write(
                    session, raw.baseAddress?.advanced(by: position), Int32(min(Self.pieceSize, raw.count - position)))
            }
            guard count > 0 else { return nil }
            position += Int(count)
            takeOutput(&output)
        }
        return output
    }

    /// Says that no more will be sent.
    func finish() {
        ERR_clear_error()
        if isEstablished { SSL_shutdown(session) }
    }

    /// What the library has to send: answers of the handshake, alerts.
    func takeOutput() -> [UInt8] {
        var output: [UInt8] = []
        takeOutput(&output)
        return output
    }

    private func takeOutput(_ output: inout [UInt8]) {
        let count = copenssl_pending(outgoing)
        guard count > 0 else { return }
        output.append(
            contentsOf: [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = max(0, Int(BIO_read(outgoing, buffer.baseAddress, Int32(clamping: buffer.count))))
            })
    }
}
