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
            body: .json(.object([.init("address", .format("email")), .init("reason", .string, required: false)])),
            gives: .json(.object([.init("address", .string), .init("reason", .string)]), .created)
        ) { request in
            let input = try await request.model(SuppressionInput.self)
            let reason = input.reason ?? "asked for"
            guard MailAddress.isPlain(input.address) else {
                throw Problem.field("address", "must be a mail address such as name@example.com")
            }
            guard reason.unicodeScalars.count <= 500, !reason.unicodeScalars.contains("\0") else {
                throw Problem.field("reason", "must have at most 500 characters")
            }
            return try await context.create(request) { transaction in
                transaction.enqueue(SuppressionStore.add, input.address, reason)
                return try Response(.created, json: ["address": input.address.lowercased(), "reason": reason])
            }
        }
    ]
}

private struct SuppressionInput: Decodable {
    let address: String
    let reason: String?
}
