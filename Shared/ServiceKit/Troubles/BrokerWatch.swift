import EventLoop
import Kafka

/// Looks once a second whether the brokers answer.
@Loop
final class BrokerWatch {
    private let probe = KafkaProbe()
    private let settings: KafkaSettings
    private let troubles: Troubles
    /// Since when, by the loop's clock, no answer has come.
    private var since: Duration?

    init(_ settings: KafkaSettings, _ troubles: Troubles) {
        self.settings = settings
        self.troubles = troubles
    }

    func start() throws {
        try probe.start(settings) { [weak self] error, took in self?.heard(error, took) }
    }

    func stop() { probe.stop() }

    private func heard(_ error: KafkaError?, _ took: Duration) {
        guard let error else {
            since = nil
            troubles.end(.brokerAway)
            return troubles.end(.brokerRefuses)
        }
        let begin = since ?? Loop.now - took
        since = begin
        if error.isRefusal { troubles.end(.brokerAway) }
        troubles.begin(error.isRefusal ? .brokerRefuses : .brokerAway, error.text, since: begin)
    }
}
