import CRMModel
import Crypto
import FoundationEssentials
import HTTP
import ServiceKit
import Text

/// What a caller says of a lead's conversion: what the opportunity begins with, and who the lead is.
struct LeadConversionInput: Sendable {
    let opportunity: Patch<OpportunityState>
    /// A party that is known already, and is the account.
    var account: UUID?
    /// One that is the person at it.
    var contact: UUID?
    /// Whether those who are not named are new, whoever may be known.
    var isSure = false

    /// What the body of a request is; none says nothing.
    static let input = Input(.json(schema)) { request in
        let bytes = try await request.wholeBody()
        return bytes.isEmpty
            ? LeadConversionInput(opportunity: OpportunityState.record.nothing) : try read(await request.jsonBody())
    }

    private static let own = ["accountId", "contactId", "duplicates"]
    private static let schema = OpportunityState.record.change.with([
        .init("accountId", .uuid, required: false, "A party that is known already, and is the account"),
        .init("contactId", .uuid, required: false, "One that is the person at the account"),
        .init(
            "duplicates", .enumeration(["ask", "create"]), required: false,
            "Whether somebody who is known by the lead's address or number is asked about, as unless said, or whoever is not named is new"
        ),
    ])

    /// Reads the members of its own, and leaves the others to the opportunity's record.
    private static func read(_ json: [UInt8]) throws -> LeadConversionInput {
        var rest: [String] = []
        var said: [String: String?] = [:]
        do {
            try json.withUnsafeBytes { bytes in
                try JSONReader.object(bytes) { name, reader throws(JSONError) in
                    if own.contains(name) {
                        said[name] = try reader.optionalString()
                    } else {
                        let value = String(decoding: bytes[try reader.range()], as: UTF8.self)
                        rest.append("\(JSONString.text(name)):\(value)")
                    }
                }
            }
        } catch let error as JSONError {
            throw Problem([FieldError(field: error.field, message: error.message)])
        }
        let opportunity = try OpportunityState.record.patch(Array("{\(rest.joined(separator: ","))}".utf8))
        var input = LeadConversionInput(opportunity: opportunity)
        input.account = try id(said["accountId"] ?? nil, "accountId")
        input.contact = try id(said["contactId"] ?? nil, "contactId")
        input.isSure = try FieldCheck.word(said["duplicates"] ?? nil, "duplicates", of: ["ask", "create"]) == "create"
        return input
    }

    private static func id(_ text: String?, _ field: String) throws -> UUID? {
        guard let text else { return nil }
        guard let id = UUID(text: text) else { throw Problem.field(field, "must be the id of a party") }
        return id
    }
}
