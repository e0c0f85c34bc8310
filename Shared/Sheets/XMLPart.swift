import CSheets

/// What goes wrong with a workbook, for people.
public struct SheetError: Error, CustomStringConvertible, Sendable {
    /// What it is.
    public let description: String
}

/// The attributes of an element.
struct XMLAttributes {
    fileprivate let list: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    /// The value of an attribute by its name, whatever prefix stands before it.
    subscript(_ name: StaticString) -> String? {
        guard var next = list else { return nil }
        while let key = next.pointee {
            if XMLName.isLocal(key, name) { return next[1].map { String(cString: $0) } }
            next += 2
        }
        return nil
    }
}

/// Names of elements and attributes without their prefixes.
enum XMLName {
    fileprivate static func local(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar> {
        var (place, start) = (name, name)
        while place.pointee != 0 {
            if place.pointee == CChar(UInt8(ascii: ":")) { start = place + 1 }
            place += 1
        }
        return start
    }

    fileprivate static func isLocal(_ name: UnsafePointer<CChar>, _ wanted: StaticString) -> Bool {
        wanted.utf8Start.withMemoryRebound(to: CChar.self, capacity: wanted.utf8CodeUnitCount + 1) {
            strcmp(local(name), $0) == 0
        }
    }
}

/// Reads one part of a workbook; who derives from it says what its elements mean.
class XMLPart {
    /// What ended the reading early.
    private var failure: (any Error)?
    private var parser: XML_Parser?

    /// An element begins.
    func begin(_ name: String, _ attributes: XMLAttributes) throws {}
    /// An element ends.
    func end(_ name: String) throws {}
    /// Text within.
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}

    /// Reads a part whole, in pieces; nothing where the archive has no such part.
    final func read(_ archive: OpaquePointer, _ name: String, most: Int) throws {
        guard let file = zip_fopen(archive, name, UInt32(ZIP_FL_NOCASE)) else { return }
        defer { zip_fclose(file) }
        guard let parser = XML_ParserCreate(nil) else {
            throw SheetError(description: "There is no memory to read XML.")
        }
        defer { XML_ParserFree(parser) }
        self.parser = parser
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser, { part, name, attributes in XMLPart.of(part)?.take(begin: name, attributes) },
            { part, name in XMLPart.of(part)?.take(end: name) })
        XML_SetCharacterDataHandler(parser) { part, bytes, count in XMLPart.of(part)?.take(bytes, count) }
        // A type of document could name files of this machine, or itself a million times.
        XML_SetStartDoctypeDeclHandler(parser) { part, _, _, _, _ in
            XMLPart.of(part)?.stop(SheetError(description: "The workbook has a DOCTYPE, which none has."))
        }
        var total = 0
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        while true {
            let count = zip_fread(file, &buffer, UInt64(buffer.count))
            guard count >= 0 else { throw SheetError(description: "\(name) of the workbook cannot be unpacked.") }
            total += Int(count)
            guard total <= most else { throw SheetError(description: "\(name) of the workbook is too large.") }
            let isRead = XML_Parse(parser, buffer, Int32(count), count == 0 ? 1 : 0) == XML_STATUS_OK
            if let failure { throw failure }
            guard isRead else { throw SheetError(description: "\(name) of the workbook is no XML.") }
            if count == 0 { return }
        }
    }

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> XMLPart? {
        pointer.map { Unmanaged<XMLPart>.fromOpaque($0).takeUnretainedValue() }
    }

    private func take(begin name: UnsafePointer<CChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        guard failure == nil, let name else { return }
        do {
            try begin(String(cString: XMLName.local(name)), XMLAttributes(list: attributes))
        } catch { stop(error) }
    }

    private func take(end name: UnsafePointer<CChar>?) {
        guard failure == nil, let name else { return }
        do { try end(String(cString: XMLName.local(name))) } catch { stop(error) }
    }

    private func take(_ bytes: UnsafePointer<CChar>?, _ count: Int32) {
        guard failure == nil, let bytes else { return }
        bytes.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
            text(UnsafeBufferPointer(start: $0, count: Int(count)))
        }
    }

    private func stop(_ error: any Error) {
        failure = failure ?? error
        XML_StopParser(parser, 0)
    }
}
