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

    private let engine: CurlEngine
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
        engine = try CurlEngine(connectionsPerHost: connections)
        self.url = url
        self.user = user
        self.password = password
        self.startTLS = startTLS
        self.timeout = timeout
    }

    /// Sends a whole message (RFC 5322) to all recipients or none; returns when the server has taken it. Throws
    /// `MailError`, or `CancellationError` when cancelled, after which the server may still have taken it.
    public func send(from: String, to recipients: [String], message: [UInt8]) async throws {
        guard !recipients.isEmpty, (recipients + [from]).allSatisfy(Self.isAddress) else {
            throw MailError(isPermanent: true, code: 0, description: "an address is malformed")
        }
        let transfer = try Transfer(limit: 65_536, upload: Self.lineEnded(message))
        defer { transfer.release() }
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
        do {
            try await engine.run(transfer)
        } catch let error as TransferError {
            throw Self.failure(error, transfer)
        }
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
