import Crypto
import FoundationEssentials

/// Holds what a browser says of a passkey against what was asked (WebAuthn Level 2, sections 7.1 and 7.2).
struct PasskeyCheck: Sendable {
    /// Why something was refused.
    enum Refusal: Error, Equatable {
        /// It is not of the form.
        case malformed
        /// It answers another question, or one of another page.
        case notAsked
        /// Nobody has shown that it is he: no touch, no finger, no PIN.
        case nobodyThere
        /// A kind of key that is not taken.
        case algorithm
        /// The signature is not that key's.
        case notAuthentic
        /// Its count has not grown: two have the key.
        case copied
    }

    /// A passkey that was made.
    struct New: Sendable {
        let credential: [UInt8]
        let key: ForeignKey
        let count: Int
        let isBackedUp: Bool
        /// How it can be reached, in words of the browser, parted by blanks.
        let transports: String
    }

    /// The page's origin, `https://crm.example`.
    let origin: String
    /// The name that passkeys are bound to: the origin's host.
    let host: String

    /// Takes the address of the console; nil where browsers make no passkeys for it: of numbers, or not encrypted.
    init?(address: String) {
        guard let scheme = ["https://", "http://"].first(where: { address.utf8.starts(with: $0.utf8) }) else {
            return nil
        }
        let rest = address.utf8.dropFirst(scheme.utf8.count).prefix { $0 != UInt8(ascii: "/") }
        let host = String(Substring(rest.prefix { $0 != UInt8(ascii: ":") }))
        let isNumber = host.utf8.allSatisfy {
            $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        let isLocal = host == "localhost" || host.hasSuffix(".localhost")
        guard !host.isEmpty, !isNumber, !host.utf8.starts(with: "[".utf8), scheme == "https://" || isLocal else {
            return nil
        }
        origin = scheme + String(Substring(rest))
        self.host = host
    }

    // MARK: What browsers send

    /// A credential as `toJSON` gives it.
    struct Sent: Decodable {
        struct Response: Decodable {
            let clientDataJSON: String
            var attestationObject: String?
            var authenticatorData: String?
            var signature: String?
            var userHandle: String?
            var transports: [String]?
        }
        let id: String
        let rawId: String
        let type: String
        let response: Response

        /// Reads one.
        init(_ text: String) throws(Refusal) {
            guard text.utf8.count <= 64 << 10, let sent = try? JSONDecoder().decode(Sent.self, from: Data(text.utf8)),
                sent.type == "public-key", sent.id == sent.rawId
            else { throw .malformed }
            self = sent
        }

        /// The credential's id.
        var credential: [UInt8]? { Base64URL.decode(rawId) }
    }

    /// Checks a passkey that was made on our asking, and gives what is to be kept of it.
    func made(_ sent: Sent, challenge: String) throws(Refusal) -> New {
        _ = try client(sent, "webauthn.create", challenge)
        guard let object = sent.response.attestationObject.flatMap({ Base64URL.decode($0) }) else { throw .malformed }
        var end = 0
        // What the maker of an authenticator says of it was not asked for, and is not believed.
        guard let read = CBOR.read(object, at: &end), end == object.count, read["fmt"]?.word != nil,
            let bytes = read["authData"]?.raw
        else { throw .malformed }
        let data = try Authenticator(bytes, host: host)
        guard let credential = data.credential, credential.id == sent.credential else { throw .malformed }
        guard let key = credential.key else { throw .algorithm }
        return New(
            credential: credential.id, key: key, count: data.count, isBackedUp: data.isBackedUp,
            transports: (sent.response.transports ?? []).prefix(6).map { String($0.prefix(20)) }.joined(separator: " "))
    }

    /// Checks that whoever has a key has answered, and gives its new count. `person` is whose it is.
    func shown(
        _ sent: Sent, challenge: String, key: ForeignKey, count: Int, person: UUID
    ) throws(Refusal) -> (count: Int, isBackedUp: Bool) {
        let client = try client(sent, "webauthn.get", challenge)
        guard let bytes = sent.response.authenticatorData.flatMap({ Base64URL.decode($0) }),
            let signature = sent.response.signature.flatMap({ Base64URL.decode($0) })
        else { throw .malformed }
        if let handle = sent.response.userHandle {
            guard Base64URL.decode(handle) == Array(person.text.utf8) else { throw .notAuthentic }
        }
        let data = try Authenticator(bytes, host: host)
        guard key.isValid(signature, of: bytes + SHA256.digest(client)) else { throw .notAuthentic }
        guard data.count > count || data.count == 0 && count == 0 else { throw .copied }
        return (data.count, data.isBackedUp)
    }

    private func client(_ sent: Sent, _ type: String, _ challenge: String) throws(Refusal) -> [UInt8] {
        struct Client: Decodable {
            let type: String
            let challenge: String
            let origin: String
            var crossOrigin: Bool?
        }
        guard let bytes = Base64URL.decode(sent.response.clientDataJSON),
            let client = try? JSONDecoder().decode(Client.self, from: Data(bytes))
        else { throw .malformed }
        guard client.type == type, client.origin == origin, client.crossOrigin != true,
            constantTimeEqual(Array(client.challenge.utf8), Array(Base64URL.encode(Array(challenge.utf8)).utf8))
        else { throw .notAsked }
        return bytes
    }
}

/// What an authenticator says of itself (WebAuthn, section 6.1).
private struct Authenticator {
    let count: Int
    let isBackedUp: Bool
    let credential: (id: [UInt8], key: ForeignKey?)?

    init(_ bytes: [UInt8], host: String) throws(PasskeyCheck.Refusal) {
        guard bytes.count >= 37 else { throw .malformed }
        guard Array(bytes[..<32]) == SHA256.digest(Array(host.utf8)) else { throw .notAsked }
        let flags = bytes[32]
        // Touched, and known by a finger, a face or a PIN: it stands for a password and a second factor.
        guard flags & 0x05 == 0x05 else { throw .nobodyThere }
        // What is backed up must be able to be.
        guard flags & 0x18 != 0x10 else { throw .malformed }
        isBackedUp = flags & 0x10 != 0
        count = bytes[33..<37].reduce(0) { $0 << 8 | Int($1) }
        var place = 37
        if flags & 0x40 != 0 {
            guard bytes.count >= 55 else { throw .malformed }
            let length = Int(bytes[53]) << 8 | Int(bytes[54])
            place = 55 + length
            guard (1...1023).contains(length), place < bytes.count else { throw .malformed }
            let id = Array(bytes[55..<place])
            guard let key = CBOR.read(bytes, at: &place) else { throw .malformed }
            credential = (id, Self.key(key))
        } else {
            credential = nil
        }
        if flags & 0x80 != 0 {
            guard case .map = CBOR.read(bytes, at: &place) else { throw .malformed }
        }
        guard place == bytes.count else { throw .malformed }
    }

    /// A key of COSE (RFC 9053); nil for one of a kind that is not taken.
    private static func key(_ cose: CBOR) -> ForeignKey? {
        switch (cose[1]?.whole, cose[3]?.whole) {
        case (2, ForeignKey.Algorithm.es256.rawValue) where cose[-1]?.whole == 1:
            cose[-2]?.raw.flatMap { x in cose[-3]?.raw.flatMap { ForeignKey(x: x, y: $0) } }
        case (1, ForeignKey.Algorithm.edDSA.rawValue) where cose[-1]?.whole == 6:
            cose[-2]?.raw.flatMap { ForeignKey(ed25519: $0) }
        case (3, ForeignKey.Algorithm.rs256.rawValue):
            cose[-1]?.raw.flatMap { n in cose[-2]?.raw.flatMap { ForeignKey(modulus: n, exponent: $0) } }
        default: nil
        }
    }
}
