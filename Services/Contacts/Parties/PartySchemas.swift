import HTTP

/// The shapes of a party's JSON.
enum PartySchemas {
    private static let parts: [Schema.Property] = [
        .init("language", .string, required: false, "BCP 47"),
        .init("timeZone", .string, required: false, "IANA"),
        .init(
            "country", .string, required: false,
            "ISO 3166 code, or a name in English or Chinese, which is stored as the code"),
        .init("notes", .string, required: false),
        .init("tags", .array(.string), required: false),
        .init("owner", .string, required: false, "Who of the firm looks after the party"),
        .init(
            "category", .enumeration(PartyInput.categories), required: false, "The business category of logistics firms"
        ),
        .init("birthday", .date, required: false),
        .init(
            "emails", .array(.object([.init("address", .string), .init("label", .string, required: false)])),
            required: false, "The first is the one to write to"),
        .init(
            "phones",
            .array(
                .object([
                    .init("number", .string), .init("label", .string, required: false),
                    .init("extension", .string, required: false, "What is dialled behind it to reach a desk"),
                ])), required: false,
            "The first is the one to call; E.164 by the country's numbering plan, else as written, without a plus"),
        .init(
            "addresses",
            .array(
                .object(
                    ["label", "street", "city", "region", "postalCode", "country"].map {
                        .init($0, .string, required: false)
                    })), required: false),
        .init(
            "handles", .array(.object([.init("network", .string), .init("handle", .string)])), required: false,
            "Accounts in social networks"),
        .init("likes", .array(.string), required: false),
        .init("preferences", .map(.nullable(.string)), required: false, "Those said; null takes one away"),
        .init("organisation", .string, required: false), .init("title", .string, required: false),
        .init("taxId", .string, required: false, "The number by which tax offices know the party"),
        .init("custom", .map(.any), required: false, "Values of custom fields, by their keys"),
    ]

    private static let first: [Schema.Property] = [
        .init("email", .string, required: false, "The first of `emails`"),
        .init("phone", .string, required: false, "The first of `phones`, E.164 where the country is known"),
    ]

    /// What creates a party.
    static let new = Schema.object(
        [.init("name", .string), .init("kind", .enumeration(PartyInput.kinds), required: false, null: false)] + first
            + parts)

    /// What changes one: absent stays, null takes away.
    static let change = Schema.object(
        [
            .init("name", .string, required: false, null: false),
            .init("kind", .enumeration(PartyInput.kinds), required: false, null: false),
        ]
            + (first + parts))

    /// A party as it is shown.
    static let party = Schema.named(
        "Party",
        .object([
            .init("id", .uuid), .init("version", .integer()), .init("kind", .enumeration(PartyInput.kinds)),
            .init("name", .string), .init("email", .nullable(.string)), .init("phone", .nullable(.string)),
            .init("language", .nullable(.string)), .init("timeZone", .nullable(.string)),
            .init("country", .nullable(.string)), .init("notes", .nullable(.string)),
            .init("tags", .array(.string)), .init("owner", .nullable(.string)),
            .init("category", .nullable(.string)), .init("birthday", .nullable(.date)),
            .init("emails", .array(.any)), .init("phones", .array(.any)), .init("addresses", .array(.any)),
            .init("handles", .array(.any)), .init("likes", .array(.string)), .init("preferences", .map(.string)),
            .init("organisation", .nullable(.string)), .init("title", .nullable(.string)),
            .init("taxId", .nullable(.string)), .init("custom", .map(.any)),
            .init("stage", .enumeration(Party.stages), "Where the customer is in the relationship"),
            .init("mergedInto", .nullable(.uuid), "The survivor of a party that is merged"),
            .init("createdAt", .dateTime), .init("updatedAt", .dateTime),
            .init(
                "references", .array(.object([.init("system", .string), .init("reference", .string)])),
                "What other systems call the party"),
        ]))

    /// A page of parties.
    static let page = Schema.named(
        "PartyPage",
        .object([
            .init("items", .array(party)),
            .init("next", .nullable(.string), required: false, "The parameter `after` of the next page"),
        ]))

    static let count = Schema.object([
        .init("count", .integer()),
        .init("isExact", .boolean, "False where there are more, or where the count is an estimate"),
    ])
}
