import HTTP
import Messaging
import Telemetry

/// What a process says of itself.
extension ServiceProcess {
    var healthRoutes: [Route] {
        [
            Route(
                .get, "/health/live", "Whether the process runs", tag: "operations", access: .open, gives: .text
            ) { _ in Response(.ok, text: "live\n") },
            Route(
                .get, "/health/ready", "Whether it can do its work; what is missing, a line each", tag: "operations",
                access: .open, gives: .text, or: [.bytes("text/plain", .unavailable)]
            ) { [unowned self] _ in
                let missing = whatIsMissing()
                return missing.isEmpty
                    ? Response(.ok, text: "ready\n")
                    : Response(.unavailable, text: missing.joined(separator: "\n") + "\n")
            },
            Route(
                .get, "/metrics", "Figures for Prometheus", tag: "operations", access: .watch, gives: .text
            ) { _ in
                Response(.ok, text: Metrics.shared.rendered(), contentType: "text/plain; version=0.0.4; charset=utf-8")
            },
        ]
    }

    func whatIsMissing() -> [String] {
        var missing: [String] = []
        if isStopping { missing.append("the process is stopping") }
        if let awaited {
            missing.append("the process is starting: it waits for \(awaited == "its life" ? life.step : awaited)")
        }
        if let consumer, awaited == nil, !consumer.isAssigned, !work.wasAssigned {
            missing.append("no partitions assigned yet")
        }
        missing += troubles.missing
        if surface.isOverloaded { missing.append("events have not been published for a minute") }
        return missing
    }
}
