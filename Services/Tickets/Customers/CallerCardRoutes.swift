import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func callerCardRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/caller-card", "Who calls: customer, open tickets, last orders and shipments", tag: "customers",
            access: .read,
            parameters: [
                .query("phone", .string, "The caller's number, in any writing"),
                .query("mail", .string, "The sender's address"),
                .query("party", .uuid, "The customer, where known"),
            ], gives: .json(.items(card))
        ) { request in
            let parties = try await callers(request, context)
            return .items(try await context.rows(CustomerStore.cards, parties).first)
        }
    ]
}

/// The parties behind a number, an address or an id; several may share a number.
@Loop
private func callers(_ request: Request, _ context: ServiceContext) async throws -> [UUID] {
    let phone = request.query("phone"), mail = request.query("mail"), party = request.query("party")
    guard [phone, mail, party].compactMap({ $0 }).count == 1 else {
        throw Problem.field("phone", "or mail or party is needed, and one of them only")
    }
    if let party = request.id(query: "party") { return [party] }
    guard let phone else { return try await context.rows(CustomerStore.byMail, mail ?? "") }
    guard let pattern = phonePattern(phone) else {
        throw Problem.field("phone", "must be a phone number such as +44 20 7946 0958")
    }
    return try await context.rows(CustomerStore.byPhone, pattern)
}

/// What the reversed number begins with. Whoever dials at home leaves out the country and puts a zero in its place.
func phonePattern(_ text: String) -> String? {
    let digits = text.compactMap(\.wholeNumberValue).filter { (0...9).contains($0) }.drop { $0 == 0 }
    guard (5...15).contains(digits.count) else { return nil }
    return digits.reversed().map { String($0) }.joined() + "%"
}

private let card = Schema.named(
    "CallerCard",
    .object([
        .init("partyId", .uuid),
        .init(
            "customer",
            .nullable(
                .object([
                    .init("name", .nullable(.string)), .init("email", .nullable(.string)),
                    .init("phone", .nullable(.string)), .init("language", .nullable(.string)),
                    .init("customerNo", .nullable(.string)),
                ]))),
        .init("openTickets", .array(Ticket.record.shown)),
        .init(
            "orders",
            .array(
                .object([
                    .init("orderId", .string), .init("source", .string, "Which ERP told it"),
                    .init("status", .string), .init("placedAt", .dateTime),
                    .init("total", .amount), .init("currency", .string),
                ]))),
        .init(
            "shipments",
            .array(
                .object([
                    .init("shipmentId", .string), .init("source", .string, "Which carrier told it"),
                    .init("orderId", .nullable(.string)), .init("status", .string),
                    .init("at", .dateTime), .init("carrier", .nullable(.string)),
                    .init("expectedAt", .nullable(.dateTime)), .init("reason", .nullable(.string)),
                ]))),
    ]))
