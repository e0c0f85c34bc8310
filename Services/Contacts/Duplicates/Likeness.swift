import FoundationEssentials
import Phones
import Text
import Writing

/// What of a party is compared with others.
struct MatchProfile {
    let id: UUID
    let kind: String
    let name: MatchName?
    let emails: Set<String>
    let phones: Set<String>
    let addresses: [MatchAddress]
    let country: String?
    /// Whether the ERP has a number for it.
    let hasNumber: Bool

    /// - Parameter details: its further mail addresses and numbers, and where it lives.
    init(
        id: UUID, kind: String, name: String, email: String?, phone: String?, country: String?, details: PartyDetails,
        hasNumber: Bool
    ) {
        self.id = id
        self.kind = kind
        self.name = MatchName(name)
        emails = Set(
            ([email] + (details.emails ?? []).prefix(5).map(\.address)).compactMap { $0.map(MailAddress.alike) })
        phones = Set(
            ([phone] + (details.phones ?? []).prefix(5).map(\.number)).compactMap { $0.flatMap(PhoneNumber.alike) })
        addresses = (details.addresses ?? []).prefix(3).compactMap { MatchAddress($0) }
        self.country = country?.lowercased()
        self.hasNumber = hasNumber
    }

    /// What it is found by: each a kind and the text that alike parties share.
    var keys: [(kind: String, key: String)] {
        emails.map { ("mail", $0) } + phones.map { ("phone", $0) }
            + [("name", name?.key), ("sound", name?.sound)].compactMap { kind, key in key.map { (kind, $0) } }
            + Set(addresses.flatMap(\.keys)).map { ("address", $0) }
    }
}

/// How likely two parties are one, in points of 100, and why.
///
/// The weights are a judgement, not learnt: a shared mail address alone brings a pair to people's eyes, and so does a telephone that few
/// share; a switchboard's or a shared address needs something beside it, and a name alone does where hardly anybody else has it. Two
/// numbers of one ERP speak against it.
struct Likeness {
    /// From how many points on people are asked.
    static let threshold = 50
    /// A telephone that more parties have is a firm's, and tells nobody apart.
    static let mostOfOnePhone = 5

    private(set) var score = 0
    private(set) var reasons: [String] = []

    /// Compares; `bearers` is how many parties are known to have the name, as far as they were counted, and `phoneBearers` how many have
    /// one of the telephones.
    init(_ a: MatchProfile, _ b: MatchProfile, bearers: Int, phoneBearers: Int = 2) {
        if !a.emails.isDisjoint(with: b.emails) { add(60, "same mail") }
        if !a.phones.isDisjoint(with: b.phones) {
            add(phoneBearers <= Self.mostOfOnePhone ? 50 : 40, "same phone")
        }
        if let mine = a.name, let theirs = b.name { compareNames(mine, theirs, bearers: bearers) }
        compareAddresses(a.addresses, b.addresses)
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
        if let sound = mine.sound, sound == theirs.sound {
            add(25, "name that sounds the same")
        } else if likeness >= 0.8 || isSlip {
            add(20, "similar name")
        }
    }

    private mutating func compareAddresses(_ mine: [MatchAddress], _ theirs: [MatchAddress]) {
        let best = mine.flatMap { one in theirs.map { one.likeness(to: $0) } }.max() ?? 0
        if best == 1 { add(30, "same address") } else if best >= 0.8 { add(15, "similar address") }
    }

    private mutating func add(_ points: Int, _ reason: String) {
        score += points
        reasons.append(reason)
    }
}
