import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import TestKit
import Testing

extension WholeSuite {
    /// A suite whose Broker asks nobody yet, as an older `up` has left it: it goes on so, until the next `up` lets everybody sign in.
    @Suite struct OlderBusTests {
        @Test(.timeLimit(.minutes(4))) @Loop func aBusThatAskedNobodyBeginsToAskWithTheNextUp() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                let down = try await suite.rapport("down")
                try #require(down.isSuccess, "\(down.text)")
                try await makeOlder(suite)
                let watching = try suite.launch("rapport", ["keep-watch"])
                try await untilReady(suite)
                try await suite.shell("env -u KCAT_CONFIG kcat -b $BROKER -m 10 -L >/dev/null")

                // A process that is replaced goes on as the others do.
                let restart = try await suite.rapport("restart", "sales")
                #expect(restart.isSuccess, "\(restart.text)")
                let scale = try await suite.rapport("scale", "contacts", "2")
                #expect(scale.isSuccess, "\(scale.text)")
                try await suite.shell("env -u KCAT_CONFIG kcat -b $BROKER -m 10 -L >/dev/null")
                try await tell(suite, "Before")
                struct Made: Decodable { let id: String }
                let lead = try await suite.ask("sales", .post, "/v1/leads", #"{"name":"Bea"}"#, as: Made.self).id

                let again = try await suite.rapport("up")
                #expect(again.isSuccess && again.text.contains("the Broker begins to ask"), "\(again.text)")
                try await suite.shell("! env -u KCAT_CONFIG kcat -b $BROKER -m 3 -L >/dev/null")
                try await untilReady(suite)
                try await suite.publish(
                    "erp.customers", key: "C-After", "erp.customer.upserted.v1",
                    #"{"customerNo":"C-After","name":"After"}"#)
                // What was told before and what is told now have both been heard, and what waited has been told.
                for number in ["Before", "After"] {
                    let party = ExternalID.party(customerNo: "C-\(number)").uuidString.lowercased()
                    try await eventually("the customer \(number)", within: .seconds(30)) {
                        (try? await suite.ask("contacts", .get, "/v1/parties/\(party)"))?.contains(number) == true
                    }
                }
                try await suite.shell(
                    "kcat -C -e -q -o beginning -b $BROKER -t crm.sales -f '%k\\n' >keys && grep -q \(lead) keys")
                watching.process.kill(SIGTERM)
            }
        }

        /// What an older suite has not: users, their rights, and the mark that they are asked for.
        @Loop private func makeOlder(_ suite: RunningSuite) async throws {
            try await suite.shell("rm bus-users bus-rights operator.properties")
            try await suite.shell(
                """
                sed -i -E 's/"asksUsers" *: *true/"asksUsers":false/; s/"isUp" *: *false/"isUp":true/' state.json
                grep -q '"asksUsers":false' state.json && grep -q '"isUp":true' state.json
                """)
        }

        @Loop private func untilReady(_ suite: RunningSuite) async throws {
            try await eventually("all ready", within: .seconds(60)) { try await suite.rapport("status").isSuccess }
        }

        /// An event by a program that has no user.
        @Loop private func tell(_ suite: RunningSuite, _ name: String) async throws {
            try await suite.shell(
                """
                echo '{"customerNo":"C-\(name)","name":"\(name)"}' | env -u KCAT_CONFIG kcat -P -b $BROKER -t erp.customers \
                -k C-\(name) -X partitioner=murmur2_random -H ce_specversion=1.0 -H ce_id=\(name) -H ce_source=/kcat \
                -H ce_type=erp.customer.upserted.v1
                """)
        }
    }
}
