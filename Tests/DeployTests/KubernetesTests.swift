import CRMModel
import EventLoop
import FoundationEssentials
import ServiceKit
import TestKit
import Testing

@Suite struct KubernetesTests {
    private static let base = ["base/namespace", "base/settings", "base/network"]
    private static let services = UnitFile.services

    @Loop private func documents(_ files: [String]) async throws -> [Document]? {
        var all: [Document] = []
        for file in files {
            guard let read = try await DeployFiles.documents("kubernetes/\(file).yaml") else { return nil }
            all += read
        }
        return all
    }

    private func named(_ name: String, _ kind: String, _ all: [Document]) throws -> Document {
        let found = all.filter { $0["kind"].text == kind && $0["metadata", "name"].text == name }
        try #require(found.count == 1, "there are \(found.count) of \(kind) \(name)")
        return found[0]
    }

    /// Whether a selector takes a pod of these labels.
    private func selects(_ selector: Document, _ labels: Document) -> Bool {
        selector["matchLabels"].members.allSatisfy { labels.members[$0.key] == $0.value }
    }

    @Test @Loop func everyProgramIsGivenSettingsThatItKnows() async throws {
        guard let all = try await documents(Self.base + ["migrate/job"] + Self.services.map { "services/\($0)" }) else {
            return
        }
        let secrets = try await MadeSecrets.make("postgres.example")
        defer { secrets.remove() }
        let shared = try named("settings", "ConfigMap", all)["data"].members.compactMapValues(\.text)
        let job = try named("migrate", "Job", all)["spec", "template", "spec"]
        for definition in DeclaredSettings.services {
            let name = definition.name
            let pod = try named(name, "Deployment", all)["spec", "template", "spec"]
            let serving = try #require(pod["containers"].items.first)
            let migrating = try #require(job["containers"].items.first { $0["name"].text == name })
            #expect(serving["command"].texts == ["rapport-\(name)", "serve"])
            #expect(migrating["command"].texts == ["rapport-\(name)", "migrate"])
            for (container, volumes) in [(serving, pod["volumes"]), (migrating, job["volumes"])] {
                let mount = try #require(container["volumeMounts"].items.first)
                let volume = volumes.items.first { $0["name"] == mount["name"] }
                #expect(volume?["secret", "secretName"].text == name)
                #expect(shared["RAPPORT_SETTINGS"] == (mount["mountPath"].text ?? "") + "/settings")
                #expect(container["envFrom"].items.map { $0["configMapRef", "name"].text } == ["settings"])
                let own = container["env"].items.compactMap { entry in
                    entry["name"].text.flatMap { name in entry["value"].text.map { (name, $0) } }
                }
                let given = shared.merging(own) { $1 }.merging(secrets.settings(of: name)) { given, _ in given }
                #expect(try DeclaredSettings.faults(of: given, in: definition) == [])
            }
        }
        let example = try #require(try await documents(["base/secrets.example"])?.first)
        let lines = DeclaredSettings.lines(example["stringData", "settings"].text ?? "")
        #expect(try DeclaredSettings.faults(of: shared.merging(lines) { $1 }, in: DeclaredSettings.services[0]) == [])
    }

    @Test(arguments: services) @Loop func aServiceHasAllThatBelongsToIt(_ name: String) async throws {
        guard let all = try await documents(Self.base + ["services/\(name)"]) else { return }
        let deployment = try named(name, "Deployment", all)
        let labels = deployment["spec", "template", "metadata", "labels"]
        #expect(selects(deployment["spec", "selector"], labels))
        #expect(selects(try named(name, "PodDisruptionBudget", all)["spec", "selector"], labels))
        let service = try named(name, "Service", all)["spec"]
        #expect(service["selector"].members.allSatisfy { labels.members[$0.key] == $0.value })

        let pod = deployment["spec", "template", "spec"]
        let container = try #require(pod["containers"].items.first)
        let ports = container["ports"].items
        for port in service["ports"].items { #expect(ports.contains { $0["name"] == port["targetPort"] }) }
        let settings = try named("settings", "ConfigMap", all)
        #expect(ports.map { $0["containerPort"].text } == [settings["data", "HTTP_PORT"].text])
        for (probe, path) in [("startup", "live"), ("liveness", "live"), ("readiness", "ready")] {
            let asked = container["\(probe)Probe", "httpGet"]
            #expect(asked["path"].text == "/health/\(path)" && ports.contains { $0["name"] == asked["port"] })
        }
        let pause = container["lifecycle", "preStop", "sleep", "seconds"].text.flatMap { Int($0) } ?? 0
        let grace = pod["terminationGracePeriodSeconds"].text.flatMap { Int($0) } ?? 0
        #expect(ServiceEnd.covers("\(grace - pause)"), "\(name) is killed before its end")
        // Where Services are named `kafka-broker`, their variables would be settings.
        #expect(pod["enableServiceLinks"] == .truth(false) && pod["automountServiceAccountToken"] == .truth(false))
        #expect(container["securityContext", "readOnlyRootFilesystem"] == .truth(true))
    }

    @Test @Loop func nobodyTalksToAnybodyElse() async throws {
        guard let all = try await documents(Self.base + Self.services.map { "services/\($0)" } + ["migrate/job"]) else {
            return
        }
        let policies = all.filter { $0["kind"].text == "NetworkPolicy" }
        let nothing = try named("nothing", "NetworkPolicy", all)["spec"]
        #expect(
            nothing["podSelector"].members.isEmpty && nothing["policyTypes"].texts.sorted() == ["Egress", "Ingress"])
        func ports(_ direction: String, _ labels: Document) -> Set<String> {
            let own = policies.filter { selects($0["spec", "podSelector"], labels) }
            let rules = own.flatMap { $0["spec", direction].items }
            return Set(rules.flatMap { $0["ports"].items }.compactMap { $0["port"].text })
        }
        for deployment in all where deployment["kind"].text == "Deployment" {
            let labels = deployment["spec", "template", "metadata", "labels"]
            let isMailing = deployment["metadata", "name"].text == "notifications"
            // Its pages ask services, in the name of who looks, and the firm's provider of sign-on.
            let isConsole = deployment["metadata", "name"].text == "console"
            let more = isMailing ? ["465", "587"] : isConsole ? ["http", "443"] : []
            #expect(ports("egress", labels) == Set(["53", "5432", "9092", "9093"] + more))
            #expect(ports("ingress", labels) == ["http"])
        }
        let migrating = try named("migrate", "Job", all)["spec", "template", "metadata", "labels"]
        #expect(ports("egress", migrating) == ["53", "5432"] && ports("ingress", migrating).isEmpty)
        // By namespaces only, so no pod of the own one is among them, but for the console's and those that it asks.
        for policy in policies {
            let all = ["to", "from"].flatMap { side in
                ["egress", "ingress"].flatMap { policy["spec", $0].items.flatMap { $0[side].items } }
            }
            let isOfPages = policy["metadata", "name"].text == "pages"
            let peers = all.filter { peer in
                let labels = peer["podSelector", "matchLabels"]
                let isConsole = labels["app.kubernetes.io/name"].text == "console"
                return !(isConsole || isOfPages && labels["app.kubernetes.io/component"].text == "service")
            }
            #expect(peers.allSatisfy { Set($0.members.keys) == ["namespaceSelector"] })
            let named = peers.compactMap {
                $0["namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"].text
            }
            #expect(named.count == peers.count && !named.contains("rapport"))
        }
    }

    @Test @Loop func kedaCountsWhatServicesRead() async throws {
        guard let scaling = try await documents(["keda/scaling"]), let settings = try await documents(["base/settings"])
        else { return }
        // The console reads no topic: how many answer requests is set by hand.
        let readers = Self.services.filter { $0 != "console" }
        #expect(scaling.map { $0["spec", "scaleTargetRef", "name"].text } == readers)
        for (service, scaled) in zip(readers, scaling) {
            let spec = scaled["spec"]
            let most = spec["maxReplicaCount"].text.flatMap { Int($0) } ?? .max
            #expect(most <= Topic.partitions, "\(service) would have processes without partitions")
            #expect(spec["minReplicaCount"].text == "2")
            let trigger = spec["triggers"].items[0]["metadata"].members
            #expect(spec["triggers"].items.map { $0["type"].text } == ["kafka"])
            // The parameters of KEDA's Kafka scaler, all of them texts; another name would be passed over.
            let known: Set = [
                "bootstrapServers", "consumerGroup", "topic", "lagThreshold", "activationLagThreshold",
                "offsetResetPolicy", "allowIdleConsumers", "scaleToZeroOnInvalidOffset", "excludePersistentLag",
                "limitToPartitionsWithLag", "version", "partitionLimitation", "sasl", "tls", "unsafeSsl",
            ]
            #expect(Set(trigger.keys).subtracting(known).isEmpty)
            for value in trigger.values { if case .text = value {} else { Issue.record("\(value) is no text") } }
            #expect(trigger["consumerGroup"]?.text == service)
            #expect(trigger["offsetResetPolicy"]?.text == "earliest")
            #expect(trigger["bootstrapServers"] == settings[0]["data", "KAFKA_BROKERS"])
        }
    }

    @Test @Loop func kustomizationsNameAllFiles() async throws {
        var images: [Document] = []
        for folder in ["base", "migrate", "services", "keda"] {
            guard let file = try await documents(["\(folder)/kustomization"])?.first else { return }
            let path = "\(DeployFiles.folder)/kubernetes/\(folder)"
            let names = file["resources"].texts
            for name in names { #expect(access("\(path)/\(name)", R_OK) == 0, "\(folder): \(name)") }
            let files = try FileManager.default.contentsOfDirectory(atPath: path).filter {
                !["kustomization.yaml", "secrets.example.yaml"].contains($0)
            }
            #expect(Set(files) == Set(names.filter { !$0.hasPrefix("..") }))
            if !file["images"].items.isEmpty { images.append(file["images"]) }
        }
        #expect(images.count == 2 && images[0] == images[1], "services and migrations are of different versions")
    }
}
