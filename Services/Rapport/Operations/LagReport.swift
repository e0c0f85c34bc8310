import EventLoop
import FoundationEssentials

/// Where each service stands in each topic, by its stored offsets.
@Loop
struct LagReport {
    private let suite: Suite

    init(_ suite: Suite) { self.suite = suite }

    /// Shows a row for each service and topic, or for each partition.
    func show(eachPartition: Bool) async throws {
        let state = try suite.folder.readState()
        var rows: [[String]] = []
        for name in Services.built {
            let bytes = try await ServiceProbe(name, state).get("/v1/ops/lag", within: .seconds(60))
            let items = try JSONDecoder().decode(Answer.self, from: Data(bytes)).items
            if eachPartition {
                rows += items.map { item in
                    [name, item.topic, "\(item.partition)", "\(item.position)", "\(item.end)", "\(item.lag)"]
                }
            } else {
                rows += Self.sums(items).map { topic, sum in
                    [name, topic, "\(sum.partitions)", "\(sum.position)", "\(sum.end)", "\(sum.lag)"]
                }
            }
        }
        let heads = ["service", "topic", eachPartition ? "partition" : "partitions", "position", "end", "lag"]
        suite.terminal.table(heads, rows)
    }

    private struct Answer: Decodable {
        let items: [Item]
    }

    private struct Item: Decodable {
        let topic: String
        let partition, position, end, lag: Int
    }

    private struct Sum {
        var partitions = 0
        var position = 0
        var end = 0
        var lag = 0
    }

    nonisolated private static func sums(_ items: [Item]) -> [(String, Sum)] {
        var sums: [String: Sum] = [:]
        for item in items {
            sums[item.topic, default: Sum()].partitions += 1
            sums[item.topic, default: Sum()].position += item.position
            sums[item.topic, default: Sum()].end += item.end
            sums[item.topic, default: Sum()].lag += item.lag
        }
        return sums.sorted { $0.key < $1.key }
    }
}
