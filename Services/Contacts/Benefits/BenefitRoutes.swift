import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

@Loop
func benefitRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/parties/{id}/benefit", "What a customer values most, as declared or as learnt", tag: "benefits",
            access: .read,
            parameters: [.path("id", .uuid, "The party")], gives: .json(benefitSchema)
        ) { request in
            let id = try request.id()
            guard let shown = try await context.rows(BenefitStore.get, id).first else {
                throw Problem.missing("party", id)
            }
            return .shown(shown)
        },
        Route(
            .put, "/v1/parties/{id}/benefit", "Notes what a customer says to value most; null takes it back",
            tag: "benefits", access: .change, parameters: [.path("id", .uuid, "The party"), .ifMatch],
            body: declaring.body, gives: .json(benefitSchema), refuses: [409, 412, 415, 428]
        ) { request in
            let (id, seen) = (try request.id(), try await Seen(request))
            let declared = try await declaring.read(request)
            return try await context.transaction { transaction in
                try await PartyCommands.lock(id, transaction) { _ in
                    try seen.check("benefit", try await transaction.rows(BenefitStore.get, id).first ?? "{}")
                }
                Outbox.carryTrace(in: transaction)
                transaction.enqueue(BenefitStore.declare, id, declared)
                return .shown(try await transaction.rows(BenefitStore.get, id).first ?? "{}")
            }
        },
    ]
}

private struct BenefitInput: Decodable { let declared: String? }

private let declaring = Input<String?>(
    .json(.object([.init("declared", .nullable(.enumeration(BenefitStore.benefits)))]))
) { try FieldCheck.word(await $0.model(BenefitInput.self).declared, "declared", of: BenefitStore.benefits) }

private let benefitSchema = Schema.named(
    "Benefit",
    .object([
        .init("benefit", .nullable(.enumeration(BenefitStore.benefits)), "What counts: declared before learnt"),
        .init("declared", .nullable(.enumeration(BenefitStore.benefits))),
        .init("learnt", .nullable(.enumeration(BenefitStore.benefits))),
        .init(
            "evidence", .nullable(.map(.integer())),
            "Orders, things to be put right and dealings with people, of a year, when it was learnt"),
    ]))
