import EventLoop

extension Shape {
    /// Reads a structure of this shape.
    func read(_ reader: inout WireReader, version: Int, isFlexible: Bool) throws -> Message {
        var values = fields.map(\.fallback)
        for (index, field) in fields.enumerated() where field.tag == nil && field.versions.contains(version) {
            values[index] = try field.kind.read(
                &reader, version: version, isFlexible: isFlexible,
                isNullable: field.nullable?.contains(version) ?? false)
        }
        guard isFlexible else { return Message(names: names, values: values) }
        for _ in 0..<(try reader.uvarint()) {
            try reader.spend()
            let tag = try reader.uvarint()
            let size = try reader.uvarint()
            let end = reader.position + size
            if let index = fields.firstIndex(where: { $0.tag == tag && $0.versions.contains(version) }) {
                values[index] = try fields[index].kind.read(
                    &reader, version: version, isFlexible: true, isNullable: fields[index].nullable != nil)
                guard reader.position == end else { throw MalformedRequest(reason: "tagged field of a wrong size") }
            } else {
                _ = try reader.take(size)
            }
        }
        return Message(names: names, values: values)
    }

    /// Writes a structure of this shape; fields that `message` does not name get their default.
    func write(_ message: Message, to writer: inout WireWriter, version: Int, isFlexible: Bool) {
        assert(message.names.allSatisfy { names.contains($0) }, "not of this shape: \(message.names)")
        var tagged: [(tag: Int, field: Field, value: Value)] = []
        for (index, field) in fields.enumerated() where field.versions.contains(version) {
            let value = message.value(field.name, hint: index) ?? field.fallback
            if let tag = field.tag {
                if value != field.fallback { tagged.append((tag, field, value)) }
                continue
            }
            let isNullable = field.nullable?.contains(version) ?? false
            field.kind.write(value, to: &writer, version: version, isFlexible: isFlexible, isNullable: isNullable)
        }
        guard isFlexible else { return }
        writer.uvarint(tagged.count)
        for (tag, field, value) in tagged.sorted(by: { $0.tag < $1.tag }) {
            var part = WireWriter()
            let isNullable = field.nullable != nil
            field.kind.write(value, to: &part, version: version, isFlexible: true, isNullable: isNullable)
            writer.uvarint(tag)
            writer.uvarint(part.bytes.count)
            writer.append(part.bytes)
        }
    }
}

extension Kind {
    func read(_ reader: inout WireReader, version: Int, isFlexible: Bool, isNullable: Bool) throws -> Value {
        try reader.spend()
        switch self {
        case .bool: return .flag(try reader.integer(Int8.self) != 0)
        case .int8: return .int(try reader.integer(Int8.self))
        case .int16: return .int(try reader.integer(Int16.self))
        case .int32: return .int(try reader.integer(Int32.self))
        case .int64: return .int(try reader.integer(Int64.self))
        case .uuid: return .bytes(try reader.take(16))
        case .structure(let shape):
            return .message(try shape.read(&reader, version: version, isFlexible: isFlexible))
        case .string, .bytes, .records:
            guard let count = try length(&reader, isFlexible: isFlexible) else {
                guard isNullable else { throw MalformedRequest(reason: "null where none may be") }
                return .null
            }
            let bytes = try reader.take(count)
            if case .string = self { return .text(String(decoding: bytes, as: UTF8.self)) }
            return .bytes(bytes)
        case .array(let element):
            guard let count = try length(&reader, isFlexible: isFlexible) else {
                guard isNullable else { throw MalformedRequest(reason: "null where none may be") }
                return .null
            }
            // Each takes a byte at least.
            guard count <= reader.remaining else { throw MalformedRequest(reason: "more elements than bytes") }
            var values: [Value] = []
            for _ in 0..<count {
                values.append(
                    try element.read(&reader, version: version, isFlexible: isFlexible, isNullable: false))
            }
            return .list(values)
        }
    }

    private func length(_ reader: inout WireReader, isFlexible: Bool) throws -> Int? {
        let count: Int
        if isFlexible {
            count = try reader.uvarint() - 1
        } else if case .string = self {
            count = try reader.integer(Int16.self)
        } else {
            count = try reader.integer(Int32.self)
        }
        return count < 0 ? nil : count
    }

    func write(_ value: Value, to writer: inout WireWriter, version: Int, isFlexible: Bool, isNullable: Bool) {
        switch (self, value) {
        case (.bool, .int(let number)), (.int8, .int(let number)): writer.integer(number, Int8.self)
        case (.int16, .int(let number)): writer.integer(number, Int16.self)
        case (.int32, .int(let number)): writer.integer(number, Int32.self)
        case (.int64, .int(let number)): writer.integer(number, Int64.self)
        case (.uuid, .bytes(let bytes)): writer.append(bytes)
        case (.structure(let shape), .message(let message)):
            shape.write(message, to: &writer, version: version, isFlexible: isFlexible)
        case (.string, .text(let text)):
            writeLength(text.utf8.count, to: &writer, isFlexible: isFlexible)
            writer.append(text.utf8)
        case (.bytes, .bytes(let bytes)), (.records, .bytes(let bytes)):
            writeLength(bytes.count, to: &writer, isFlexible: isFlexible)
            writer.append(bytes)
        case (.records, .file(let part)):
            writeLength(part.count, to: &writer, isFlexible: isFlexible)
            writer.attach(part)
        case (.array(let element), .list(let values)):
            writeLength(values.count, to: &writer, isFlexible: isFlexible)
            for value in values {
                element.write(value, to: &writer, version: version, isFlexible: isFlexible, isNullable: false)
            }
        case (.string, .null), (.bytes, .null), (.records, .null), (.array, .null):
            writeLength(isNullable ? -1 : 0, to: &writer, isFlexible: isFlexible)
        default:
            assertionFailure("\(value) is no \(self)")
            write(fallback, to: &writer, version: version, isFlexible: isFlexible, isNullable: isNullable)
        }
    }

    private func writeLength(_ count: Int, to writer: inout WireWriter, isFlexible: Bool) {
        if isFlexible {
            writer.uvarint(count + 1)
        } else if case .string = self {
            writer.integer(count, Int16.self)
        } else {
            writer.integer(count, Int32.self)
        }
    }
}
