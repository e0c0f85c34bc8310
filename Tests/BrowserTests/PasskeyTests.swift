import EventLoop
import FoundationEssentials
import ServiceTestKit
import TestKit
import Testing

@testable import Console

/// Passkeys with a real browser and its authenticator.
@Suite struct PasskeyTests {
    @Test(.timeLimit(.minutes(2))) @Loop func aPasskeyIsMadeSignsInAndIsTakenAway() async throws {
        try await ConsoleInBrowser.with { console in
            let chromium = console.chromium
            try await chromium.addAuthenticator()
            try await console.signIn()
            try await console.go("/me")
            try await chromium.type("Work laptop", into: "#name")
            try await chromium.click("[data-passkey=make] button")
            try await eventually("a passkey", within: .seconds(20)) {
                try await chromium.text("section[aria-labelledby=passkeys] tbody").contains("Work laptop")
            }
            #expect(try await chromium.text("section[aria-labelledby=passkeys] tbody").contains("never"))
            // A second one for the same authenticator is not made: the browser says so, and the page too.
            try await chromium.click("[data-passkey=make] button")
            try await eventually("a refusal", within: .seconds(20)) {
                try await chromium.text("[data-passkey=make] [role=alert]").contains("No passkey was made.")
            }
            try await console.go("/me")
            try await chromium.click("form.me button")
            try await chromium.arrive(at: "/sign-in")
            try await chromium.click("[data-passkey=show] button")
            try await chromium.arrive(at: "/people")
            let used = try await console.service.column(
                "SELECT count(*)::text FROM passkey WHERE used_at IS NOT NULL AND count > 0")
            #expect(used == ["1"])
            // A copy of the key, whose count has fallen behind, opens nothing and is written down.
            _ = try await console.service.column("UPDATE passkey SET count = 1000 RETURNING 'x'")
            try await chromium.forget()
            try await console.go("/sign-in")
            try await chromium.click("[data-passkey=show] button")
            try await eventually("a refusal", within: .seconds(20)) {
                try await chromium.text("main").contains("This passkey was not taken.")
            }
            // Taken away, it opens nothing either.
            _ = try await console.service.column("UPDATE passkey SET count = 0 RETURNING 'x'")
            try await console.signIn()
            try await console.go("/me")
            try await chromium.click("section[aria-labelledby=passkeys] td button")
            try await eventually("no passkey", within: .seconds(20)) {
                try await chromium.count("section[aria-labelledby=passkeys] tbody") == 0
            }
            try await chromium.forget()
            try await console.go("/sign-in")
            try await chromium.click("[data-passkey=show] button")
            try await eventually("a refusal", within: .seconds(20)) {
                try await chromium.text("main").contains("This passkey was not taken.")
            }
            let actions = try await console.service.column(
                "SELECT DISTINCT action FROM audit WHERE action LIKE 'passkey%' ORDER BY action")
            #expect(actions == ["passkey.copied", "passkey.made", "passkey.removed"])
        }
    }

    /// The answer to one question counts once, in the browser that was asked, for five minutes.
    @Test(.timeLimit(.minutes(2))) @Loop func anAnswerCountsOnce() async throws {
        try await ConsoleInBrowser.with { console in
            let chromium = console.chromium
            try await chromium.addAuthenticator()
            try await console.signIn()
            try await console.go("/me")
            try await chromium.click("[data-passkey=make] button")
            try await eventually("a passkey", within: .seconds(20)) {
                try await console.service.column("SELECT name FROM passkey") != []
            }
            try await chromium.forget()
            try await console.go("/sign-in")
            // What the page would send is kept, and sent twice.
            let answer: [String] = try await chromium.wait(
                """
                const done = arguments[arguments.length - 1]
                ;(async () => {
                  const asked = await fetch('/sign-in/passkey/question', { method: 'POST' })
                  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await asked.json())
                  const body = new URLSearchParams({ answer: JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON()) })
                  const send = async () => (await fetch('/sign-in/passkey', { method: 'POST', body, redirect: 'manual' })).type
                  const first = await send()
                  return [first, (await fetch('/sign-in/passkey', { method: 'POST', body })).status.toString()]
                })().then(done, e => done(['' + e]))
                """)
            #expect(answer == ["opaqueredirect", "401"])
        }
    }
}
