import CUV

/// An IPv4 or IPv6 address with its port.
public struct SocketAddress: CustomStringConvertible, Sendable {
    private var storage = sockaddr_storage()

    /// Takes a numeric address.
    public init(ip: String, port: Int) throws {
        let code = withUnsafeMutablePointer(to: &storage) { pointer in
            let raw = UnsafeMutableRawPointer(pointer)
            if ip.contains(":") {
                return uv_ip6_addr(ip, Int32(port), raw.assumingMemoryBound(to: sockaddr_in6.self))
            }
            return uv_ip4_addr(ip, Int32(port), raw.assumingMemoryBound(to: sockaddr_in.self))
        }
        try UVError.check(code, "read the address \(ip)")
    }

    private init(copying address: UnsafePointer<sockaddr>, length: Int) {
        withUnsafeMutableBytes(of: &storage) { target in
            target.copyMemory(from: UnsafeRawBufferPointer(start: address, count: min(length, target.count)))
        }
    }

    /// Looks a name up on the library's work queue; numeric addresses are answered at once.
    @Loop
    public static func resolve(host: String, port: Int) async throws -> [SocketAddress] {
        if let numeric = try? SocketAddress(ip: host, port: port) { return [numeric] }
        let found = Completion<[SocketAddress]>()
        let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
        request.pointee.data = Unmanaged.passRetained(found).toOpaque()
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        let code = uv_getaddrinfo(
            UVDriver.current.loop, request,
            { request, status, list in
                guard let request, let data = request.pointee.data else { return }
                let found = Unmanaged<Completion<[SocketAddress]>>.fromOpaque(data).takeRetainedValue()
                request.deallocate()
                let addresses = SocketAddress.all(of: list)
                uv_freeaddrinfo(list)
                Loop.assumeIsolated {
                    status < 0 ? found.fail(UVError(status, "look a name up")) : found.succeed(addresses)
                }
            }, host, String(port), &hints)
        do {
            try UVError.check(code, "find \(host)")
            return try await found.wait()
        } catch let error as UVError {
            throw UVError(error.code, "find \(host)")
        }
    }

    private static func all(of list: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr {
                addresses.append(SocketAddress(copying: address, length: Int(entry.pointee.ai_addrlen)))
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    func withPointer<T>(_ body: (UnsafePointer<sockaddr>) -> T) -> T {
        withUnsafeBytes(of: storage) { raw in
            guard let base = raw.baseAddress else { preconditionFailure("an address has bytes") }
            return body(base.assumingMemoryBound(to: sockaddr.self))
        }
    }

    static func peer(of handle: UnsafeMutableRawPointer) -> SocketAddress? {
        read(handle) { uv_tcp_getpeername($0, $1, $2) }
    }

    static func local(of handle: UnsafeMutableRawPointer) -> SocketAddress? {
        read(handle) { uv_tcp_getsockname($0, $1, $2) }
    }

    static func bound(of socket: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let address = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            guard getsockname(socket, address, &length) == 0 else { return nil }
            return SocketAddress(copying: address, length: Int(length))
        }
    }

    private static func read(
        _ handle: UnsafeMutableRawPointer,
        _ call: (UnsafePointer<uv_tcp_t>, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<Int32>) -> Int32
    ) -> SocketAddress? {
        guard cuv_handle(handle).pointee.type == UV_TCP else { return nil }
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let address = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            guard call(handle.assumingMemoryBound(to: uv_tcp_t.self), address, &length) >= 0 else { return nil }
            return SocketAddress(copying: address, length: Int(length))
        }
    }

    /// The port.
    public var port: Int {
        withUnsafeBytes(of: storage) { raw in Int(raw[2]) << 8 | Int(raw[3]) }
    }

    /// What tells one client from others: an IPv4 address, or of IPv6 the network of 64 bits that a client has as a whole.
    package var client: UInt64 {
        withUnsafeBytes(of: storage) { raw in
            func word(_ range: Range<Int>) -> UInt64 { raw[range].reduce(0) { $0 << 8 | UInt64($1) } }
            // No network of clients begins with these bits.
            let isVersion4: UInt64 = 0xFFFF_0000_0000_0000
            guard storage.ss_family == sa_family_t(AF_INET6) else { return isVersion4 | word(4..<8) }
            let isMapped = word(8..<16) == 0 && word(16..<20) == 0xFFFF
            return isMapped ? isVersion4 | word(20..<24) : word(8..<16)
        }
    }

    /// The address in numbers, without the port.
    var host: String {
        var name = [CChar](repeating: 0, count: 64)
        withPointer { pointer in
            _ = uv_ip_name(pointer, &name, name.count)
        }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `127.0.0.1:80` or `[::1]:80`.
    public var description: String {
        storage.ss_family == sa_family_t(AF_INET6) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
