import EventLoop

extension Node {
    private static let topicType = 2
    private static let brokerType = 4
    /// Loggers, client metrics and groups, which have no settings here.
    private static let emptyTypes = [8, 16, 32]

    /// Tells the settings of topics and of this broker.
    func describeConfigs(_ body: Message) -> Message {
        let results: [Message] = Self.distinct(body.list("Resources"), "ResourceType", "ResourceName").map {
            resource, _ in
            var answer: Message = [
                "ErrorCode": 0, "ErrorMessage": nil, "ResourceType": resource["ResourceType"] ?? 0,
                "ResourceName": resource["ResourceName"] ?? "", "Configs": [],
            ]
            do throws(Refusal) {
                let wanted = resource.optionalTexts("ConfigurationKeys").flatMap { $0.isEmpty ? nil : Set($0) }
                let entries = try configs(of: resource, withSynonyms: body.flag("IncludeSynonyms"))
                answer["Configs"] = .list(entries.filter { wanted?.contains($0.text("Name")) ?? true })
            } catch {
                answer = answer.refused(error)
            }
            return answer
        }
        return ["Results": .list(results)]
    }

    private func configs(of resource: Message, withSynonyms: Bool) throws(Refusal) -> [Message] {
        let name = resource.text("ResourceName")
        switch resource.int("ResourceType") {
        case Self.topicType:
            let topic = try topic(name)
            return TopicSettings.known.sorted { $0.key < $1.key }.map { key, setting in
                Self.entry(key, setting, own: topic.configs[key], withSynonyms: withSynonyms)
            }
        case Self.brokerType:
            guard name.isEmpty || name == String(Node.id) else {
                throw Refusal(.invalidRequest, "This broker is number \(Node.id).")
            }
            return name.isEmpty ? [] : brokerConfigs
        case let type where Self.emptyTypes.contains(type): return []
        default: throw Refusal(.invalidRequest, "There is no such type of resource.")
        }
    }

    private func topic(_ name: String) throws(Refusal) -> Topic {
        guard TopicSettings.isLegalName(name) else { throw Refusal(.invalidTopic, "Topic name is invalid: \(name)") }
        guard let topic = catalogue.topics[name] else {
            throw Refusal(.unknownTopicOrPartition, "This server does not host this topic-partition.")
        }
        return topic
    }

    private static func entry(
        _ key: String, _ setting: TopicSettings.Setting, own: String?, withSynonyms: Bool
    ) -> Message {
        var synonyms: [Message] = [["Name": .text(key), "Value": .text(setting.standard), "Source": 5]]
        if let own { synonyms.insert(["Name": .text(key), "Value": .text(own), "Source": 1], at: 0) }
        return [
            "Name": .text(key), "Value": .text(own ?? setting.standard), "ReadOnly": 0,
            "IsDefault": .flag(own == nil), "ConfigSource": own == nil ? 5 : 1, "IsSensitive": 0,
            "Synonyms": withSynonyms ? .list(synonyms) : [], "ConfigType": .int(setting.kind.rawValue),
            "Documentation": nil,
        ]
    }

    private var brokerConfigs: [Message] {
        let values = [
            "advertised.listeners": advertised.joined(separator: ","), "listeners": listeners.joined(separator: ","),
            "auto.create.topics.enable": String(settings.autoCreateTopics),
            "broker.id": String(Node.id), "node.id": String(Node.id),
            "default.replication.factor": "1", "log.segment.bytes": String(settings.segmentBytes),
            "num.partitions": String(settings.defaultPartitions),
        ]
        return values.sorted { $0.key < $1.key }.map { key, value in
            [
                "Name": .text(key), "Value": .text(value), "ReadOnly": 1, "ConfigSource": 4, "IsSensitive": 0,
                "ConfigType": 2, "Documentation": nil,
            ]
        }
    }

    /// Changes settings of topics: single ones, or all, where those not named go back to the default.
    func alterConfigs(_ body: Message, incrementally: Bool) async -> Message {
        let resources = body.list("Resources")
        let name = { (resource: Message) in [resource["ResourceType"], resource["ResourceName"]] }
        let counts = Dictionary(resources.map { (name($0), 1) }, uniquingKeysWith: +)
        var responses: [Message] = []
        for resource in resources {
            var answer: Message = [
                "ErrorCode": 0, "ErrorMessage": nil, "ResourceType": resource["ResourceType"] ?? 0,
                "ResourceName": resource["ResourceName"] ?? "",
            ]
            do throws(Refusal) {
                guard counts[name(resource)] == 1 else {
                    throw Refusal(.invalidRequest, "Each resource must appear at most once.")
                }
                guard resource.int("ResourceType") == Self.topicType else {
                    throw Refusal(.invalidRequest, "Only settings of topics can be changed.")
                }
                let name = resource.text("ResourceName")
                if !TopicSettings.isLegalName(name) { _ = try topic(name) }
                let present = incrementally ? catalogue.topics[name]?.configs ?? [:] : [:]
                let changed = try altered(present, by: resource.list("Configs"))
                let topic = try topic(name)
                if !body.flag("ValidateOnly"), changed != topic.configs {
                    topic.configs = changed
                    catalogue.touch()
                }
            } catch {
                answer = answer.refused(error)
            }
            responses.append(answer)
        }
        return ["Responses": await settled(responses)]
    }

    private func altered(
        _ configs: [String: String], by changes: [Message]
    ) throws(Refusal) -> [String: String] {
        var configs = configs
        let counts = Dictionary(changes.map { ($0.text("Name"), 1) }, uniquingKeysWith: +)
        // What is wrong with the question comes before what is wrong with a setting.
        for change in changes {
            let key = change.text("Name")
            guard counts[key] == 1 else {
                throw Refusal(.invalidRequest, "Duplicate key: \(key)")
            }
            guard change.optionalText("Value") != nil || change.int("ConfigOperation") == 1 else {
                throw Refusal(.invalidRequest, "Null value not supported for: \(key)")
            }
        }
        for change in changes {
            let (key, value) = (change.text("Name"), change.optionalText("Value"))
            let operation = change.int("ConfigOperation")
            switch operation {
            case 0: configs[key] = value
            case 1: configs[key] = nil
            case 2 where key == "cleanup.policy", 3 where key == "cleanup.policy":
                let present = (configs[key] ?? "delete").split(separator: ",").map(String.init)
                let rest = present.filter { $0 != value }
                configs[key] = (operation == 2 ? rest + [value ?? ""] : rest).joined(separator: ",")
            case 2, 3: throw Refusal(.invalidConfig, "\(key) is not a list.")
            default: throw Refusal(.invalidRequest, "Unknown operation.")
            }
            if let now = configs[key], let fault = TopicSettings.fault(key, now) {
                throw Refusal(.invalidConfig, fault)
            }
        }
        return configs
    }
}
