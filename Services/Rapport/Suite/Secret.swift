import Crypto

/// Secrets that the suite draws for its own database roles.
enum Secret {
    /// 192 bits as hexadecimal digits, which need no quoting anywhere.
    static func random() -> String { Hex.encode(SecureRandom.bytes(24)) }
}
