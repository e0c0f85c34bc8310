import EventLoop
import FoundationEssentials
import Learning
import Postgres

/// What is foretold of single customers between two fits, when a merge or its undoing has changed whose orders are whose.
@Loop
enum Foretelling {
    /// Foretells some customers anew from what counts for them now, by the last fit of each currency. Who has no orders any more has no
    /// future either.
    static func again(_ parties: [UUID], _ transaction: Transaction) async throws {
        transaction.enqueue(ModelStore.drop, parties)
        let rows = try await transaction.query(ModelStore.again, parties)
        let found = try rows.map { row in
            (
                row: row,
                prediction: try models(row).prediction(
                    try row.value(0),
                    PurchaseHistory(repeats: try row.value(2), recency: try row.value(3), age: try row.value(4)),
                    mean: try row.value(5))
            )
        }
        transaction.enqueue(
            ModelStore.put, found.map(\.prediction.party), try found.map { try $0.row.value(1) as String },
            try found.map { try $0.row.value(6) as UUID }, found.map(\.prediction.alive),
            found.map(\.prediction.purchases), found.map(\.prediction.spend), found.map(\.prediction.lifetimeValue))
    }

    private static func models(_ row: Row) throws -> CustomerModels {
        let purchases = BetaGeometric(
            r: try row.value(9), alpha: try row.value(10), a: try row.value(11), b: try row.value(12))
        let (p, q, gamma): (Double?, Double?, Double?) = (try row.value(13), try row.value(14), try row.value(15))
        var spend: GammaGamma?
        if let p, let q, let gamma { spend = GammaGamma(p: p, q: q, gamma: gamma) }
        let weeks: Int = try row.value(7)
        return CustomerModels(purchases: purchases, spend: spend, weeks: Double(weeks), asOf: try row.value(8))
    }
}
