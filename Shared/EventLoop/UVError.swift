import CUV

/// A refusal of the operating system or of the loop's library, with what was being done.
public struct UVError: Error, CustomStringConvertible, Sendable {
    /// The negative code of libuv, which on Linux is `-errno`.
    public let code: Int32
    /// What was being done, for people: `connect to 127.0.0.1:5432`.
    public let operation: String

    init(_ code: Int32, _ operation: String) {
        self.code = code
        self.operation = operation
    }

    /// For people.
    public var description: String { "\(operation): \(String(cString: uv_strerror(code)))" }

    /// Whether the address is taken by another program.
    public var isAddressInUse: Bool { code == UV_EADDRINUSE.rawValue }

    @discardableResult
    static func check(_ code: Int32, _ operation: @autoclosure () -> String) throws -> Int32 {
        guard code >= 0 else { throw UVError(code, operation()) }
        return code
    }
}
