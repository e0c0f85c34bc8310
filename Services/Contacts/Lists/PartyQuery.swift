import Crypto
import FoundationEssentials
import HTTP
import ServiceKit
import Writing

/// The text of a query on parties and its arguments. Only text of this folder and of `PartyStore` gets into the SQL; what callers send
/// goes into the arguments.
struct PartyQuery {
    /// A merged party is shown under its id and left out of lists.
    private(set) var conditions: [String] = ["p.merged_into IS NULL"]
    private(set) var arguments: [String] = []
    /// Whether an index finds the parties: otherwise they are read in order and held against the conditions.
    private(set) var isIndexed = false
    let fields: CustomFields
    /// Terms of the text searched for that many parties have.
    var shares: SearchText.TermShares = [:]

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

    /// Adds a condition; one that an index answers says so.
    mutating func add(_ condition: String, isIndexed: Bool = false) {
        conditions.append(condition)
        self.isIndexed = self.isIndexed || isIndexed
    }

    /// `WHERE …`.
    var whereClause: String { "WHERE " + conditions.joined(separator: " AND ") }
}

/// A query as `PartyStore.select` takes it.
struct PartySelect {
    let text: String
    let arguments: [String]
}

extension PartyQuery {
    /// One page in order.
    static func page(
        _ request: PartyListRequest, _ fields: CustomFields, after cursor: PartyCursor?, limit: Int, columns: String
    ) throws -> PartySelect {
        var query = try PartyQuery(request.filter ?? [], fields)
        if let search = request.search { query.addText(search) }
        let sort = try PartySort(request, &query)
        if let cursor { sort.behind(cursor, &query) }
        let text = """
            SELECT \(columns), \(sort.expression)::text, p.id FROM party p \(sort.join) \(query.whereClause)
            \(sort.orderBy) LIMIT \(limit)
            """
        return PartySelect(text: text, arguments: query.arguments)
    }

    /// How many there are, counted no further than a bound. With a sample only this part of the table is read, in per cent: blocks
    /// drawn by chance.
    func counted(upTo limit: Int, sample: Double? = nil) -> PartySelect {
        let part = sample.map { " TABLESAMPLE SYSTEM (\($0))" } ?? ""
        let text = """
            SELECT count(*)::text, NULL::text, NULL::uuid FROM (
                SELECT FROM party p\(part) \(whereClause) LIMIT \(limit)) c
            """
        return PartySelect(text: text, arguments: arguments)
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
        case "name":
            let language = try request.language.map {
                guard let known = ListLanguage($0) else {
                    throw Problem.field("language", "must be a language tag of BCP 47 such as sv")
                }
                return known
            }
            // A collation's name stands in no argument; these are ours.
            let order = language?.collation.map { "p.name COLLATE \"\($0)\"" }
            (expression, type, join) = (order.map { "(\($0))" } ?? "p.sort_name", "text", "")
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
