/// A request that is not carried out, with the status that says why; the connection closes after it.
struct Refusal: Error, Equatable {
    let status: Status
    let detail: String
    init(_ status: Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }
}

/// How the length of a body is told.
enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
}

/// A parsed request head: one byte array and ranges into it.
struct RequestHead: Sendable {
    struct Field: Sendable {
        let name: Range<Int>
        let value: Range<Int>
    }

    var bytes: [UInt8] = []
    var method = Method.get
    var path = 0..<0
    var query: Range<Int>?
    /// The host asked for and its port: the target's where it has one, else the field's.
    var authority: Range<Int>?
    var fields: [Field] = []
    var framing = BodyFraming.none
    /// HTTP/1.1 rather than 1.0.
    var isCurrent = true
    var keepsAlive = true
    var expectsContinue = false

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func isName(_ field: Field, _ name: String) -> Bool {
        guard field.name.count == name.utf8.count else { return false }
        var index = field.name.lowerBound
        for byte in name.utf8 {
            if Byte.lowercase(bytes[index]) != Byte.lowercase(byte) { return false }
            index += 1
        }
        return true
    }
}
