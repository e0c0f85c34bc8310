import EventLoop
import HTTP

/// Who asks: where from and with what, as far as that can be known.
struct Caller: Sendable {
    /// The address; of IPv6 the network, as a household has all addresses of one.
    let address: String
    /// What the browser calls itself, cut short.
    let agent: String

    @Loop
    init(_ request: Request) {
        let peer = Caller.host(request.peerAddress)
        // Behind a proxy on this machine it is the proxy that knows; nobody else is believed.
        let isProxied = ["127.0.0.1", "::1", ""].contains(peer)
        let forwarded = request.headers["x-forwarded-for"]?.split(separator: ",").last.map {
            $0.filter { $0 != " " }
        }
        address = Caller.network(isProxied ? forwarded.map { String($0.prefix(60)) } ?? peer : peer)
        let said = request.headers["user-agent"] ?? ""
        agent = String(said.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }.prefix(200).map(Character.init))
    }

    private static func host(_ peer: String) -> String {
        guard let colon = peer.lastIndex(of: ":") else { return peer }
        return String(peer[..<colon].filter { $0 != "[" && $0 != "]" })
    }

    private static func network(_ address: String) -> String {
        guard address.contains(":"), !address.hasPrefix("::ffff:") else { return address }
        return address.split(separator: ":", omittingEmptySubsequences: false).prefix(4).joined(separator: ":")
            + "::/64"
    }
}
