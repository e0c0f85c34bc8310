/// Values of CBOR (RFC 8949), as authenticators write them (CTAP2): of a known length, and no more of it than they need.
indirect enum CBOR: Equatable {
    case number(Int)
    case bytes([UInt8])
    case text(String)
    case list([CBOR])
    case map([CBOR: CBOR])
    case other

    /// Reads the value that begins at a place; `place` is behind it then. Nil for what is none, or is not of a form that authenticators
    /// write.
    static func read(_ bytes: [UInt8], at place: inout Int, depth: Int = 0) -> CBOR? {
        guard depth < 8, place < bytes.count else { return nil }
        let first = bytes[place]
        place += 1
        guard let count = length(first & 0x1F, bytes, &place) else { return nil }
        switch first >> 5 {
        case 0: return .number(count)
        case 1: return .number(-1 - count)
        case 2: return taken(count, bytes, &place).map { .bytes($0) }
        case 3:
            guard let raw = taken(count, bytes, &place), let text = String(validating: raw, as: UTF8.self) else {
                return nil
            }
            return .text(text)
        case 4:
            var list: [CBOR] = []
            for _ in 0..<count {
                guard let value = read(bytes, at: &place, depth: depth + 1) else { return nil }
                list.append(value)
            }
            return .list(list)
        case 5: return map(count, bytes, &place, depth)
        // Tags are none of theirs; true, false, null and the like say nothing that is asked here.
        case 7 where first & 0x1F < 24: return .other
        default: return nil
        }
    }

    private static func map(_ count: Int, _ bytes: [UInt8], _ place: inout Int, _ depth: Int) -> CBOR? {
        var members: [CBOR: CBOR] = [:]
        for _ in 0..<count {
            guard let name = read(bytes, at: &place, depth: depth + 1),
                let value = read(bytes, at: &place, depth: depth + 1), members.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return .map(members)
    }

    /// The number behind a head; more than the bytes that there are is the length of nothing.
    private static func length(_ low: UInt8, _ bytes: [UInt8], _ place: inout Int) -> Int? {
        if low < 24 { return Int(low) }
        guard low <= 27, let raw = taken(1 << Int(low - 24), bytes, &place) else { return nil }
        let value = raw.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return value <= UInt64(Int32.max) ? Int(value) : nil
    }

    private static func taken(_ count: Int, _ bytes: [UInt8], _ place: inout Int) -> [UInt8]? {
        guard count <= bytes.count - place else { return nil }
        defer { place += count }
        return Array(bytes[place..<place + count])
    }

    /// A member of a map by its name.
    subscript(_ name: String) -> CBOR? { if case .map(let members) = self { members[.text(name)] } else { nil } }
    /// A member of a map by its number.
    subscript(_ number: Int) -> CBOR? { if case .map(let members) = self { members[.number(number)] } else { nil } }

    /// Its bytes, where it is some.
    var raw: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    /// Its number, where it is one.
    var whole: Int? { if case .number(let number) = self { number } else { nil } }
    /// Its text, where it is one.
    var word: String? { if case .text(let text) = self { text } else { nil } }
}

extension CBOR: Hashable {}
