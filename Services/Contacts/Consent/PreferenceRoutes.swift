import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// The preference centre (C10): what a customer allows, by channel and purpose.
@Loop
func preferenceRoutes(
    _ context: ServiceContext, _ links: PreferenceLinks, _ channels: Channels, firm: String?
) -> [Route] {
    [
        Route(
            .post, "/v1/parties/{id}/preference-link", "A signed link by which the customer sets preferences",
            tag: "consent", access: .change,
            parameters: [
                .path("id", .uuid, "The party"),
                .query(
                    "channel", .enumeration(channels.names),
                    "What the link is sent for, which is what one click takes back; mail unless given"),
                .query("purpose", .enumeration(ConsentDecision.purposes), "marketing unless given"),
            ],
            gives: .json(.object([.init("link", .string), .init("expiresAt", .dateTime)]))
        ) { request in
            let id = try request.id()
            guard try await !context.rows(PartyStore.get, id).isEmpty else { throw Problem.missing("party", id) }
            let sentFor = Preference(
                channel: request.query("channel") ?? "mail", purpose: request.query("purpose") ?? "marketing")
            let generation = try await context.rows(ConsentStore.generation, id).first ?? 0
            let (link, expires) = links.make(
                for: PreferenceLinks.Target(party: id, sentFor: sentFor, generation: generation))
            return try Response(.ok, json: ["link": link, "expiresAt": RFC3339.string(expires)])
                .with("cache-control", "no-store")
        },
        Route(
            .delete, "/v1/parties/{id}/preference-link",
            "Lets no link work that was given out for a customer's preferences",
            tag: "consent", access: .change, parameters: [.path("id", .uuid, "The party")], gives: .nothing
        ) { request in
            let id = try request.id()
            try await context.transaction { transaction in
                guard try await !transaction.rows(ConsentStore.revoke, id).isEmpty else {
                    throw Problem.missing("party", id)
                }
            }
            return Response(.noContent)
        },
        Route(
            .get, "/preferences/{token}", "The page with the customer's preferences", tag: "consent",
            access: .link("consent.preferences"),
            parameters: [PreferencePage.language], gives: .bytes("text/html"), refuses: [410]
        ) { request in
            let page = PreferencePage(request, firm: firm, channels: channels)
            return try await page.orRefusal {
                let party = try await links.target(request.path("token"), context).party
                return page.form(try await name(party, context), try await allowed(party, context))
            }
        },
        Route(
            .post, "/preferences/{token}", "Takes the customer's preferences in", tag: "consent",
            access: .link("consent.preferences"),
            parameters: [PreferencePage.language], body: .bytes("application/x-www-form-urlencoded"),
            gives: .bytes("text/html"), refuses: [410, 415]
        ) { request in
            let page = PreferencePage(request, firm: firm, channels: channels)
            return try await page.orRefusal {
                let target = try await links.target(request.path("token"), context)
                let party = target.party
                let form = try await request.form()
                try await context.transaction { transaction in
                    Redirects.hold([party], in: transaction)
                    Outbox.carryTrace(in: transaction)
                    let before = Preference.said(try await transaction.rows(ConsentStore.counting, party))
                    let said =
                        isOneClick(form)
                        ? [withdrawal(target)] : decisions(party, page.offered, form, before)
                    ConsentCommands.record(said, transaction)
                }
                return page.form(try await name(party, context), try await allowed(party, context), isSaved: true)
            }
        },
    ]
}

@Loop
private func allowed(_ party: UUID, _ context: ServiceContext) async throws -> [Preference: Bool] {
    Preference.said(try await context.rows(ConsentStore.counting, party))
}

@Loop
private func name(_ party: UUID, _ context: ServiceContext) async throws -> String? {
    try await context.rows(ConsentStore.name, party).first
}

/// Whether a mail program posts for its owner, who has seen no form (RFC 8058).
private func isOneClick(_ form: [String: String]) -> Bool {
    form["List-Unsubscribe"]?.lowercased() == "one-click"
}

/// What one click says: no more of what the link was sent for. Of other channels and purposes it says nothing.
private func withdrawal(_ target: PreferenceLinks.Target) -> ConsentDecision {
    ConsentDecision(
        party: target.party, channel: target.sentFor.channel, purpose: target.sentFor.purpose, granted: false,
        source: "one click", proof: "signed link, posted by the mail program")
}

/// What a form decides: every box that stands otherwise than before, and all that were never decided.
private func decisions(
    _ party: UUID, _ offered: [Preference], _ form: [String: String], _ before: [Preference: Bool]
) -> [ConsentDecision] {
    let isEnd = form[PreferencePage.stop] == "all"
    // Who wants no more offers says nothing of what else there is.
    return offered.filter { !isEnd || $0.purpose == "marketing" }.compactMap { preference in
        let granted = !isEnd && form[preference.field] == "yes"
        guard before[preference] != granted else { return nil }
        return ConsentDecision(
            party: party, channel: preference.channel, purpose: preference.purpose, granted: granted,
            source: "preference centre", proof: "signed link, form sent by the customer")
    }
}
