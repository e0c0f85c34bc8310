import CRMModel
import FoundationEssentials
import HTTP
import Phones
import ServiceKit
import Text
import Writing

/// What lists are filtered by: each field with its expression and how a value is looked for.
extension PartyQuery {
    /// How the index of search terms finds a value of a field.
    private enum Finding: Sendable {
        /// By the term `field=value`, which `Party.facets` writes.
        case term
        /// By the pieces of the value: the field is part of what is searched.
        case pieces
        /// Not: the field is read.
        case reading
    }

    /// Fields that are compared for equality. `test` says of the SQL of a value whether a party has it.
    private struct Word: Sendable {
        /// NULL where nothing is set.
        let column: String
        let finding: Finding
        let test: @Sendable (String) -> String

        init(_ column: String, _ finding: Finding = .term, _ test: (@Sendable (String) -> String)? = nil) {
            self.column = column
            self.finding = finding
            self.test = test ?? { "\(column) = \($0)" }
        }

        /// A member of the objects of a list in `details`.
        static func member(_ name: String, of list: String) -> Word {
            Word("jsonb_path_query_first(p.details, '$.\(list)[*].\(name)')") {
                "p.details->'\(list)' @> jsonb_build_array(jsonb_build_object('\(name)', \($0)))"
            }
        }
    }

    private static let words: [String: Word] = {
        var words = [
            "kind": Word("p.kind"), "language": Word("p.language"), "timeZone": Word("p.time_zone"),
            "country": Word("p.country"), "owner": Word("p.owner"), "category": Word("p.category"),
            "organisation": Word("p.details->>'organisation'"), "title": Word("p.details->>'title'"),
            "taxId": Word("p.details->>'taxId'"),
            "notes": Word("p.notes", .reading), "name": Word("p.name", .pieces),
            "tag": Word("nullif(p.tags, '{}')") { "p.tags @> ARRAY[\($0)]" },
            "like": Word("nullif(p.details->'likes', '[]')") { "p.details->'likes' ? \($0)" },
            "handle": .member("handle", of: "handles"),
            "email": Word("p.email", .pieces) {
                """
                (lower(p.email) = lower(\($0)) OR EXISTS (
                    SELECT FROM jsonb_array_elements(p.details->'emails') e WHERE lower(e->>'address') = lower(\($0))))
                """
            },
            "phone": Word("p.phone", .pieces) {
                "(p.phone = \($0) OR p.details->'phones' @> jsonb_build_array(jsonb_build_object('number', \($0))))"
            },
            "reference": Word("(SELECT r.reference FROM party_reference r WHERE r.party_id = p.id LIMIT 1)", .pieces) {
                "EXISTS (SELECT FROM party_reference r WHERE r.party_id = p.id AND r.reference = \($0))"
            },
        ]
        for part in PartyDetails.Address.parts { words["address.\(part)"] = .member(part, of: "addresses") }
        return words
    }()

    private static let times = [
        "createdAt": ("p.created_at", "timestamptz"), "updatedAt": ("p.updated_at", "timestamptz"),
        "birthday": ("p.birthday", "date"),
    ]

    mutating func add(_ condition: PartyCondition, _ place: String) throws {
        let asked = [condition.is != nil, condition.isNot != nil, condition.in != nil, condition.isSet != nil]
        let isRange = condition.atLeast != nil || condition.atMost != nil
        guard asked.count(where: { $0 }) + (isRange ? 1 : 0) == 1 else {
            throw Problem.field(place, "needs one of is, isNot, in, isSet, or atLeast and atMost")
        }
        let name = condition.field
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if let word = Self.words[name] {
            try addWord(condition, place, word)
        } else if let (column, type) = Self.times[name] {
            try addRange(condition, place, column, type) { $0 }
        } else if parts.count == 2, !parts[1].isEmpty {
            switch parts[0] {
            case "value": try addValue(condition, place)
            case "custom": try addCustom(condition, place, parts[1])
            case "consent": try addConsent(condition, place, parts[1])
            case "preferences":
                try addWord(condition, place, Word("p.details->'preferences'->>\(bind(parts[1]))"))
            default: throw Self.unknown(place)
            }
        } else if name == "stage" {
            try addStage(condition, place)
        } else if name == "benefit" {
            try addBenefit(condition, place)
        } else {
            throw Self.unknown(place)
        }
    }

    static func unknown(_ place: String) -> Problem {
        Problem.field("\(place).field", "is no field that lists are filtered by")
    }

    // MARK: Equality

    /// By the index of search terms, and then by the field itself, for terms may collide.
    private mutating func addWord(_ condition: PartyCondition, _ place: String, _ word: Word) throws {
        if let isSet = condition.isSet { return add("\(word.column) IS \(isSet ? "NOT NULL" : "NULL")") }
        guard let wanted = condition.in ?? (condition.is ?? condition.isNot).map({ [$0] }), !wanted.isEmpty,
            wanted.count <= 200
        else { throw Problem.field(place, "takes is, isNot, in (1 to 200) or isSet for \(condition.field)") }
        let texts = try wanted.flatMap { value in
            guard let text = value.facet else { throw Problem.field(place, "compares with at most 200 characters") }
            return Self.stored(text, of: condition.field)
        }
        if condition.isNot != nil {
            return add("(\(texts.map { word.test(bind($0)) }.joined(separator: " OR "))) IS NOT TRUE")
        }
        switch word.finding {
        case .reading: add("(\(texts.map { word.test(bind($0)) }.joined(separator: " OR ")))")
        case .term:
            let terms = texts.map { String(SearchText.facet("\(condition.field)=\($0)")) }
            add("p.search_terms && \(bind("{\(terms.joined(separator: ","))}", as: "integer[]"))", isIndexed: true)
            add("(\(texts.map { word.test(bind($0)) }.joined(separator: " OR ")))")
        case .pieces:
            let tests = texts.map { text in
                let test = word.test(bind(text))
                return SearchText.required(Self.pieces(text, of: condition.field)).map {
                    "(p.search_terms @> \(bind($0, as: "integer[]")) AND \(test))"
                } ?? test
            }
            add("(\(tests.joined(separator: " OR ")))", isIndexed: true)
        }
    }

    /// A value as the field keeps it: a mail address and a phone number in any writing. A country is its code, or what was written before
    /// codes were.
    private static func stored(_ text: String, of field: String) -> [String] {
        switch field {
        case "email": [MailAddress.normal(text) ?? text]
        // Letters are passed over where people write numbers; who asks for one means it.
        case "phone": [text.contains(where: \.isLetter) ? text : PhoneNumber.normal(text) ?? text]
        case "language": [LanguageTag.normal(text) ?? text]
        case "country", "address.country": Array(Set([Country.stored(text), text])).sorted()
        default: [text]
        }
    }

    /// What of a value is among the pieces of the text that is searched.
    private static func pieces(_ text: String, of field: String) -> [String] {
        switch field {
        case "name": [Fold.name(text)]
        case "phone": [text.filter { ("0"..."9").contains($0) }]
        default: [Fold.text(text)]
        }
    }

    private mutating func addCustom(_ condition: PartyCondition, _ place: String, _ key: String) throws {
        guard let field = fields.byKey[key] else { throw Problem.field("\(place).field", "is no custom field") }
        guard condition.atLeast != nil || condition.atMost != nil else {
            let bound = bind(key)
            return try addWord(condition, place, Word("p.custom->>\(bound)"))
        }
        var tests = ["c.party_id = p.id", "c.field = \(bind(key))"]
        for (sign, member, value) in [(">=", "atLeast", condition.atLeast), ("<=", "atMost", condition.atMost)] {
            guard let value else { continue }
            guard let number = field.number(value) else {
                throw Problem.field("\(place).\(member)", field.complaint(value) ?? "goes with numbers and dates only")
            }
            tests.append("c.number \(sign) \(bind(number, as: "numeric"))")
        }
        add("EXISTS (SELECT 1 FROM party_custom c WHERE \(tests.joined(separator: " AND ")))", isIndexed: true)
    }

    // MARK: Ranges

    /// `wrap` puts what the column belongs to around the tests.
    mutating func addRange(
        _ condition: PartyCondition, _ place: String, _ column: String, _ type: String,
        around wrap: (String) -> String
    ) throws {
        if let isSet = condition.isSet { return add(wrap("(\(column)) IS \(isSet ? "NOT NULL" : "NULL")")) }
        guard condition.isNot == nil, condition.in == nil else {
            throw Problem.field(place, "takes is, atLeast, atMost or isSet for \(condition.field)")
        }
        var tests: [String] = []
        let bounds = [
            ("=", "is", condition.is), (">=", "atLeast", condition.atLeast), ("<=", "atMost", condition.atMost),
        ]
        for (sign, member, value) in bounds {
            guard let value else { continue }
            let text = try Self.bound(value, type, "\(place).\(member)")
            tests.append("(\(column)) \(sign) \(bind(text, as: type == "money" ? "bigint" : type))")
        }
        add(wrap(tests.joined(separator: " AND ")))
    }

    /// A bound as PostgreSQL reads it; money in ten-thousandths, as it is stored.
    private static func bound(_ value: CustomValue, _ type: String, _ place: String) throws -> String {
        switch (type, value) {
        case ("date", .text(let text)):
            guard CalendarDay(text) != nil else { break }
            return text
        case ("timestamptz", .text(let text)):
            guard RFC3339.date(text) != nil else { break }
            return text
        case ("bigint", .number(let number)):
            guard let count = Int("\(number)") else { break }
            return "\(count)"
        case ("numeric", .number(let number)):
            guard number.isFinite else { break }
            return "\(number)"
        case ("money", .text(let text)):
            guard let amount = Amount(text) else { break }
            return "\(amount.units)"
        default: break
        }
        let kinds = [
            "date": "a date, YYYY-MM-DD", "timestamptz": "a time such as 2010-12-01T08:26:00Z",
            "bigint": "a whole number", "numeric": "a number", "money": "an amount such as \"1000.00\"",
        ]
        throw Problem.field(place, "must be \(kinds[type] ?? "a value of the field")")
    }

    // MARK: What other tables hold

    /// One stage or several; who has none is a prospect.
    private mutating func addStage(_ condition: PartyCondition, _ place: String) throws {
        let wanted = try Self.words(condition, place, of: Party.stages)
        let stages = bind("{\(wanted.joined(separator: ","))}", as: "text[]")
        if wanted.contains("prospect") {
            add("coalesce((SELECT s.stage FROM party_stage s WHERE s.party_id = p.id), 'prospect') = ANY(\(stages))")
        } else {
            add("EXISTS (SELECT 1 FROM party_stage s WHERE s.party_id = p.id AND s.stage = ANY(\(stages)))")
        }
    }

    /// What a customer values, declared or learnt.
    private mutating func addBenefit(_ condition: PartyCondition, _ place: String) throws {
        let wanted = try Self.words(condition, place, of: BenefitStore.benefits)
        let benefits = bind("{\(wanted.joined(separator: ","))}", as: "text[]")
        add(
            """
            EXISTS (SELECT 1 FROM party_benefit b WHERE b.party_id = p.id AND coalesce(b.declared, b.learnt) = ANY(\(benefits)))
            """)
    }

    /// The words that a condition asks for, all of them known.
    static func words(_ condition: PartyCondition, _ place: String, of known: [String]) throws -> [String] {
        let wanted = (condition.in ?? condition.is.map { [$0] } ?? []).compactMap(\.facet)
        guard !wanted.isEmpty, wanted.allSatisfy(known.contains) else {
            throw Problem.field(place, "takes is or in, of \(known.joined(separator: ", "))")
        }
        return wanted
    }

    /// `consent.mail.marketing` is true or false.
    private mutating func addConsent(_ condition: PartyCondition, _ place: String, _ name: String) throws {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count == 2, case .boolean(let granted) = condition.is else {
            throw Problem.field(place, "must be consent.<channel>.<purpose> that is true or false")
        }
        add(
            """
            EXISTS (SELECT 1 FROM consent_effective c WHERE c.party_id = p.id AND c.channel = \(bind(parts[0]))
                AND c.purpose = \(bind(parts[1])) AND c.is_said AND c.granted = \(bind("\(granted)", as: "boolean")))
            """)
    }
}
