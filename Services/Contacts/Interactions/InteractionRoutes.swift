import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Phones
import Postgres
import ServiceKit
import Text

/// The way in for channels that speak HTTP and not Kafka: what they tell is on the timeline at once, and on the topic for all others.
@Loop
func interactionRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/interactions", "Takes a call, a message, a form or a review from a channel",
            tag: "interactions", access: .change,
            parameters: [.idempotencyKey], body: telling.body, takes: telling.takes,
            gives: .json(interactionSchema, .created),
            refuses: [415, 422]
        ) { request in
            let (kind, told) = try await telling.read(request)
            return try await context.create(request) { transaction in
                let sender = told.email ?? told.phone ?? told.customerNo ?? told.interactionId
                let touch = Interactions.Touch(
                    kind: kind, told: told, sender: sender, source: Interactions.ownSource)
                if try await !Interactions.record([touch], transaction).isEmpty {
                    try publish(touch, transaction)
                }
                let shown = try await transaction.rows(
                    InteractionStore.get, kind, told.interactionId, Interactions.ownSource
                ).first
                return .stored(shown ?? "{}", status: .created)
            }
        },
        Route(
            .get, "/v1/interactions/{kind}/{reference}", "A touch with all that the channel told", tag: "interactions",
            access: .read,
            parameters: [
                .path("kind", .enumeration(InteractionInput.kinds)),
                .query("source", .string, "Who told it, as its `ce_source`; whoever told it first unless given"),
            ], gives: .json(interactionSchema)
        ) { request in
            let shown = try await context.rows(
                InteractionStore.get, request.path("kind"), request.path("reference"), request.query("source")
            ).first
            guard let shown else { throw Problem(status: .notFound, detail: "There is no such interaction.") }
            return .stored(shown)
        },
    ]
}

/// Tells all others, under the sender's address.
@Loop
private func publish(_ touch: Interactions.Touch, _ transaction: Transaction) throws {
    func tell<Kind: InteractionKind>(_ kind: Kind.Type) throws {
        try Outbox.append(
            ChannelTold<Kind>(interaction: touch.told), topic: .interactions, key: touch.sender, sequence: nil,
            in: transaction)
    }
    switch touch.kind {
    case InteractionKinds.Call.name: try tell(InteractionKinds.Call.self)
    case InteractionKinds.Message.name: try tell(InteractionKinds.Message.self)
    case InteractionKinds.Form.name: try tell(InteractionKinds.Form.self)
    default: try tell(InteractionKinds.Review.self)
    }
}

/// What a channel tells over HTTP: as on the topic, with the kind, and without a number of its own where the channel has none.
private struct InteractionInput: Decodable {
    var kind: String
    var interactionId: String?
    var at: Date?
    var channel: String?
    var direction: String?
    var customerNo: String?
    var email: String?
    var phone: String?
    var name: String?
    var agent: String?
    var subject: String?
    var text: String?
    var seconds: Int?
    var outcome: String?
    var place: String?
    var fields: [String: String]?
    var rating: Int?
    var sku: String?
    var orderId: String?

    static let kinds = [
        InteractionKinds.Call.name, InteractionKinds.Message.name, InteractionKinds.Form.name,
        InteractionKinds.Review.name,
    ]

    /// As it is told; each refusal names its field.
    func checked() throws -> ChannelInteraction {
        let id = try FieldCheck.text(interactionId, "interactionId", atMost: 200) ?? UUID.v7().text
        var told = ChannelInteraction(interactionId: id, at: at ?? Date())
        told.channel = try FieldCheck.text(channel, "channel", atMost: 50)
        told.direction = try FieldCheck.word(direction, "direction", of: ["inbound", "outbound"])
        told.customerNo = try FieldCheck.text(customerNo, "customerNo", atMost: 200)
        told.email = try email.map { try MailAddress.checked($0) }
        told.phone = try phone.map { try PhoneNumber.checked($0) }
        told.name = try FieldCheck.text(name, "name")
        told.agent = try FieldCheck.text(agent, "agent", atMost: 100)
        told.subject = try FieldCheck.text(subject, "subject", atMost: 500)
        told.text = try FieldCheck.text(text, "text", atMost: 100_000)
        told.outcome = try FieldCheck.text(outcome, "outcome", atMost: 50)
        told.place = try FieldCheck.text(place, "place", atMost: 200)
        told.sku = try FieldCheck.text(sku, "sku", atMost: 200)
        told.orderId = try FieldCheck.text(orderId, "orderId", atMost: 200)
        if let seconds, !(0...86_400 * 7).contains(seconds) {
            throw Problem.field("seconds", "must be from 0 to 604800")
        }
        if let rating, !(1...5).contains(rating) { throw Problem.field("rating", "must be from 1 to 5") }
        (told.seconds, told.rating) = (seconds, rating)
        if let fields {
            guard fields.count <= 100 else { throw Problem.field("fields", "takes at most 100 members") }
            for (key, value) in fields {
                _ = try FieldCheck.needed(key, "fields", atMost: 100)
                _ = try FieldCheck.needed(value, "fields.\(key)", atMost: 10_000)
            }
        }
        told.fields = fields
        // What goes on to the topic must be what everybody takes from there.
        do { try told.judge() } catch { throw Problem.field(error.field, error.message) }
        return told
    }
}

private let parts: [Schema.Property] =
    [
        .init("channel", .string, required: false, "`phone`, `mail`, `sms`, `chat`, `web`, `social`"),
        .init("direction", .enumeration(["inbound", "outbound"]), required: false),
        .init("customerNo", .string, required: false, "The ERP's number of the customer"),
        .init("email", .string, required: false, "The customer's mail address"),
        .init("phone", .string, required: false, "The customer's telephone number"),
        .init("seconds", .integer(0...604_800), required: false, "How long a call took"),
        .init("place", .string, required: false, "The name of a form, or where a review stands"),
        .init("fields", .map(.string), required: false, "What a form's fields say"),
        .init("rating", .integer(1...5), required: false, "Stars of a review"),
    ] + ["name", "agent", "subject", "text", "outcome", "sku", "orderId"].map { .init($0, .string, required: false) }

private let newSchema = Schema.object(
    [
        .init("kind", .enumeration(InteractionInput.kinds)),
        .init("interactionId", .string, required: false, "The channel's own number; told again it changes nothing"),
        .init("at", .dateTime, required: false, "When it was; now unless given"),
    ] + parts)

private let telling = Input<(kind: String, told: ChannelInteraction)>(.json(newSchema), takes: .text) { request in
    let input = try await request.model(InteractionInput.self)
    return (try FieldCheck.word(input.kind, "kind", of: InteractionInput.kinds) ?? "", try input.checked())
}

private let interactionSchema = Schema.named(
    "Interaction",
    .object([
        .init("kind", .enumeration(InteractionInput.kinds)), .init("reference", .string),
        .init("source", .nullable(.string), "Who told it"), .init("at", .dateTime),
        .init("partyId", .nullable(.uuid), "Whose it is; null until somebody has the address or number"),
        .init("title", .string), .init("told", .map(.any), "What the channel told"),
    ]))
