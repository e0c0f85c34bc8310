import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

/// Finding parties.
@Loop
enum PartyQueries {
    /// Searches by what the text looks like: a mail address, a phone number in any writing, an ERP number, the beginning of a name.
    static func search(_ text: String, limit: Int, _ context: ServiceContext) async throws -> [String] {
        let clean = text.trimmed
        var found: [String] = []
        func add(_ rows: Rows) throws {
            for row in rows where found.count < limit {
                let party: String = try row.value(0)
                if !found.contains(party) { found.append(party) }
            }
        }
        try add(await context.query(PartyStore.byReference, "erp", clean))
        if clean.contains("@") {
            try add(await context.query(PartyStore.byEmail, pattern(clean.lowercased()), limit))
        } else if let number = PhoneNumber.normal(clean) {
            // Whoever writes a national number leaves out the country and its zero.
            let digits = number.drop { $0 == "+" || $0 == "0" }
            try add(await context.query(PartyStore.byPhone, pattern(String(digits.reversed())), limit))
        }
        if found.count < limit { try add(await context.query(PartyStore.byName, pattern(clean.lowercased()), limit)) }
        return found
    }

    /// What begins with the text, its own wildcards taken literally.
    private static func pattern(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
    }
}
