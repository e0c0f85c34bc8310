/// Takes a body out of the bytes that follow a head: a state machine that can stop after any byte.
struct BodyDecoder {
    private enum State {
        case length(Int)
        case size(Int, digits: Int)
        case extensions(Int)
        case sizeFeed(Int)
        case data(Int)
        case dataReturn, dataFeed
        case trailerStart, trailerName, trailerValue, trailerFeed, lastFeed
        case done
    }

    private var state: State
    private let limit: Int
    /// Extensions and trailers carry nothing for us; together they may take this much.
    private var overheadLeft = 8192
    /// Bytes of the body so far.
    private(set) var decoded = 0

    init(_ framing: BodyFraming, limit: Int) {
        self.limit = limit
        switch framing {
        case .none: state = .done
        case .length(let count): state = .length(count)
        case .chunked: state = .size(0, digits: 0)
        }
    }

    var isComplete: Bool { if case .done = state { true } else { false } }

    /// Decodes into `output` until it holds `room` bytes, the body is complete or `bytes` are used up; the answer is how
    /// many were taken.
    mutating func feed(_ bytes: Span<UInt8>, into output: inout [UInt8], room: Int) throws(Refusal) -> Int {
        var index = 0
        while index < bytes.count, !isComplete {
            switch state {
            case .length(let left), .data(let left):
                let count = min(left, bytes.count - index, room - output.count)
                guard count > 0 else { return index }
                bytes.extracting(index..<(index + count)).withUnsafeBufferPointer { output.append(contentsOf: $0) }
                index += count
                decoded += count
                took(left - count)
            default:
                try step(bytes[index])
                index += 1
            }
        }
        return index
    }

    private mutating func took(_ left: Int) {
        if case .length = state {
            state = left == 0 ? .done : .length(left)
        } else {
            state = left == 0 ? .dataReturn : .data(left)
        }
    }

    /// One byte of what surrounds the chunks.
    private mutating func step(_ byte: UInt8) throws(Refusal) {
        switch state {
        case .size(let size, let digits): try stepSize(byte, size, digits)
        case .extensions(let size):
            if byte == Byte.cr {
                state = .sizeFeed(size)
            } else {
                try overhead(Byte.isFieldValue(byte))
            }
        case .sizeFeed(let size):
            try expect(byte == Byte.lf)
            state = size == 0 ? .trailerStart : .data(size)
            if decoded + size > limit { throw Refusal(.contentTooLarge, "The body is too large.") }
        case .dataReturn:
            try expect(byte == Byte.cr)
            state = .dataFeed
        case .dataFeed:
            try expect(byte == Byte.lf)
            state = .size(0, digits: 0)
        case .length, .data, .done: break
        default: try stepTrailer(byte)
        }
    }

    private mutating func stepSize(_ byte: UInt8, _ size: Int, _ digits: Int) throws(Refusal) {
        if let digit = Byte.hex(byte) {
            try expect(digits < 15)
            state = .size(size << 4 | Int(digit), digits: digits + 1)
            return
        }
        try expect(digits > 0 && (byte == Byte.cr || byte == Byte.semicolon))
        state = byte == Byte.cr ? .sizeFeed(size) : .extensions(size)
    }

    private mutating func stepTrailer(_ byte: UInt8) throws(Refusal) {
        switch state {
        case .trailerStart where byte == Byte.cr: state = .lastFeed
        case .trailerStart:
            try overhead(Byte.isToken(byte))
            state = .trailerName
        case .trailerName:
            try overhead(Byte.isToken(byte) || byte == Byte.colon)
            if byte == Byte.colon { state = .trailerValue }
        case .trailerValue where byte == Byte.cr: state = .trailerFeed
        case .trailerValue: try overhead(Byte.isFieldValue(byte))
        case .trailerFeed:
            try expect(byte == Byte.lf)
            state = .trailerStart
        default:
            try expect(byte == Byte.lf)
            state = .done
        }
    }

    private mutating func overhead(_ isAllowed: Bool) throws(Refusal) {
        overheadLeft -= 1
        try expect(isAllowed && overheadLeft >= 0)
    }

    private func expect(_ condition: Bool) throws(Refusal) {
        guard condition else { throw Refusal(.badRequest, "The chunked body is malformed.") }
    }
}
