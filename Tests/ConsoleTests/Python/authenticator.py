# A software authenticator, and what the package webauthn says of what it makes: a line of JSON each.
import base64, hashlib, json, random, struct, sys
import cbor2, webauthn
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from webauthn.helpers.cose import COSEAlgorithmIdentifier as Alg

origin, host, challenge, seed, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
chance = random.Random(seed)
b64 = lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
big = lambda n, size=None: n.to_bytes(size or (n.bit_length() + 7) // 8, "big")

class Key:
    def __init__(self, kind):
        self.kind = kind
        if kind == -7:
            self.key = ec.generate_private_key(ec.SECP256R1())
            p = self.key.public_key().public_numbers()
            self.cose = {1: 2, 3: -7, -1: 1, -2: big(p.x, 32), -3: big(p.y, 32)}
        elif kind == -8:
            self.key = ed25519.Ed25519PrivateKey.generate()
            raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            self.cose = {1: 1, 3: -8, -1: 6, -2: raw}
        else:
            self.key = rsa.generate_private_key(65537, 2048)
            p = self.key.public_key().public_numbers()
            self.cose = {1: 3, 3: -257, -1: big(p.n), -2: big(p.e)}
        self.spki = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message):
        if self.kind == -7: return self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        if self.kind == -8: return self.key.sign(message)
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())

keys = [Key(kind) for kind in (-7, -8, -257) for _ in range(2)]
person = b"01938b6e-0000-7000-8000-000000000001"

def client(kind, change):
    said = {"type": kind, "challenge": b64(challenge.encode()), "origin": origin, "crossOrigin": False}
    if change == "type": said["type"] = "webauthn.other"
    if change == "challenge": said["challenge"] = b64(challenge.encode() + b"x")
    if change == "origin": said["origin"] = chance.choice(
        [origin + ".evil.example", origin.replace("https", "http"), origin + ":444", "https://evil.example"])
    return json.dumps(said).encode()

def authenticator(change, count, credential=b""):
    flags = 0x05 | (0x40 if credential else 0) | chance.choice([0, 0x08, 0x18])
    if change == "nobody": flags &= ~0x01
    if change == "unknown": flags &= ~0x04
    if change == "backup": flags = flags & ~0x18 | 0x10
    name = host if change != "host" else "evil.example"
    data = hashlib.sha256(name.encode()).digest() + bytes([flags]) + struct.pack(">I", count) + credential
    if change == "short": data = data[:chance.randrange(0, len(data))]
    if change == "long": data += b"\x00"
    return data

def tell(kind, sent, verdict, **more):
    print(json.dumps({"kind": kind, "sent": json.dumps(sent), "verdict": verdict, **more}))

def judge(work):
    try:
        work()
        return True
    except Exception:
        return False

both = [None, None, "type", "challenge", "origin", "host", "nobody", "unknown", "backup", "short", "long"]
for _ in range(rounds):
    key, other = chance.sample(keys, 2)
    identity = chance.randbytes(chance.choice([16, 32, 64]))
    change = chance.choice(both + ["id"])
    cose = cbor2.dumps(key.cose)
    data = authenticator(change, chance.choice([0, 7]), b"\x00" * 16 + struct.pack(">H", len(identity)) + identity + cose)
    shown = identity if change != "id" else chance.randbytes(16)
    sent = {"id": b64(shown), "rawId": b64(shown), "type": "public-key", "clientExtensionResults": {}, "response": {
        "clientDataJSON": b64(client("webauthn.create", change)), "transports": ["internal"],
        "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data}))}}
    verdict = judge(lambda: webauthn.verify_registration_response(
        credential=sent, expected_challenge=challenge.encode(), expected_rp_id=host, expected_origin=origin,
        require_user_verification=True,
        supported_pub_key_algs=[Alg.ECDSA_SHA_256, Alg.EDDSA, Alg.RSASSA_PKCS1_v1_5_SHA_256]))
    tell("made", sent, verdict, change=change or "", spki=base64.b64encode(key.spki).decode())

    change = chance.choice(both + ["signature", "key", "count", "data"])
    stored, count = chance.choice([(0, 0), (0, 5), (5, 6), (9, 1000)])
    if change == "count": stored, count = chance.choice([(5, 5), (5, 0), (6, 5)])
    data, said = authenticator(change, count), client("webauthn.get", change)
    signature = (other if change == "key" else key).sign(data + hashlib.sha256(said).digest())
    if change == "signature":
        place = chance.randrange(len(signature))
        signature = signature[:place] + bytes([signature[place] ^ 1 << chance.randrange(8)]) + signature[place + 1:]
    if change == "data": data = data[:33] + struct.pack(">I", count + 1)
    sent = {"id": b64(identity), "rawId": b64(identity), "type": "public-key", "clientExtensionResults": {}, "response": {
        "clientDataJSON": b64(said), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(person)}}
    verdict = judge(lambda: webauthn.verify_authentication_response(
        credential=sent, expected_challenge=challenge.encode(), expected_rp_id=host, expected_origin=origin,
        credential_public_key=cose, credential_current_sign_count=stored, require_user_verification=True))
    tell("shown", sent, verdict, change=change or "", spki=base64.b64encode(key.spki).decode(),
         algorithm=key.kind, stored=stored, count=count)
