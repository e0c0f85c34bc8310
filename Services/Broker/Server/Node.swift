import EventLoop

/// The broker behind its connections: topics, logs and groups, and the answers to requests.
@Loop
final class Node {
    /// This broker's number; there is only one.
    nonisolated static let id = 1
    let settings: BrokerSettings
    let store: LogStore
    let catalogue: Catalogue
    let groups: GroupTable
    /// Fetches with records so far.
    var fetches = 0
    let memory: Memory
    let figures = Figures()
    /// Looks into packed batches.
    let unpacking = SlowWork()
    /// What clients are told to connect to, by listener, as the setting of Kafka's has it.
    var advertised: [String] = []
    var listeners: [String] = []
    private var isCleaning = false
    private var toldOfNewGroups = false

    init(_ settings: BrokerSettings, report: @escaping (String) -> Void) {
        self.settings = settings
        store = LogStore(isSynchronous: settings.flush == .sync, report: report)
        catalogue = Catalogue(folder: settings.dataDirectory, store: store, segmentBytes: settings.segmentBytes)
        memory = Memory(limit: settings.maxMemoryBytes)
        groups = GroupTable(catalogue: catalogue, settings, memory)
    }

    /// Milliseconds since 1970.
    nonisolated static var time: Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }

    func partition(_ topic: String, _ index: Int) -> PartitionLog? {
        catalogue.topics[topic]?.partition(index)
    }

    /// Removes what is past its time, as of `now` in milliseconds since 1970: records, producers, groups' offsets.
    func clean(now: Int = Node.time) async {
        guard !isCleaning else { return }
        isCleaning = true
        defer { isCleaning = false }
        await groups.expire(now: now)
        for partition in catalogue.topics.values.flatMap(\.partitions) {
            partition.forgetProducers(before: now - 86_400_000)
            do {
                try partition.retain(now: now)
                if try await partition.compactIfDue(now: now) { catalogue.touch() }
                await partition.saveCheckpoint()
            } catch {
                store.report("\(partition.topic)-\(partition.partition) cannot be cleaned: \(error)")
            }
        }
        await settleOrReport()
    }

    /// Has what changed kept; where the disk refuses, people are told and it is tried again with the next change.
    func settleOrReport() async {
        do { try await catalogue.settle() } catch { store.report("the catalogue cannot be written: \(error)") }
    }

    /// Finishes what was begun and notes what makes the next start quick.
    func stop() async {
        groups.stop()
        await groups.noteGroups()
        await store.committer.finish()
        try? await catalogue.settle()
        for topic in catalogue.topics.values {
            for partition in topic.partitions {
                await partition.finishRemoval()
                await partition.saveCheckpoint()
            }
        }
    }
}

/// A request with what is known of its sender.
struct Request: Sendable {
    let key: Int
    let version: Int
    let clientID: String
    /// As Kafka shows it: `/127.0.0.1`.
    let clientHost: String
    /// Where clients of its listener are told to connect.
    let advertised: (host: String, port: Int)
    var body: Message
    /// What its sender may do.
    var rights = Rights.everything
    /// Called by a write once its records have their places, so that the next may begin.
    var onPlaced: @Loop () -> Void = {}
}

/// What becomes of a request.
enum Answer: Sendable {
    case message(Message)
    /// The client expects nothing.
    case nothing
    /// The client gets an answer, and then the connection is closed.
    case last(Message)
    /// The connection is closed, as the client cannot be told otherwise.
    case close
}

extension Node {
    /// Does what one request of a version that is served asks for, whoever asks.
    func act(on request: Request) async -> Answer {
        let body = request.body
        switch request.key {
        case 0: return await produce(request)
        case 1: return await fetch(request).map { .message($0) } ?? .close
        case 2: return .message(await listOffsets(request))
        case 3: return .message(await metadata(request))
        case 8: return .message(await commitOffsets(body))
        case 9: return .message(fetchOffsets(request))
        case 10: return .message(findCoordinator(request))
        case 11: return .message(await join(request))
        case 12: return .message(heartbeat(body))
        case 13: return .message(leave(request))
        case 14: return .message(await sync(request))
        case 15: return .message(describeGroups(request))
        case 16: return .message(listGroups(body))
        case 18: return .message(apiVersions(.none))
        case 19: return .message(await createTopics(request))
        case 20: return .message(await deleteTopics(request))
        case 21: return .message(await deleteRecords(body))
        case 22: return .message(await initProducer(body))
        case 23: return .message(offsetForLeaderEpoch(body))
        case 32: return .message(describeConfigs(body))
        case 33: return .message(await alterConfigs(body, incrementally: false))
        case 37: return .message(await createPartitions(body))
        case 42: return .message(await deleteGroups(body))
        case 44: return .message(await alterConfigs(body, incrementally: true))
        case 47: return .message(await deleteOffsets(body))
        case 68: return .message(refuseNewGroups())
        // There is nothing to sign in for.
        case 17, 36: return .message(["ErrorCode": .code(.illegalSignInState)])
        case 60: return .message(describeCluster(request))
        default: return .close
        }
    }

    /// The newer protocol of groups is told as served only to be refused: a client that misses it would wait for it without a word.
    private func refuseNewGroups() -> Message {
        let text = "This broker has the classic group protocol only: set group.protocol=classic."
        if !toldOfNewGroups { store.report("a client asks for group.protocol=consumer. \(text)") }
        toldOfNewGroups = true
        return ["ErrorCode": .code(.unsupportedVersion), "ErrorMessage": .text(text), "Assignment": -1]
    }

    /// What this broker serves.
    func apiVersions(_ code: ErrorCode) -> Message {
        let served = API.all.sorted { $0.key < $1.key }.filter { code == .none || $0.key == 18 }
        let keys: [Message] = served.map { api in
            [
                "ApiKey": .int(api.key), "MinVersion": .int(api.advertised.lowerBound),
                "MaxVersion": .int(api.advertised.upperBound),
            ]
        }
        return ["ErrorCode": .code(code), "ApiKeys": .list(keys)]
    }
}
