import Crypto
import EventLoop
import TestKit
import Testing

@testable import Broker

/// A broker with a listener of each kind that asks to sign in, and two users.
@Loop
func withSecureBroker(
    _ body: @Loop (Broker, TestCertificates, _ plain: Int, _ tls: Int) async throws -> Void
) async throws {
    let files = try await TestCertificates()
    defer { files.remove() }
    let users = Users(path: files.folder + "/users")
    try users.set("shop", password: Array("open, sesame=1".utf8))
    try users.set("张三", password: Array("芝麻开门".utf8))
    try users.set("\u{301}x,=y", password: Array("open".utf8))
    try await withBroker { settings in
        settings.listeners = [
            ListenerSettings(.plain, address: "127.0.0.1", port: 0),
            ListenerSettings(.signIn, address: "127.0.0.1", port: 0),
            ListenerSettings(.tlsAndSignIn, address: "127.0.0.1", port: 0),
            ListenerSettings(.tls, address: "127.0.0.1", port: 0),
        ]
        settings.listeners[2].advertised = ("localhost", 0)
        settings.tlsCertificate = files.certificate
        settings.tlsKey = files.key
        settings.usersFile = users.path
        settings.signInTime = .seconds(2)
    } _: { broker, _ in
        try await body(broker, files, broker.ports[1], broker.ports[2])
    }
}

@Suite struct ListenerTests {
    private func settings(_ environment: [String: String]) throws -> BrokerSettings {
        try BrokerSettings(environment: { environment[$0] })
    }

    @Test @Loop func unsafeListenersAreRefusedInWordsThatHelp() throws {
        for listener in ["PLAINTEXT://0.0.0.0:9092", "SSL://10.0.0.1:9092", "SASL_PLAINTEXT://[::]:9092"] {
            var bad = try settings(["BROKER_LISTENERS": "PLAINTEXT://127.0.0.1:0," + listener])
            bad.advertisedHost = "shop.example"
            (bad.tlsCertificate, bad.tlsKey, bad.usersFile) = ("c", "k", "u")
            let error = #expect(throws: BrokerError.self) { _ = try Broker(bad) }
            for name in ["BROKER_LISTENERS", "BROKER_TLS_CERTIFICATE", "BROKER_USERS", "BROKER_ALLOW_REMOTE"] {
                #expect(error?.description.contains(name) == true)
            }
            bad.allowRemote = true
            _ = try Broker(bad)
        }
        let missing = [
            (["BROKER_LISTENERS": "SSL://127.0.0.1:0"], "BROKER_TLS_CERTIFICATE"),
            (["BROKER_LISTENERS": "SASL_PLAINTEXT://127.0.0.1:0"], "BROKER_USERS"),
            (["BROKER_ADDRESS": "0.0.0.0", "BROKER_ALLOW_REMOTE": "true"], "BROKER_ADVERTISED_HOST"),
        ]
        for (environment, name) in missing {
            let error = try #require(throws: BrokerError.self) { _ = try Broker(settings(environment)) }
            #expect(error.description.contains(name))
        }
        for (name, value) in [
            ("BROKER_LISTENERS", "PLAINTEXT://127.0.0.1"), ("BROKER_LISTENERS", "TLS://127.0.0.1:1"),
            ("BROKER_PORT", "70000"), ("BROKER_METRICS", "everywhere"), ("BROKER_MAX_CONNECTIONS", "0"),
        ] {
            let error = try #require(throws: BrokerError.self) { _ = try settings([name: value]) }
            #expect(error.description.contains(name))
        }
    }

    @Test func listenersAreReadAsKafkaWritesThem() throws {
        let read = try settings([
            "BROKER_LISTENERS": "PLAINTEXT://127.0.0.1:9092, SASL_SSL://[::]:9093",
            "BROKER_ADVERTISED_LISTENERS": "SASL_SSL://shop.example:19093", "BROKER_METRICS": "[::1]:9308",
        ])
        #expect(read.listeners.map(\.name) == ["PLAINTEXT://127.0.0.1:9092", "SASL_SSL://[::]:9093"])
        #expect(read.listeners[0].advertised == nil)
        #expect(read.listeners[1].advertised?.host == "shop.example" && read.listeners[1].advertised?.port == 19_093)
        #expect(read.metrics?.address == "::1" && read.metrics?.port == 9308)
    }
}

@Suite struct SignInTests {
    @Test @Loop func rfc7677ExampleHolds() throws {
        let salt = try #require(Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
        let keys = ScramKeys(password: Array("pencil".utf8), salt: salt, iterations: 4096)
        let message =
            "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,"
            + "i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        let proof = try #require(Base64.decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
        let signature = keys.signature(of: Array(message.utf8), proof: proof)
        #expect(signature.map { Base64.encode($0) } == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        #expect(keys.signature(of: Array(message.utf8), proof: proof.reversed()) == nil)
        let again = try #require(ScramKeys(keys.text))
        #expect(again.accepts(password: Array("pencil".utf8)) && !again.accepts(password: Array("pen".utf8)))
    }

    /// What an Apache Kafka answers, case by case.
    @Test @Loop func answersAreThoseOfKafka() async throws {
        try await withSecureBroker { broker, _, port, _ in
            func begin(_ mechanism: String, version: Int = 1) async throws -> TestClient {
                let client = try await TestClient(port: port)
                #expect(try await client.call(18, 3, [:]).int("ErrorCode") == 0)
                let answer = try await client.call(17, version, ["Mechanism": .text(mechanism)])
                #expect(answer.int("ErrorCode") == (SignIn.mechanisms.contains(mechanism) ? 0 : 33))
                #expect(answer.optionalTexts("Mechanisms") == ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
                return client
            }
            for key in [3, 36] {
                let early = try await TestClient(port: port)
                early.send(key, 1, [:])
                #expect(try await early.isClosed(within: .seconds(5)))
                early.close()
            }
            let strange = try await begin("GSSAPI")
            #expect(try await strange.isClosed(within: .seconds(5)))
            strange.close()
            for token in [
                "\0shop\0wrong", "\0nobody\0open, sesame=1", "shop\0open, sesame=1", "boss\0shop\0open, sesame=1",
            ] {
                let client = try await begin("PLAIN")
                let start = Loop.now
                let answer = try await client.call(36, 2, ["AuthBytes": .bytes(Array(token.utf8)[...])])
                #expect(answer.int("ErrorCode") == 58 && answer.text("ErrorMessage").hasPrefix("Authentication failed"))
                #expect(Loop.now - start >= .milliseconds(290))
                #expect(try await client.isClosed(within: .seconds(5)))
                client.close()
            }
            for first in ["p=tls-unique,,n=shop,r=abc", "n,,r=abc", ""] {
                let client = try await begin("SCRAM-SHA-256")
                let answer = try await client.call(36, 1, ["AuthBytes": .bytes(Array(first.utf8)[...])])
                #expect(answer.int("ErrorCode") == 58, "\(first)")
                client.close()
            }
            let good = try await begin("PLAIN")
            let done = try await good.call(36, 2, ["AuthBytes": .bytes(Array("\0shop\0open, sesame=1".utf8)[...])])
            #expect(done.int("ErrorCode") == 0 && done.int("SessionLifetimeMs") == 0)
            #expect(try await good.produce(testBatch(["a"]), to: "t").code == 3)
            #expect(try await good.call(17, 1, ["Mechanism": "PLAIN"]).int("ErrorCode") == 34)
            #expect(try await good.call(36, 1, [:]).int("ErrorCode") == 34)
            #expect(try await good.call(3, 4, ["Topics": nil]).list("Brokers").first?.int("Port") == port)
            good.close()
            // The oldest way: bare tokens, an empty frame for success, and nothing for a failure.
            let raw = try await begin("PLAIN", version: 0)
            raw.write([0, 0, 0, 20] + Array("\0shop\0open, sesame=1".utf8))
            #expect(try await raw.frame() == [0, 0, 0, 0])
            #expect(try await raw.call(3, 4, ["Topics": nil]).list("Brokers").count == 1)
            raw.close()
            let rawWrong = try await begin("PLAIN", version: 0)
            rawWrong.write([0, 0, 0, 4] + Array("\0a\0b".utf8))
            #expect(try await rawWrong.isClosed(within: .seconds(5)))
            rawWrong.close()
            // Without signing in, neither time nor room is given.
            let idle = try await TestClient(port: port)
            #expect(try await idle.isClosed(within: .seconds(10)))
            idle.close()
            let large = try await TestClient(port: port)
            large.write([0, 2, 0, 0, 0, 3, 0, 4])
            #expect(try await large.isClosed(within: .seconds(1)))
            large.close()
            let open = try await TestClient(port: broker.port)
            #expect(try await open.call(17, 1, ["Mechanism": "PLAIN"]).int("ErrorCode") == 34)
            #expect(try await open.call(36, 1, [:]).int("ErrorCode") == 34)
            open.close()
        }
    }

    @Test @Loop func kcatSignsIn() async throws {
        guard try await runShell("command -v kcat").status == 0 else { try Test.cancel("kcat is not installed") }
        try await withSecureBroker { _, files, plain, tls in
            let runs = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap { mechanism in
                ["SASL_PLAINTEXT", "SASL_SSL"].map { security in
                    let kcat =
                        "kcat -b 127.0.0.1:\(security == "SASL_SSL" ? tls : plain) -X security.protocol=\(security) -m 5"
                        + " -X ssl.ca.location=\(files.authority) -X sasl.mechanism=\(mechanism)"
                        + " -X enable.ssl.certificate.verification=true"
                    return Task.immediate { @Loop in try await signIn(kcat, topic: "\(mechanism)-\(security)") }
                }
            }
            for run in runs { try await run.value }
        }
    }

    @Loop private func signIn(_ kcat: String, topic: String) async throws {
        func client(_ user: String, _ password: String) -> String {
            "\(kcat) -X sasl.username='\(user)' -X sasl.password='\(password)'"
        }
        // The last begins with a mark that joins whatever stands before it.
        let users = [("shop", "open, sesame=1"), ("张三", "芝麻开门"), ("\u{301}x,=y", "open")].map(client)
        for (number, client) in users.enumerated() {
            let run = try await runShell(
                "seq 1 3000 | \(client) -P -t \(topic)-\(number) && "
                    + "\(client) -C -t \(topic)-\(number) -e -q | sort -n | cksum; seq 1 3000 | cksum")
            let sums = run.output.split(separator: "\n")
            #expect(sums.count == 2 && sums[0] == sums[1], "\(topic): \(run.output)")
        }
        let wrong = try await runShell("\(client("shop", "wrong")) -m 2 -L 2>&1", seconds: 20)
        #expect(wrong.status != 0 && wrong.output.contains("Authentication failed"), "\(topic): \(wrong.output)")
    }

    @Test @Loop func kcatUsesTLSAlone() async throws {
        guard try await runShell("command -v kcat").status == 0 else { try Test.cancel("kcat is not installed") }
        try await withSecureBroker { broker, files, _, _ in
            let kcat = "kcat -b 127.0.0.1:\(broker.ports[3]) -X security.protocol=SSL -m 5"
            let good = try await runShell("\(kcat) -X ssl.ca.location=\(files.authority) -L")
            #expect(good.status == 0 && good.output.contains("broker 1 at 127.0.0.1:\(broker.ports[3])"))
            let untrusting = try await runShell("\(kcat) -m 2 -L 2>&1", seconds: 20)
            #expect(untrusting.status != 0)
        }
    }

    @Test @Loop func usersAreManagedByCommand() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let file = folder + "/users"
        let broker = "BROKER_USERS=\(file) " + (try TestPaths.program("rapport-broker"))
        #expect(try await runShell("echo secret | \(broker) add-user shop").status == 0)
        #expect(try await runShell("echo 秘密 | \(broker) add-user 张三 && echo new | \(broker) add-user shop").status == 0)
        let text = TestPaths.contents(file)
        #expect(text.split(separator: "\n").count == 4 && !text.contains("secret") && !text.contains("new"))
        #expect(try Users(path: file).keys(of: "shop", .sha512)?.accepts(password: Array("new".utf8)) == true)
        #expect(try Users(path: file).keys(of: "shop", .sha512)?.accepts(password: Array("secret".utf8)) == false)
        #expect(try Users(path: file).keys(of: "张三", .sha256)?.accepts(password: Array("秘密".utf8)) == true)
        #expect(try await runShell("test $(stat -c %a \(file)) = 600").status == 0)
        #expect(try await runShell("\(broker) remove-user shop && ! \(broker) remove-user shop").status == 0)
        #expect(try Users(path: file).keys(of: "shop", .sha256) == nil)
        let help = try await runShell("\(broker) --help 2>&1")
        #expect(help.status != 0 && help.output.contains("add-user NAME"))
        #expect(try await runShell("echo | \(broker) add-user a:b").status != 0)
    }
}

/// What the program does before anything else.
@Suite struct HardeningTests {
    @Test @Loop func aProgramKeepsToItself() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let isRoot = getuid() == 0
        if isRoot { chown(folder, 65_534, 65_534) }
        let process = try await BrokerProcess(folder + "/data", isRoot ? ["RUN_AS=65534:65534"] : [])
        let status = TestPaths.contents("/proc/\(process.id)/status").split(separator: "\n")
        func field(_ name: String) -> String {
            status.first { $0.hasPrefix(name + ":") }?.split(separator: "\t").dropFirst().joined(separator: " ") ?? ""
        }
        #expect(field("Umask") == "0077" && field("NoNewPrivs") == "1")
        let limits = TestPaths.contents("/proc/\(process.id)/limits").split(separator: "\n")
        let files = limits.first { $0.hasPrefix("Max open files") }?.split(separator: " ").compactMap { Int($0) } ?? []
        #expect(files.count == 2 && files[0] == files[1])
        let cores = limits.first { $0.hasPrefix("Max core file size") }?.split(separator: " ").compactMap { Int($0) }
        #expect(cores?.first == 0)
        if isRoot {
            #expect(field("Uid") == "65534 65534 65534 65534" && field("Gid") == "65534 65534 65534 65534")
            #expect(field("Groups").filter { $0 != " " }.isEmpty)
            // The kernel gives what cannot be dumped to the superuser.
            var info = stat()
            #expect(stat("/proc/\(process.id)/environ", &info) == 0 && info.st_uid == 0)
        }
        let open = try await runShell("find \(folder) -mindepth 1 -perm /077")
        #expect(open.output.isEmpty, "\(open.output)")
        try await process.end(SIGTERM)
    }
}
