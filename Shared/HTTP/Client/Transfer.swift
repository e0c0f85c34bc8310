import CCurl
import EventLoop

/// One request or mail on its way through libcurl, with the memory that it needs until its end.
///
/// `@unchecked Sendable`: touched by one thread at a time, the loop's before and after, and while it is under way by the
/// one that performs it.
final class Transfer: @unchecked Sendable {
    let easy: UnsafeMutableRawPointer
    /// What came back: the body of an HTTP answer.
    private(set) var received: [UInt8] = []
    /// The lines that came before it: header fields, or the replies of a mail server.
    private(set) var lines: [String] = []
    private(set) var isTooLarge = false

    private let limit: Int
    private let upload: [UInt8]
    private var uploaded = 0
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Prepares a transfer that answers at most `limit` bytes and sends `upload` where libcurl asks for it. A `session`
    /// is a handle of an earlier transfer, whose connection is used again.
    init(session: UnsafeMutableRawPointer? = nil, limit: Int, upload: [UInt8] = []) throws {
        if let session { curl_easy_reset(session) }
        guard let easy = session ?? curl_easy_init() else {
            errorText.deallocate()
            throw TransferError(CURLE_OUT_OF_MEMORY, "")
        }
        self.easy = easy
        self.limit = limit
        self.upload = upload
        errorText.pointee = 0
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        set(CURLOPT_NOSIGNAL, 1)
        ccurl_set_data_function(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.of(context) { $0.receive(bytes, size * count) }
        }
        ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        ccurl_set_data_function(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Transfer.of(context) { $0.receiveLine(bytes, size * count) }
        }
        ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        ccurl_set_data_function(easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
            Transfer.of(context) { $0.give(bytes, size * count) }
        }
        ccurl_set_pointer(easy, CURLOPT_READDATA, context)
    }

    /// The handle is the owner's to clean up or to use again.
    deinit {
        for list in lists { curl_slist_free_all(list) }
        errorText.deallocate()
    }

    /// Ends the use of the handle for good.
    func discard() {
        withExtendedLifetime(self) { curl_easy_cleanup(easy) }
    }

    /// Gives the handle, with its connection, for a later transfer.
    func takeSession() -> UnsafeMutableRawPointer {
        // What it knows of this transfer's memory must not outlive it.
        withExtendedLifetime(self) { curl_easy_reset(easy) }
        return easy
    }

    /// Performs the transfer on the calling thread, which may take as long as its timeout.
    func perform() -> CURLcode {
        withExtendedLifetime(self) { curl_easy_perform(easy) }
    }

    // MARK: Settings

    func set(_ option: CURLoption, _ value: Int) { ccurl_set_long(easy, option, value) }

    func set(_ option: CURLoption, _ value: String) { ccurl_set_string(easy, option, value) }

    func set(_ option: CURLoption, _ values: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values { list = curl_slist_append(list, value) ?? list }
        guard let list else { return }
        lists.append(list)
        ccurl_set_pointer(easy, option, list)
    }

    /// The body of a request, which libcurl copies.
    func setBody(_ body: [UInt8]) {
        set(CURLOPT_POST, 1)
        set(CURLOPT_POSTFIELDSIZE, body.count)
        guard !body.isEmpty else { return set(CURLOPT_COPYPOSTFIELDS, "") }
        body.withUnsafeBytes { raw in
            _ = ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: raw.baseAddress))
        }
    }

    /// Time for the whole, and for connecting at most a third of it.
    func set(timeout: Duration) {
        let milliseconds = max(1, Int(timeout.nanoseconds / 1_000_000))
        set(CURLOPT_TIMEOUT_MS, milliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, milliseconds / 3))
    }

    /// The last status of the protocol: 200, 550; 0 where there was none.
    var responseCode: Int {
        var code = 0
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &code)
        return code
    }

    /// libcurl's words for what went wrong.
    func text(_ code: CURLcode) -> String {
        errorText.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
    }

    // MARK: Called by libcurl

    private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard received.count + count <= limit else {
            isTooLarge = true
            return 0
        }
        received.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private func receiveLine(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        var line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        while line.last?.isNewline == true { line.removeLast() }
        // A new status line: what came before belonged to an interim answer.
        if line.hasPrefix("HTTP/") { lines = [] }
        guard lines.count < 1000 else {
            isTooLarge = true
            return 0
        }
        lines.append(line)
        return count
    }

    private func give(_ target: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        let count = min(room, upload.count - uploaded)
        upload[uploaded..<(uploaded + count)].withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(start: target, count: room).copyMemory(from: source)
        }
        uploaded += count
        return count
    }

    private static func of(_ context: UnsafeMutableRawPointer?, _ body: (Transfer) -> Int) -> Int {
        guard let context else { return 0 }
        return body(Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue())
    }
}

/// libcurl set up for the process, once.
let curlIsReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

/// libcurl's refusal, with its words.
struct TransferError: Error {
    let code: CURLcode
    let text: String
    init(_ code: CURLcode, _ text: String) {
        self.code = code
        self.text = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
    }
}
