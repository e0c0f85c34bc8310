import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func modelRoutes(_ context: ServiceContext, _ worker: ModelWorker) -> [Route] {
    [
        Route(
            .post, "/v1/models/fits",
            "Fits BG/NBD and Gamma-Gamma anew and foretells every customer; goes on behind the answer",
            tag: "models", access: .configure, parameters: [.idempotencyKey], body: FitInput.input.body,
            gives: .json(fitSchema, 202), refuses: [404, 409, 422]
        ) { request in
            let (currency, weeks) = try await FitInput.input.read(request)
            let id = UUID.v7()
            let response = try await context.create(request) { transaction in
                guard try await !transaction.query(ModelStore.ask, id, currency, weeks).isEmpty else {
                    guard try await transaction.rows(ModelStore.list, currency, Date.distantFuture, 1).isEmpty else {
                        throw Problem(status: .conflict, detail: "A fit of \(currency) is under way.")
                    }
                    throw Problem(status: .notFound, detail: "No customer has bought in \(currency) yet.")
                }
                let json = try await transaction.rows(ModelStore.get, id).first
                return Response.stored(json ?? "{}", status: 202)
                    .with("location", "/v1/models/fits/\(id.text)")
            }
            worker.wake()
            return response
        },
        Route(
            .get, "/v1/models/fits/{id}", "A fit: its progress, and the parameters found", tag: "models", access: .read,
            parameters: [.path("id", .uuid)], gives: .json(fitSchema)
        ) { request in
            let id = try request.id()
            guard let fit = try await context.rows(ModelStore.get, id).first else { throw Problem.missing("fit", id) }
            return .stored(fit)
        },
        Route(
            .get, "/v1/models/fits", "Fits, the newest first", tag: "models", access: .read,
            parameters: [
                .query("currency", .string, "ISO 4217"), .query("limit", .integer(1...200), "50 unless given"),
                .query("after", .dateTime, "The `next` of the page before"),
            ], gives: .json(.object([.init("items", .array(fitSchema)), .init("next", .nullable(.dateTime))]))
        ) { request in
            let currency = try FieldCheck.currency(request.query("currency")) ?? ""
            let after = request.query("after").flatMap { RFC3339.date($0) } ?? .distantFuture
            let rows = try await context.rows(ModelStore.list, currency, after, request.pageLimit)
            return .page(rows.map(\.0), limit: request.pageLimit, next: rows.last?.1)
        },
    ]
}

private struct FitInput: Decodable {
    let currency: String
    let weeks: Int?

    static let input = Input<(currency: String, weeks: Int)>(
        .json(
            .object([
                .init("currency", .string, "ISO 4217"),
                .init("weeks", .integer(1...520), required: false, "How far to look ahead; 52 unless given"),
            ]))
    ) { request in
        let said = try await request.model(FitInput.self)
        let weeks = said.weeks ?? 52
        guard (1...520).contains(weeks) else { throw Problem.field("weeks", "must be from 1 to 520") }
        return (try FieldCheck.currency(said.currency) ?? "", weeks)
    }
}

private let fitSchema = Schema.named(
    "ModelFit",
    .object([
        .init("id", .uuid), .init("currency", .string),
        .init("state", .enumeration(["queued", "running", "done", "failed"])),
        .init("weeks", .integer(), "How far it looks ahead"), .init("askedAt", .dateTime),
        .init("finishedAt", .nullable(.dateTime)),
        .init("asOf", .nullable(.dateTime), "The day of the newest sound order, at the latest today"),
        .init("customers", .nullable(.integer())), .init("done", .integer(), "Customers foretold so far"),
        .init("progress", .number, "From 0 to 1"), .init("fitSeconds", .nullable(.number)),
        .init("error", .nullable(.string), "Why it failed"),
        .init(
            "tellsLeaving", .nullable(.boolean),
            "Whether the base shows that customers leave: where it does not, no chance of it is given"),
        .init(
            "betaGeometric",
            .nullable(
                .object([
                    .init("r", .number), .init("alpha", .number, "In weeks"), .init("a", .number), .init("b", .number),
                    .init("logLikelihood", .number),
                ]))),
        .init(
            "gammaGamma",
            .nullable(
                .object([
                    .init("p", .number), .init("q", .number), .init("gamma", .number), .init("logLikelihood", .number),
                ]))),
    ]))
