import EventLoop
import HTTP
import Postgres
import ServiceKit
import Text

@Loop
func suppressionRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/suppressions", "Keeps marketing from an address", tag: "suppressions", access: .change,
            parameters: [.idempotencyKey], body: Suppression.input.body,
            gives: .json(.object([.init("address", .string), .init("reason", .string)]), .created),
            refuses: [409, 422]
        ) { request in
            let said = try await Suppression.input.read(request)
            let reason = said.reason ?? "asked for"
            return try await context.create(request) { transaction in
                let address = said.address.lowercased()
                SuppressionCommands.suppress(address, reason, in: transaction)
                return try Response(.created, json: ["address": address, "reason": reason])
            }
        }
    ]
}

/// An address that gets no marketing, as a caller gives it.
private struct Suppression: Decodable {
    var address: String
    var reason: String?

    static let input = Input.command(Suppression.self, ["address": .format("email")]) { said in
        var checked = said
        let written = said.address.trimmed
        guard let address = MailAddress.normal(written) ?? (MailAddress.isPlain(written) ? written : nil) else {
            throw Problem.field("address", "must be a mail address such as name@example.com")
        }
        checked.address = address
        checked.reason = try FieldCheck.text(said.reason, "reason", atMost: 500)
        return checked
    }
}
