import EventLoop
import FoundationEssentials
import Learning
import Postgres
import ServiceKit
import Telemetry

/// One fit of both models to the customers of a currency, and what it foretells of each of them, a page at a time.
@Loop
struct ModelRun {
    let id: UUID
    let currency: String
    let weeks: Int
    /// The claim under which it runs: once another process has taken the run over, nothing is written any more.
    let owner: UUID
    let context: ServiceContext

    /// Customers in a page; a page is one transaction.
    private static let pageSize = 10_000
    /// Customers to whom the Gamma-Gamma model is fitted at most: more would change no digit that is shown.
    private static let spendSample = 500_000
    /// Fewer customers than this with repeat purchases give no fit worth the name.
    nonisolated static let leastRepeaters = 30

    /// Fits and foretells; what goes wrong is kept with the run.
    func work() async throws {
        let beating = Task { @Loop in await beat() }
        defer { beating.cancel() }
        do {
            let fit = try await fit()
            try await foretell(fit)
            try await context.pool.transaction { transaction in
                transaction.enqueue(LongWork.allow)
                guard try await !transaction.query(ModelStore.beat, id, owner).isEmpty else { throw Superseded() }
                transaction.enqueue(ModelStore.forget, id, currency)
                transaction.enqueue(ModelStore.prune, id, currency)
                transaction.enqueue(ModelStore.finish, id, owner)
            }
        } catch let error as Minimizer.NoMinimum {
            _ = try await context.pool.query(ModelStore.fail, id, owner, error.description)
        } catch let error as Superseded {
            context.log.info(error.description)
        }
    }

    /// Keeps the claim while a long statement or a fit is under way.
    private func beat() async {
        await SteadyWork(context.log, every: .seconds(15), failing: "the claim of a fit was not kept").run {
            _ = try await context.pool.query(ModelStore.beat, id, owner)
            return false
        }
    }

    // MARK: Fitting

    private func fit() async throws -> CustomerModels {
        let begin = Loop.now
        let rows = try await long(ModelStore.histories.statement, currency)
        let base = try await Loop.offload { try Base(rows) }
        guard base.repeaters >= Self.leastRepeaters else {
            throw Minimizer.NoMinimum(
                description: "only \(base.repeaters) customers came back; a fit needs \(Self.leastRepeaters)")
        }
        let spenders: Int = try await long(ModelStore.spenders, currency).first?.value(0) ?? 0
        let share = max(1, (spenders + Self.spendSample - 1) / Self.spendSample)
        let amounts = try await long(ModelStore.spends, currency, share)
        let (purchases, spend) = try await Loop.offload {
            let purchases = try BetaGeometric.fit(base.histories)
            let customers = try amounts.map { SpendHistory(repeats: try $0.value(0), mean: try $0.value(1)) }
            // Without a fit of the amounts there is one of the purchases all the same.
            return (purchases, customers.count >= Self.leastRepeaters ? try? GammaGamma.fit(customers) : nil)
        }
        let models = CustomerModels(
            purchases: purchases.model, spend: spend?.model, weeks: Double(weeks), asOf: base.day)
        let bg = purchases.model
        let kept = try await context.pool.rows(
            ModelStore.keepFit, id, base.day, base.customers, bg.r, bg.alpha, bg.a, bg.b, purchases.logLikelihood,
            spend?.model.p, spend?.model.q, spend?.model.gamma, spend?.logLikelihood, (Loop.now - begin).seconds, owner,
            base.orders, purchases.tellsLeaving)
        guard !kept.isEmpty else { throw Superseded() }
        return models
    }

    /// A statement over the whole base.
    private func long(_ statement: Statement, _ values: any SQLEncodable & Sendable...) async throws -> Rows {
        try await context.pool.transaction { transaction in
            transaction.enqueue(LongWork.allow)
            return try await values.count == 1
                ? transaction.query(statement, values[0]) : transaction.query(statement, values[0], values[1])
        }
    }

    /// The histories of the base, grouped.
    private struct Base: Sendable {
        var histories: [PurchaseHistory: Int] = [:]
        var customers = 0
        var repeaters = 0
        var orders = 0
        var day = Date(timeIntervalSince1970: 0)

        init(_ rows: Rows) throws {
            histories.reserveCapacity(rows.count)
            for row in rows {
                let (repeats, recency, age, count, newest, bought) = try row.values(of: ModelStore.histories)
                histories[PurchaseHistory(repeats: repeats, recency: recency, age: age)] = count
                customers += count
                orders += bought
                if repeats > 0 { repeaters += count }
                day = newest
            }
        }
    }

    // MARK: Foretelling

    private func foretell(_ models: CustomerModels) async throws {
        var after = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        while true {
            let rows = try await context.pool.query(
                ModelStore.page.statement, currency, after, models.asOf, Self.pageSize)
            guard let last = rows.last else { return }
            after = try last.value(0)
            let page = try await Loop.offload { try models.predictions(rows) }
            let kept = try await context.pool.rows(
                ModelStore.predict, id, currency, page.map(\.party), page.map(\.alive), page.map(\.purchases),
                page.map(\.spend), page.map(\.lifetimeValue), after, owner)
            // Another process thought that this one was gone, and goes on instead.
            guard !kept.isEmpty else { throw Superseded() }
            try await learn(page.map(\.party).sorted())
        }
    }

    /// What these customers value, on the same way through the base.
    private func learn(_ parties: [UUID]) async throws {
        try await context.pool.transaction { transaction in
            Redirects.hold(parties, in: transaction)
            PartyLocks.take(parties, in: transaction)
            transaction.enqueue(BenefitStore.learn, parties)
        }
    }

    private struct Superseded: Error, CustomStringConvertible {
        let description = "another process goes on with the run"
    }
}
