import FoundationEssentials
import HTTP
import ServiceKit

/// A party as salespeople see it. Contacts says who it is, sales whose it is.
struct Account: Codable, Sendable {
    /// The party's id.
    var accountId: UUID
    var name = ""
    var kind = ""
    var email: String?
    var phone: String?
    var country: String?
    var customerNo: String?
    var owner: String?
    /// The team that looks after it, and the territory that it lies in, by name.
    var team: String?
    var territory: String?

    /// Its fields; callers give the owner, the team and the territory only.
    static let record = Record<Account>(
        "account", id: \.accountId, blank: { Account(accountId: $0) },
        [
            .needed("name", \.name, given: false), .needed("kind", \.kind, given: false),
            .optional("email", \.email, given: false), .optional("phone", \.phone, given: false),
            .optional("country", \.country, given: false), .optional("customerNo", \.customerNo, given: false),
            .optional("owner", \.owner, .text(200)), .optional("team", \.team, .text(200)),
            .optional("territory", \.territory, .text(200)),
        ],
        shown: [
            ShownMember(
                "mergedInto", "(SELECT survivor_id FROM party_redirect m WHERE m.party_id = o.id)", .nullable(.uuid)),
            .init("revenue", AccountStore.revenue, .array(revenue)),
        ])

    private static let revenue = Schema.object([
        .init("currency", .string), .init("orders", .integer()), .init("revenue", .amount),
        .init("credits", .integer()), .init("credited", .amount), .init("netRevenue", .amount),
        .init("lastOrderAt", .nullable(.dateTime)),
    ])
}
