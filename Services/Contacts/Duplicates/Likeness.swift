import FoundationEssentials

/// What of a party is compared with others.
struct MatchProfile {
    let id: UUID
    let kind: String
    let name: MatchName?
    let email: String?
    let phone: String?
    let country: String?
    /// Whether the ERP has a number for it.
    let hasNumber: Bool

    init(
        id: UUID, kind: String, name: String, email: String?, phone: String?, country: String?, hasNumber: Bool
    ) {
        self.id = id
        self.kind = kind
        self.name = MatchName(name)
        self.email = email.map(Self.mail)
        self.phone = phone.flatMap(Self.digits)
        self.country = country?.lowercased()
        self.hasNumber = hasNumber
    }

    /// What it is found by: each a kind and the text that alike parties share.
    var keys: [(kind: String, key: String)] {
        [("mail", email), ("phone", phone), ("name", name?.key)].compactMap { kind, key in key.map { (kind, $0) } }
    }

    /// Without case and without what stands behind a plus, which the same person chose for some purpose.
    private static func mail(_ address: String) -> String {
        let parts = address.lowercased().split(separator: "@")
        guard parts.count == 2, let name = parts[0].split(separator: "+").first else { return address.lowercased() }
        return "\(name)@\(parts[1])"
    }

    /// The last nine digits: with or without country and zero it is the same number.
    private static func digits(_ phone: String) -> String? {
        let digits = phone.filter { ("0"..."9").contains($0) }
        return digits.count >= 7 ? String(digits.suffix(9)) : nil
    }
}

/// How likely two parties are one, in points of 100, and why.
///
/// The weights are a judgement, not learnt: a shared mail address alone brings a pair to people's eyes, a shared telephone needs
/// something beside it, and a name alone does where hardly anybody else has it. Two numbers of one ERP speak against it.
struct Likeness {
    /// From how many points on people are asked.
    static let threshold = 50

    private(set) var score = 0
    private(set) var reasons: [String] = []

    /// Compares; `bearers` is how many parties are known to have the name, as far as they were counted.
    init(_ a: MatchProfile, _ b: MatchProfile, bearers: Int) {
        if let mail = a.email, mail == b.email { add(60, "same mail") }
        if let phone = a.phone, phone == b.phone { add(40, "same phone") }
        if let mine = a.name, let theirs = b.name { compareNames(mine, theirs, bearers: bearers) }
        if let country = a.country, country == b.country { add(5, "same country") }
        if a.kind != b.kind { add(-10, "different kinds") }
        if a.hasNumber, b.hasNumber { add(-10, "customer numbers of their own") }
        score = min(100, max(0, score))
    }

    private mutating func compareNames(_ mine: MatchName, _ theirs: MatchName, bearers: Int) {
        if mine.key == theirs.key {
            let isRare = mine.tellsApart && bearers <= 3
            return add(isRare ? 45 : bearers <= 20 ? 30 : 15, "same name")
        }
        let likeness = mine.likeness(to: theirs)
        // One of three Chinese characters may be a slip; the family name comes first.
        let isSlip = mine.isChinese && theirs.isChinese && likeness > 0.6 && mine.key.first == theirs.key.first
        if likeness >= 0.8 || isSlip { add(20, "similar name") }
    }

    private mutating func add(_ points: Int, _ reason: String) {
        score += points
        reasons.append(reason)
    }
}
