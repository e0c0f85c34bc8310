import EventLoop

/// Who is connected, by address, and how many bytes each makes the server hold: the one place that bounds both.
///
/// Nobody is refused for what others hold. Where all connections are taken, a newcomer gets one of whoever has most; where too many bytes
/// are held, the connection that holds most of whoever holds most is cut.
@Loop
final class Peers {
    /// One address, or of IPv6 the network that one client has as a whole.
    @Loop
    final class Peer {
        nonisolated let client: UInt64
        fileprivate var connections: [ObjectIdentifier: Connection] = [:]
        fileprivate var held = 0
        fileprivate init(_ client: UInt64) { self.client = client }
    }

    private let limits: Limits
    private var peers: [UInt64: Peer] = [:]
    /// Open connections.
    private(set) var count = 0
    /// Bytes of requests and answers that are held for all of them.
    private(set) var held = 0
    /// Connections cut for what they held.
    private(set) var cut = 0
    private var most = 0

    init(_ limits: Limits) { self.limits = limits }

    // MARK: Connections

    /// Room for a connection from an address; nil where it has its share, or all is taken by others who have no more than it.
    func room(for client: UInt64) -> Peer? {
        let peer = peers[client] ?? Peer(client)
        guard peer.connections.count < limits.connectionsByAddress else { return nil }
        if count >= limits.connections {
            guard let other = peers.values.max(by: { $0.connections.count < $1.connections.count }),
                other.connections.count > peer.connections.count + 1
            else { return nil }
            // One that waits for a request rather than one that works on it.
            let idle = other.connections.values.first { $0.isAwaitingRequest } ?? other.connections.values.first
            idle?.close()
        }
        peers[client] = peer
        return peer
    }

    func add(_ connection: Connection, to peer: Peer) {
        peer.connections[ObjectIdentifier(connection)] = connection
        count += 1
    }

    func remove(_ connection: Connection, of peer: Peer) {
        guard peer.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        count -= 1
        if peer.connections.isEmpty { peers[peer.client] = nil }
    }

    /// All connections.
    var all: [Connection] { peers.values.flatMap(\.connections.values) }

    // MARK: Bytes

    /// Notes that a connection holds so many bytes more, or less.
    func hold(_ bytes: Int, by peer: Peer) {
        held += bytes
        peer.held += bytes
        most = max(most, held)
        if bytes > 0, held > limits.heldBytes { relieve() }
    }

    private func relieve() {
        while held > limits.heldBytes {
            let heaviest = peers.values.filter { $0.connections.values.contains(where: \.canBeCut) }
                .max { $0.held < $1.held }
            guard let found = heaviest?.connections.values.filter(\.canBeCut).max(by: { $0.held < $1.held }) else {
                return
            }
            cut += 1
            found.cut()
        }
    }

    /// Whether much was held since the last call and no longer is: the C library keeps what was freed unless it is told to give it back.
    func takeRelief() -> Bool {
        guard most > 8 << 20, held < most / 2 else { return false }
        most = held
        return true
    }
}
