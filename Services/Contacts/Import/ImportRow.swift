import CRMModel
import FoundationEssentials
import HTTP
import Phones
import ServiceKit
import Text
import Writing

/// One record of a file on its way to be a party: only what was given.
struct ImportRow: Sendable {
    var line = 0
    var name: String?
    var kind: String?
    var emails: [PartyDetails.Email] = []
    var phones: [PartyDetails.Phone] = []
    var words: [String: String] = [:]
    var tags: [String] = []
    var birthday: String?
    var details = PartyDetails()
    var custom: [String: CustomValue] = [:]
    /// Custom fields of a card, which only their definitions make values of.
    var customTexts: [String: String] = [:]
    var reference: String?
    /// What this system or others call it, as our own exports say.
    var partyID: UUID?
    var references: [String] = []
    /// What was not understood and is kept as it was written, for people.
    var oddities: [String] = []
    /// The record as it stood in the file.
    var source = ""
    /// What it says beside the party, where it comes of another system's exports.
    var moved: MovedPart?

    /// What tells that two rows may be one party; a reference alone tells that they are.
    enum Key: Hashable {
        case party(UUID)
        case reference(String)
        case mail(String)
        case phone(String)
    }

    /// What another system calls the party, its mail address, its phone number where that is of some length.
    var keys: [Key] {
        var keys: [Key] = []
        if let partyID { keys.append(.party(partyID)) }
        if let reference { keys.append(.reference(reference)) }
        if let mail = emails.first { keys.append(.mail(mail.address.lowercased())) }
        if let phone = phones.first, PhoneNumber.alike(phone.number) != nil { keys.append(.phone(phone.number)) }
        return keys
    }

    /// What of it is compared with others.
    var identity: ImportIdentity {
        ImportIdentity(name: name, mail: emails.first?.address, phone: phones.first?.number)
    }

    /// Puts together what came in parts; gives the field that is missing and what is wrong.
    mutating func finish() -> (field: String, message: String)? {
        if name == nil { name = assembledName() ?? details.organisation }
        for part in ["givenName", "familyName", "middleName", "namePrefix", "nameSuffix"] { words[part] = nil }
        finishPhones()
        var seen: Set<String> = []
        emails = emails.filter { seen.insert($0.address.lowercased()).inserted }
        if emails.count > 1 || emails.first?.label != nil { details.emails = Array(emails.prefix(20)) }
        if phones.count > 1 || phones.first.map({ $0.label != nil || $0.extension != nil }) == true {
            details.phones = Array(phones.prefix(20))
        }
        if emails.count > 20 || phones.count > 20 {
            oddities.append("more than 20 addresses or numbers: the first 20 are kept")
        }
        guard let name else { return ("name", "is missing") }
        return name.utf8.count > PartyInput.longestName
            ? ("name", "has more than \(PartyInput.longestName) bytes of UTF-8") : nil
    }

    private func assembledName() -> String? {
        let (given, family) = (words["givenName"], words["familyName"])
        let isChinese = (family ?? given)?.unicodeScalars.contains { (0x3400...0x9FFF).contains($0.value) } ?? false
        let parts = isChinese ? [family, words["middleName"], given] : [given, words["middleName"], family]
        let whole = parts.compactMap { $0 }.joined(separator: isChinese ? "" : " ")
        return whole.isEmpty ? nil : whole
    }

    /// Numbers by the plan of the row's country.
    private mutating func finishPhones() {
        let region = (words["country"] ?? details.addresses?.lazy.compactMap(\.country).first).flatMap(Country.code)
        var seen: Set<PartyDetails.Phone.Desk> = []
        phones = phones.compactMap { one in
            guard let read = PhoneNumber(one.number, in: region) else { return nil }
            let phone = PartyDetails.Phone(
                number: read.number, label: one.label, extension: one.extension ?? read.extension)
            if !read.isOfAPlan, region != nil || one.number.contains("+") {
                oddities.append("phone \(one.number) is no number of a country's plan, kept as written")
            }
            return seen.insert(phone.desk).inserted ? phone : nil
        }
    }

    // MARK: Parties

    /// A new party of the row.
    func party(_ id: UUID) -> Party {
        var party = Party(id: id, name: name ?? "")
        apply(to: &party)
        return party
    }

    /// Takes what the row says over into a party; what it does not say stays.
    func apply(to party: inout Party) {
        party.name = name ?? party.name
        party.kind = kind ?? party.kind
        party.email = emails.first?.address ?? party.email
        party.phone = phones.first?.number ?? party.phone
        party.language = words["language"] ?? party.language
        party.timeZone = words["timeZone"] ?? party.timeZone
        party.country = words["country"] ?? party.country
        // Cards have one kind of line ends: what differs in them alone is the same.
        if let notes = words["notes"], notes.withoutReturns != party.notes?.withoutReturns { party.notes = notes }
        party.owner = words["owner"] ?? party.owner
        party.category = words["category"] ?? party.category
        party.birthday = birthday ?? party.birthday
        if !tags.isEmpty { party.tags += tags.filter { !party.tags.contains($0) } }
        var said = details
        if let preferences = details.preferences {
            said.preferences = (party.details.preferences ?? [:]).merging(preferences) { $1 }
        }
        party.details = party.details.merging(said, cleared: [])
        if let address = emails.first?.address, details.emails == nil { party.leadEmails(by: address) }
        if let number = phones.first?.number, details.phones == nil { party.leadPhones(by: number) }
        party.completeNumbers()
        party.custom.merge(custom) { $1 }
        if let reference, !party.references.contains(reference) { party.references.append(reference) }
        if let note = moved?.note { party.keep(note: note) }
    }
}

extension String {
    fileprivate var withoutReturns: String {
        utf8.contains(0x0D) ? replacing("\r\n", with: "\n").replacing("\r", with: "\n") : self
    }
}

extension PartyDetails.Phone {
    /// What is dialled to reach it.
    struct Desk: Hashable {
        let number: String
        let `extension`: String?
    }

    var desk: Desk { Desk(number: number, extension: self.extension) }
}

/// What of a row and of a party tells whether the two are one: a number or a mailbox that several share does not, where the names are
/// others' and nothing else agrees.
struct ImportIdentity: Sendable {
    let name: String?
    let mail: String?
    let phone: String?

    /// Whether two who share an address or a number are one.
    func isOne(with other: ImportIdentity) -> Bool {
        let sharesMail = mail != nil && mail?.lowercased() == other.mail?.lowercased()
        let sharesPhone = phone != nil && phone == other.phone
        if sharesMail, sharesPhone { return true }
        guard let mine = name.flatMap({ MatchName($0) }), let theirs = other.name.flatMap({ MatchName($0) }) else {
            return true
        }
        return mine.mayBe(theirs)
    }
}
