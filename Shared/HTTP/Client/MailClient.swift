import CCurl
import EventLoop

/// Why a message was not taken by the mail server.
public struct MailError: Error, CustomStringConvertible {
    /// The server will never take this message to these recipients (5xx); otherwise trying again later makes sense.
    public let isPermanent: Bool
    /// The server's reply code, 0 where there was none.
    public let code: Int
    /// The server's last line or libcurl's words, for people.
    public let description: String
}

/// Hands messages to one mail server over SMTP; sessions are kept and used again.
///
/// Every message under way has a thread: libcurl's multi interface waits without end for a mail server's last reply, which
/// on the loop would hold up everything else.
@Loop
public final class MailClient {
    /// Whether a plain session (`smtp://`) is encrypted by STARTTLS.
    public enum StartTLS: Sendable {
        /// Never.
        case off
        /// Where the server offers it.
        case optional
        /// Always; a server without it is an error.
        case required

        fileprivate var level: curl_usessl {
            switch self {
            case .off: CURLUSESSL_NONE
            case .optional: CURLUSESSL_TRY
            case .required: CURLUSESSL_ALL
            }
        }
    }

    private var idle: [UnsafeMutableRawPointer] = []
    private var busy = 0
    private let changed = Notice()
    private let connections: Int
    private let url: String
    private let user: String?
    private let password: String?
    private let startTLS: StartTLS
    private let timeout: Duration

    /// Takes `smtp://host:port` or `smtps://host:port`; more messages than `connections` at a time wait.
    public init(
        url: String, user: String? = nil, password: String? = nil, startTLS: StartTLS = .optional,
        connections: Int = 4, timeout: Duration = .seconds(60)
    ) throws {
        guard curlIsReady else { throw TransferError(CURLE_FAILED_INIT, "") }
        self.connections = max(1, connections)
        self.url = url
        self.user = user
        self.password = password
        self.startTLS = startTLS
        self.timeout = timeout
    }

    isolated deinit {
        let sessions = Sessions(handles: idle)
        // Saying goodbye to the server waits for its answer.
        Thread.detach { sessions.end() }
    }

    /// Sends a whole message (RFC 5322) to all recipients or none; returns when the server has taken it. Throws
    /// `MailError`, or `CancellationError` when cancelled before its turn; once under way it goes on to its end.
    public func send(from: String, to recipients: [String], message: [UInt8]) async throws {
        guard !recipients.isEmpty, (recipients + [from]).allSatisfy(Self.isAddress) else {
            throw MailError(isPermanent: true, code: 0, description: "an address is malformed")
        }
        while busy >= connections { try await changed.wait(until: { busy < connections }) }
        busy += 1
        defer {
            busy -= 1
            changed.notify()
        }
        let transfer = try Transfer(session: idle.popLast(), limit: 65_536, upload: Self.lineEnded(message))
        prepare(transfer, from, recipients)
        let done = Completion<CURLcode>()
        Thread.detach {
            let code = transfer.perform()
            Task { @Loop in done.succeed(code) }
        }
        let code = try await done.wait()
        let failure = code == CURLE_OK ? nil : Self.failure(TransferError(code, transfer.text(code)), transfer)
        idle.append(transfer.takeSession())
        if let failure { throw failure }
    }

    private func prepare(_ transfer: Transfer, _ from: String, _ recipients: [String]) {
        transfer.set(CURLOPT_URL, url)
        transfer.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        transfer.set(CURLOPT_PROXY, "")
        transfer.set(CURLOPT_MAIL_FROM, "<\(from)>")
        transfer.set(CURLOPT_MAIL_RCPT, recipients.map { "<\($0)>" })
        transfer.set(CURLOPT_UPLOAD, 1)
        transfer.set(timeout: timeout)
        if let user { transfer.set(CURLOPT_USERNAME, user) }
        if let password { transfer.set(CURLOPT_PASSWORD, password) }
        transfer.set(CURLOPT_USE_SSL, Int(startTLS.level.rawValue))
    }

    private static func failure(_ error: TransferError, _ transfer: Transfer) -> MailError {
        let code = transfer.responseCode
        // A refused sign-in is the operator's to mend, not the message's fault.
        let isPermanent = code >= 500 && error.code != CURLE_LOGIN_DENIED
        let text = code >= 400 ? transfer.lines.last ?? error.text : error.text
        return MailError(isPermanent: isPermanent, code: code >= 400 ? code : 0, description: text)
    }

    private static func isAddress(_ address: String) -> Bool {
        !address.isEmpty && address.utf8.allSatisfy { $0 > Byte.space && $0 != 0x7F && $0 != 0x3C && $0 != 0x3E }
    }

    /// Every line ends with CRLF: servers understand bare line feeds differently, which smuggles mails.
    private static func lineEnded(_ message: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(message.count + 64)
        for (index, byte) in message.enumerated() {
            if byte == Byte.cr {
                out.append(contentsOf: [Byte.cr, Byte.lf])
            } else if byte != Byte.lf {
                out.append(byte)
            } else if index == 0 || message[index - 1] != Byte.cr {
                out.append(contentsOf: [Byte.cr, Byte.lf])
            }
        }
        return out
    }
}

/// Sessions on their way out, handed to the thread that ends them and touched by no other.
private struct Sessions: @unchecked Sendable {
    let handles: [UnsafeMutableRawPointer]
    func end() {
        for handle in handles { curl_easy_cleanup(handle) }
    }
}
