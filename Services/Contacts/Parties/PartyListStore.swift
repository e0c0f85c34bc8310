import CRMModel
import Crypto
import FoundationEssentials
import HTTP
import ServiceKit

/// The text of a query on parties and its arguments. Only text of this file and of `PartyStore` gets into the SQL; what callers send
/// goes into the arguments.
struct PartyQuery {
    /// A merged party is shown under its id and left out of lists.
    private(set) var conditions: [String] = ["p.merged_into IS NULL"]
    private(set) var arguments: [String] = []
    let fields: CustomFields

    init(_ filter: [PartyCondition], _ fields: CustomFields) throws {
        self.fields = fields
        guard filter.count <= 20 else { throw Problem.field("filter", "takes at most 20 conditions") }
        for (index, condition) in filter.enumerated() { try add(condition, "filter[\(index)]") }
    }

    /// Puts a value among the arguments and gives the SQL that stands for it.
    mutating func bind(_ value: String, as type: String = "text") -> String {
        arguments.append(value)
        return "($1)[\(arguments.count)]::\(type)"
    }

    mutating func add(_ condition: String) { conditions.append(condition) }

    /// `WHERE …`.
    var whereClause: String { "WHERE " + conditions.joined(separator: " AND ") }

    // MARK: Conditions

    private static let words = [
        "kind": "p.kind", "language": "p.language", "timeZone": "p.time_zone", "country": "p.country",
        "owner": "p.owner", "category": "p.category",
    ]
    private static let others = ["name": "p.name", "email": "p.email", "phone": "p.phone", "notes": "p.notes"]
    private static let times = [
        "createdAt": ("p.created_at", "timestamptz"), "updatedAt": ("p.updated_at", "timestamptz"),
        "birthday": ("p.birthday", "date"),
    ]
    private static let values = [
        "value.orders": ("v.orders", "bigint"), "value.net": ("v.revenue - v.credited", "bigint"),
        "value.paid": ("v.paid", "bigint"), "value.firstOrderAt": ("v.first_order_at", "timestamptz"),
        "value.lastOrderAt": ("v.last_order_at", "timestamptz"),
    ]

    private mutating func add(_ condition: PartyCondition, _ place: String) throws {
        let asked = [condition.is != nil, condition.isNot != nil, condition.in != nil, condition.isSet != nil]
        let isRange = condition.atLeast != nil || condition.atMost != nil
        guard asked.count(where: { $0 }) + (isRange ? 1 : 0) == 1 else {
            throw Problem.field(place, "needs one of is, isNot, in, isSet, or atLeast and atMost")
        }
        let name = condition.field
        if let column = Self.words[name] {
            try addWord(condition, place, column) { "\(column) = \($0)" }
        } else if let column = Self.others[name] {
            try addWord(condition, place, column, isIndexed: false) { "\(column) = \($0)" }
        } else if name == "tag" {
            try addWord(condition, place, "nullif(p.tags, '{}')") { "p.tags @> ARRAY[\($0)]" }
        } else if let (column, type) = Self.times[name] {
            try addRange(condition, place, column, type) { $0 }
        } else if let (column, type) = Self.values[name] {
            guard let currency = try FieldCheck.currency(condition.currency, "\(place).currency") else {
                throw Problem.field("\(place).currency", "is required for \(name)")
            }
            let bound = bind(currency)
            try addRange(condition, place, column, type) {
                "EXISTS (SELECT 1 FROM party_value v WHERE v.party_id = p.id AND v.currency = \(bound) AND \($0))"
            }
        } else if name.hasPrefix("custom.") {
            try addCustom(condition, place, String(name.dropFirst(7)))
        } else if name.hasPrefix("consent.") {
            try addConsent(condition, place)
        } else if name == "stage" {
            try addStage(condition, place)
        } else if name == "benefit" {
            try addBenefit(condition, place)
        } else {
            throw Problem.field("\(place).field", "is no field that lists are filtered by")
        }
    }

    /// Equality: by the index of search terms, and then by the column itself, for terms may collide.
    private mutating func addWord(
        _ condition: PartyCondition, _ place: String, _ column: String, isIndexed: Bool = true,
        _ test: (String) -> String
    ) throws {
        if let isSet = condition.isSet { return add("\(column) IS \(isSet ? "NOT NULL" : "NULL")") }
        guard let wanted = condition.in ?? (condition.is ?? condition.isNot).map({ [$0] }), !wanted.isEmpty else {
            throw Problem.field(place, "takes is, isNot, in or isSet for \(condition.field)")
        }
        let texts = try wanted.map { value in
            guard let text = value.facet else { throw Problem.field(place, "compares with at most 200 characters") }
            return text
        }
        let tests = texts.map { test(bind($0)) }.joined(separator: " OR ")
        if condition.isNot != nil { return add("(\(tests)) IS NOT TRUE") }
        if isIndexed {
            let terms = texts.map { String(SearchText.facet("\(condition.field)=\($0)")) }
            add("p.search_terms && \(bind("{\(terms.joined(separator: ","))}", as: "integer[]"))")
        }
        add("(\(tests))")
    }

    private mutating func addRange(
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
            let text = try Self.bound(value, type, condition.field, "\(place).\(member)")
            tests.append("(\(column)) \(sign) \(bind(text, as: type))")
        }
        add(wrap(tests.joined(separator: " AND ")))
    }

    /// A bound as PostgreSQL reads it; money in ten-thousandths, as it is stored.
    private static func bound(_ value: CustomValue, _ type: String, _ field: String, _ place: String) throws -> String {
        switch (type, value) {
        case ("date", .text(let text)):
            guard CalendarDay(text) != nil else { break }
            return text
        case ("timestamptz", .text(let text)):
            guard RFC3339.date(text) != nil else { break }
            return text
        case ("bigint", .number(let number)) where field == "value.orders":
            guard let count = Int("\(number)") else { break }
            return "\(count)"
        case ("bigint", .text(let text)) where field != "value.orders":
            guard let amount = Amount(text) else { break }
            return "\(amount.units)"
        default: break
        }
        let kinds = [
            "date": "a date, YYYY-MM-DD", "timestamptz": "a time such as 2010-12-01T08:26:00Z",
            "bigint": field == "value.orders" ? "a whole number" : "an amount such as \"1000.00\"",
        ]
        throw Problem.field(place, "must be \(kinds[type] ?? "a value of the field")")
    }

    private mutating func addCustom(_ condition: PartyCondition, _ place: String, _ key: String) throws {
        guard let field = fields.byKey[key] else { throw Problem.field("\(place).field", "is no custom field") }
        guard condition.atLeast != nil || condition.atMost != nil else {
            let bound = bind(key)
            return try addWord(condition, place, "p.custom->\(bound)") { "p.custom->>\(bound) = \($0)" }
        }
        var tests = ["c.party_id = p.id", "c.field = \(bind(key))"]
        for (sign, member, value) in [(">=", "atLeast", condition.atLeast), ("<=", "atMost", condition.atMost)] {
            guard let value else { continue }
            guard let number = field.number(value) else {
                throw Problem.field("\(place).\(member)", field.complaint(value) ?? "goes with numbers and dates only")
            }
            tests.append("c.number \(sign) \(bind(number, as: "numeric"))")
        }
        add("EXISTS (SELECT 1 FROM party_custom c WHERE \(tests.joined(separator: " AND ")))")
    }

    /// One stage or several; who has none is a prospect.
    private mutating func addStage(_ condition: PartyCondition, _ place: String) throws {
        let wanted = (condition.in ?? condition.is.map { [$0] } ?? []).compactMap(\.facet)
        guard !wanted.isEmpty, wanted.allSatisfy(StageStore.stages.contains) else {
            throw Problem.field(place, "takes is or in, of \(StageStore.stages.joined(separator: ", "))")
        }
        let stages = bind("{\(wanted.joined(separator: ","))}", as: "text[]")
        if wanted.contains("prospect") {
            add("coalesce((SELECT s.stage FROM party_stage s WHERE s.party_id = p.id), 'prospect') = ANY(\(stages))")
        } else {
            add("EXISTS (SELECT 1 FROM party_stage s WHERE s.party_id = p.id AND s.stage = ANY(\(stages)))")
        }
    }

    /// What a customer values, declared or learnt.
    private mutating func addBenefit(_ condition: PartyCondition, _ place: String) throws {
        let wanted = (condition.in ?? condition.is.map { [$0] } ?? []).compactMap(\.facet)
        guard !wanted.isEmpty, wanted.allSatisfy(BenefitStore.benefits.contains) else {
            throw Problem.field(place, "takes is or in, of \(BenefitStore.benefits.joined(separator: ", "))")
        }
        let benefits = bind("{\(wanted.joined(separator: ","))}", as: "text[]")
        add(
            """
            EXISTS (SELECT 1 FROM party_benefit b WHERE b.party_id = p.id AND coalesce(b.declared, b.learnt) = ANY(\(benefits)))
            """)
    }

    /// `consent.mail.marketing` is true or false.
    private mutating func addConsent(_ condition: PartyCondition, _ place: String) throws {
        let parts = condition.field.split(separator: ".").map(String.init)
        guard parts.count == 3, case .boolean(let granted) = condition.is else {
            throw Problem.field(place, "must be consent.<channel>.<purpose> that is true or false")
        }
        add(
            """
            EXISTS (SELECT 1 FROM consent c WHERE c.party_id = p.id AND c.channel = \(bind(parts[1]))
                AND c.purpose = \(bind(parts[2])) AND c.granted = \(bind("\(granted)", as: "boolean")))
            """)
    }
}

/// The orders that lists have: what is sorted by, in one index with the id.
struct PartySort {
    /// The expression sorted by, its type, and what it needs joined.
    let expression: String
    let type: String
    let join: String
    let isDescending: Bool

    init(_ request: PartyListRequest, _ query: inout PartyQuery) throws {
        let name = request.sort ?? "name"
        isDescending = request.descending ?? (name != "name")
        switch name {
        case "name": (expression, type, join) = ("p.sort_name", "text", "")
        case "createdAt": (expression, type, join) = ("p.created_at", "timestamptz", "")
        case "updatedAt": (expression, type, join) = ("p.updated_at", "timestamptz", "")
        case "value.net":
            guard let currency = try FieldCheck.currency(request.currency) else {
                throw Problem.field("currency", "is required for the sort by value")
            }
            (expression, type) = ("(s.revenue - s.credited)", "bigint")
            join = "JOIN party_value s ON s.party_id = p.id AND s.currency = \(query.bind(currency))"
        default: throw Problem.field("sort", "must be one of name, createdAt, updatedAt, value.net")
        }
    }

    /// `ORDER BY …`: the index on value runs down by value and up by id.
    var orderBy: String {
        let isMixed = type == "bigint"
        let last = isMixed ? "s.party_id" : isDescending ? "p.id DESC" : "p.id"
        return "ORDER BY \(expression)\(isDescending ? " DESC" : ""), \(last)"
    }

    /// Only what comes behind the cursor.
    func behind(_ cursor: PartyCursor, _ query: inout PartyQuery) {
        let sort = query.bind(cursor.sort, as: type)
        let id = query.bind(cursor.id.text, as: "uuid")
        let sign = isDescending ? "<" : ">"
        if type == "bigint" {
            query.add("\(expression) \(sign)= \(sort)")
            query.add("(\(expression) \(sign) \(sort) OR s.party_id > \(id))")
        } else {
            query.add("(\(expression), p.id) \(sign) (\(sort), \(id))")
        }
    }
}

/// The queries of lists and searches.
extension PartyQuery {
    /// One page in order.
    static func page(
        _ request: PartyListRequest, _ fields: CustomFields, after cursor: PartyCursor?, limit: Int, columns: String
    ) throws -> (text: String, arguments: [String]) {
        var query = try PartyQuery(request.filter ?? [], fields)
        if let search = request.search { query.addText(search) }
        let sort = try PartySort(request, &query)
        if let cursor { sort.behind(cursor, &query) }
        let text = """
            SELECT \(columns), \(sort.expression)::text, p.id FROM party p \(sort.join) \(query.whereClause)
            \(sort.orderBy) LIMIT \(limit)
            """
        return (text, query.arguments)
    }

    /// All words must be in the text, in any order.
    mutating func addText(_ search: String) {
        let words = SearchText.words(search)
        if let terms = SearchText.required(words) { add("p.search_terms @> \(bind(terms, as: "integer[]"))") }
        for word in words { add("p.search_text LIKE \(bind("%\(Self.literal(word))%"))") }
    }

    /// Names that begin so, in order.
    func namedLike(_ search: String, limit: Int) -> (text: String, arguments: [String]) {
        var query = self
        query.add("p.sort_name LIKE \(query.bind(Self.literal(SearchText.fold(search)) + "%"))")
        return query.found("p.sort_name", limit, "ORDER BY p.sort_name, p.id")
    }

    /// What another system calls so, or so at the beginning.
    func referencedLike(_ search: String, limit: Int) -> (text: String, arguments: [String]) {
        var query = self
        query.add("f.reference LIKE \(query.bind(Self.literal(search) + "%"))")
        return query.found("f.reference", limit, join: "JOIN party_reference f ON f.party_id = p.id")
    }

    /// All words somewhere in name, mail addresses and phone numbers; nil where the words are too short for the index.
    func containing(_ search: String, limit: Int) -> (text: String, arguments: [String])? {
        guard SearchText.required(SearchText.words(search)) != nil else { return nil }
        var query = self
        query.addText(search)
        return query.found("p.sort_name", limit)
    }

    /// Names with words at most one letter off, to be held against `SearchText.isNear`.
    func near(_ search: String, limit: Int) -> (text: String, arguments: [String])? {
        guard let words = SearchText.near(SearchText.words(search)) else { return nil }
        var query = self
        for word in words { query.add("p.search_terms && \(query.bind(word.terms, as: "integer[]"))") }
        return query.found("p.search_text", limit)
    }

    /// How many there are, counted no further than a bound.
    func counted(upTo limit: Int) -> (text: String, arguments: [String]) {
        (
            "SELECT count(*)::text, NULL::text, NULL::uuid FROM (SELECT FROM party p \(whereClause) LIMIT \(limit)) c",
            arguments
        )
    }

    private func found(
        _ sort: String, _ limit: Int, _ order: String = "", join: String = ""
    ) -> (text: String, arguments: [String]) {
        let text = """
            SELECT \(PartyStore.json)::text, p.found_by::text, p.id FROM (
                SELECT p.*, \(sort) AS found_by FROM party p \(join) \(whereClause) \(order) LIMIT \(limit)) p
            """
        return (text, arguments)
    }

    /// Wildcards taken literally.
    private static func literal(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
}
