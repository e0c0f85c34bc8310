import EventLoop

/// A mail server for tests: answers `RCPT TO` by the recipient, and takes every message.
@Loop
public final class MailSink {
    /// The messages taken, with their lines ended by CRLF.
    public private(set) var messages: [String] = []
    /// The connections there were.
    public private(set) var sessions = 0
    /// How long it takes to answer a message that it has taken.
    public var delay = Duration.zero
    private var listener: Listener?

    /// Listens on a port of loopback.
    public init() throws {
        listener = try Listener(address: "127.0.0.1", port: 0) { [unowned self] stream in serve(stream) }
    }

    /// Where it listens.
    public var port: Int { listener?.port ?? 0 }

    /// Takes no more sessions.
    public func close() { listener?.close() }

    private func serve(_ stream: EventLoop.Stream) {
        sessions += 1
        var text = ""
        var isData = false
        func answer(_ line: String) { stream.write(Array("\(line)\r\n".utf8)) }
        stream.onEnd = { _ in stream.close() }
        stream.onBytes = { [unowned self] bytes in
            text += String(decoding: bytes, as: UTF8.self)
            while let end = text.firstRange(of: isData ? "\r\n.\r\n" : "\r\n") {
                let part = String(text[..<end.lowerBound])
                text = String(text[end.upperBound...])
                if isData {
                    messages.append(part)
                    isData = false
                    if delay > .zero {
                        _ = Loop.after(delay) { answer("250 taken") }
                    } else {
                        answer("250 taken")
                    }
                } else {
                    isData = part == "DATA"
                    if part == "QUIT" { return stream.close() }
                    answer(Self.reply(part))
                }
            }
        }
        answer("220 sink")
        stream.resumeReading()
    }

    private static func reply(_ command: String) -> String {
        switch command {
        case "DATA": "354 go on"
        case "RCPT TO:<unknown@b>": "550 5.1.1 no such user"
        case "RCPT TO:<later@b>": "451 4.7.1 greylisted"
        default: "250 fine"
        }
    }
}
