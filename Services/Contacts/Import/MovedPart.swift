import CRMModel
import Crypto
import FoundationEssentials
import Text

/// What a row of another system's exports says beside the party itself.
struct MovedPart: Sendable {
    /// A decision on a channel and a purpose.
    struct Consent: Sendable, Equatable {
        let channel: String
        let purpose: String
        let granted: Bool
    }

    /// The file and the line that it was read from.
    var origin = ""
    /// Why it does not come in.
    var leftOut: String?
    /// Whether it was made of a row that is counted itself.
    var isDerived = false
    /// Another reference of the same system.
    var alsoCalled: String?
    /// The firm that employs the person, or stands above the firm, by its reference.
    var firm: String?
    var since: String?
    var role: String?
    var consents: [Consent] = []
    var note: String?
}

extension ImportRow {
    /// Whether it makes no party and adds to one.
    var isAddition: Bool { moved.map { $0.firm != nil || $0.note != nil } ?? false }

    /// Whether it counts as a row of its file.
    var isCounted: Bool { moved?.isDerived != true }

    /// What is told of it, with the place where it stood.
    func told(_ message: String) -> String {
        moved.flatMap { $0.origin.isEmpty ? nil : "\($0.origin): \(message)" } ?? message
    }

    /// Sets what only sets say.
    mutating func setMoved(_ member: String, _ text: String) -> String? {
        guard !text.utf8.contains(0) else { return "has a NUL character" }
        var part = moved ?? MovedPart()
        switch member {
        case "origin": part.origin = text
        case "leftOut": part.leftOut = text
        case "derived": part.isDerived = true
        case "alsoCalled": part.alsoCalled = text.utf8.count <= 200 ? text : nil
        case "firm": part.firm = text
        case "since": part.since = Self.day(text)
        case "role": part.role = String(text.unicodeScalars.prefix(500))
        case "consents": part.consents = Self.list(text).compactMap(Self.consent)
        case "note": part.note = text
        default: break
        }
        moved = part
        return nil
    }

    /// `mail/marketing=no`.
    private static func consent(_ text: String) -> MovedPart.Consent? {
        guard let (what, word) = text.parted(by: "="), let (channel, purpose) = what.parted(by: "/") else {
            return nil
        }
        return MovedPart.Consent(channel: channel, purpose: purpose, granted: word == "yes")
    }
}

extension Party {
    /// How long notes may be, in characters.
    static let longestNotes = 10_000

    /// Whether a note stands among its own.
    func has(note: String) -> Bool { notes?.unicodeScalars.firstRange(of: note.unicodeScalars) != nil }

    /// Adds a note behind those that are there, once, where there is room.
    mutating func keep(note: String) {
        guard !has(note: note) else { return }
        let before = notes ?? ""
        let all = before.isEmpty ? note : before + "\n\n" + note
        if all.unicodeScalars.count <= Self.longestNotes { notes = all }
    }
}
