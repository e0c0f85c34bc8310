import Crypto
import FoundationEssentials

/// What browsers are asked, in the form of WebAuthn's `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON`.
enum PasskeyOptions {
    /// A passkey that there is.
    struct Known: Encodable {
        let type = "public-key"
        let id: String
        let transports: [String]

        init(_ credential: [UInt8], _ transports: String) {
            id = Base64URL.encode(credential)
            self.transports = transports.unicodeScalars.split(separator: " ").map { String($0) }
        }
    }

    /// A new one, which the authenticator itself can find again, and which asks for a finger, a face or a PIN.
    struct Making: Encodable {
        struct Party: Encodable { let id: String, name: String }
        struct User: Encodable { let id: String, name: String, displayName: String }
        struct Kind: Encodable {
            let type = "public-key"
            let alg: Int
        }
        struct Choice: Encodable {
            let residentKey = "required", requireResidentKey = true, userVerification = "required"
        }

        let challenge: String
        let rp: Party
        let user: User
        let pubKeyCredParams = ForeignKey.Algorithm.allCases.map { Kind(alg: $0.rawValue) }
        let timeout = 300_000
        let attestation = "none"
        let authenticatorSelection = Choice()
        let excludeCredentials: [Known]

        init(_ challenge: String, host: String, person: UUID, name: String, called: String, but held: [Known]) {
            self.challenge = Base64URL.encode(Array(challenge.utf8))
            rp = Party(id: host, name: "Rapport")
            user = User(id: Base64URL.encode(Array(person.text.utf8)), name: name, displayName: called)
            excludeCredentials = held
        }
    }

    /// Any that the browser has for this address.
    struct Showing: Encodable {
        let challenge: String
        let rpId: String
        let timeout = 300_000
        let userVerification = "required"
        let allowCredentials: [Known] = []

        init(_ challenge: String, host: String) {
            self.challenge = Base64URL.encode(Array(challenge.utf8))
            rpId = host
        }
    }
}
