import Crypto
import Testing

@Suite struct Ed25519Tests {
    /// RFC 8032, 7.1: seed, public key, message, signature.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ])
    func givesTheKnownAnswers(_ seed: String, _ publicKey: String, _ message: String, _ signature: String) throws {
        let bytesOfSeed = try #require(Hex.decode(seed))
        let key = try #require(Ed25519.PrivateKey(seed: bytesOfSeed))
        #expect(Hex.encode(key.publicKey.bytes) == publicKey)
        let bytes = try #require(Hex.decode(message))
        #expect(Hex.encode(key.sign(bytes)) == signature)
        #expect(key.publicKey.isValid(key.sign(bytes), of: bytes))
    }

    @Test func anythingChangedIsNotValid() throws {
        let key = Ed25519.PrivateKey()
        let signature = key.sign([1, 2, 3])
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1
            #expect(!key.publicKey.isValid(changed, of: [1, 2, 3]))
        }
        #expect(!key.publicKey.isValid(signature, of: [1, 2]) && !key.publicKey.isValid([], of: [1, 2, 3]))
        #expect(!Ed25519.PrivateKey().publicKey.isValid(signature, of: [1, 2, 3]))
        #expect(key.publicKey.isValid(signature, of: [1, 2, 3]))
    }

    @Test func whatIsNoKeyIsNone() {
        #expect(Ed25519.PrivateKey(seed: []) == nil && Ed25519.PublicKey(bytes: [1, 2]) == nil)
    }
}
