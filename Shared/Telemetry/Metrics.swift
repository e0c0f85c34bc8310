import Synchronization

/// The numbers that a process shows at `/metrics`.
///
/// Ask for an instrument once and keep it: asking is a search under a lock, counting is one atomic operation. Labels
/// have few and known values, never ids of customers.
public final class Metrics: Sendable {
    /// The process's own.
    public static let shared = Metrics()

    private let families = Mutex<[String: Family]>([:])
    private let beforeRendering = Mutex<[@Sendable () -> Void]>([])

    /// An empty registry.
    public init() {}

    /// The counter of this name and these labels, made when first asked for. Names end in `_total`.
    public func counter(_ name: String, help: String, labels: KeyValuePairs<String, String> = [:]) -> Counter {
        instrument(name, help, labels) { Counter() }
    }

    /// The gauge of this name and these labels, made when first asked for.
    public func gauge(_ name: String, help: String, labels: KeyValuePairs<String, String> = [:]) -> Gauge {
        instrument(name, help, labels) { Gauge() }
    }

    /// The histogram of this name and these labels, made when first asked for; `buckets` are upper bounds.
    public func histogram(
        _ name: String, help: String, labels: KeyValuePairs<String, String> = [:],
        buckets: [Double] = Histogram.defaultBuckets
    ) -> Histogram {
        instrument(name, help, labels) { Histogram(buckets: buckets) }
    }

    /// Calls `update` before each rendering, on its thread: for gauges that are cheaper to read than to follow.
    public func onRender(_ update: @escaping @Sendable () -> Void) {
        beforeRendering.withLock { $0.append(update) }
    }

    /// The whole registry in Prometheus's text format 0.0.4 (`text/plain; version=0.0.4`), with the process's own use.
    public func rendered() -> String {
        for update in beforeRendering.withLock({ $0 }) { update() }
        var text = families.withLock { families in
            families.sorted { $0.key < $1.key }.map { $0.value.rendered(as: $0.key) }.joined()
        }
        text += ProcessUse.rendered()
        return text
    }

    private func instrument<Instrument: Sendable>(
        _ name: String, _ help: String, _ labels: KeyValuePairs<String, String>, _ make: () -> Instrument
    ) -> Instrument {
        let key = labels.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
        return families.withLock { families in
            if let known = families[name]?.members[key] {
                guard let instrument = known as? Instrument else { preconditionFailure("\(name) is of another kind") }
                return instrument
            }
            let instrument = make()
            families[name, default: Family(help: help)].members[key] = instrument
            return instrument
        }
    }
}

/// All instruments of one name.
private struct Family {
    let help: String
    /// By labels as they are rendered.
    var members: [String: any Sendable] = [:]

    func rendered(as name: String) -> String {
        var text = "# HELP \(name) \(escaped(help, quotes: false))\n# TYPE \(name) \(kind(of: name))\n"
        for (labels, member) in members.sorted(by: { $0.key < $1.key }) {
            switch member {
            case let counter as Counter: text += sample(name, labels, String(counter.value))
            case let gauge as Gauge: text += sample(name, labels, number(gauge.value))
            case let histogram as Histogram: text += rendered(histogram, name, labels)
            default: break
            }
        }
        return text
    }

    private func kind(of name: String) -> String {
        switch members.first?.value {
        case is Counter: "counter"
        case is Gauge: "gauge"
        case is Histogram: "histogram"
        default: "untyped"
        }
    }

    private func rendered(_ histogram: Histogram, _ name: String, _ labels: String) -> String {
        var text = ""
        var total: UInt64 = 0
        for (index, bucket) in histogram.counts.enumerated() {
            total += bucket.value
            let bound = index < histogram.bounds.count ? number(histogram.bounds[index]) : "+Inf"
            let all = labels.isEmpty ? "le=\"\(bound)\"" : "\(labels),le=\"\(bound)\""
            text += sample("\(name)_bucket", all, String(total))
        }
        text += sample("\(name)_sum", labels, number(histogram.sum.value))
        // The sum of the buckets just read, not the count of now, so that one rendering agrees with itself.
        return text + sample("\(name)_count", labels, String(total))
    }
}

func sample(_ name: String, _ labels: String, _ value: String) -> String {
    labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
}

func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(String.init) ?? value.description
}

private func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for character in text.unicodeScalars {
        switch character {
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\"" where quotes: result += "\\\""
        default: result.unicodeScalars.append(character)
        }
    }
    return result
}
