import CUV

/// A TCP port that is listened on for others: whoever is given its socket takes the connections, and until somebody does, they wait.
///
/// So a program can end and another take its place, and no connection is refused between the two.
@Loop
public final class ReservedPort {
    /// The socket, for a program that is started.
    public let descriptor: Int32
    /// The port.
    public let port: Int

    /// Listens on a numeric address; port 0 lets the system choose. Without listening it only has the port, until who is given it listens.
    public init(address: String, port: Int, backlog: Int32 = 1024, isListening: Bool = true) throws {
        let target = try SocketAddress(ip: address, port: port)
        let operation = "listen on \(address):\(port)"
        let socket = Glibc.socket(
            address.contains(":") ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw UVError(-errno, operation) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        // Whoever reserves it after this process has ended shares it with the program that still has this socket.
        setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &yes, size)
        let length = socklen_t(address.contains(":") ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
        guard target.withPointer({ bind(socket, $0, length) }) == 0, !isListening || listen(socket, backlog) == 0
        else {
            let code = -errno
            Glibc.close(socket)
            throw UVError(code, operation)
        }
        descriptor = socket
        self.port = SocketAddress.bound(of: socket)?.port ?? port
    }

    /// Lets go of the port; it stays open where a program has its socket.
    public func close() { Glibc.close(descriptor) }
}
