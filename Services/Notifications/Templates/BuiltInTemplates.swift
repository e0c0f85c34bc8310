extension Template {
    /// The templates there are, by name.
    static let all: [String: Template] = [
        // name, subject, link
        "survey.csat": Template(words: [
            "en": Words(
                subject: "How did we do? {{subject}}",
                body: """
                    Hello {{name}},

                    we have closed your request "{{subject}}".
                    Are you content with how it was handled? One click is enough:

                    {{link}}

                    If it is not settled, just answer this mail.
                    """),
            "zh": Words(
                subject: "请为我们的服务评分：{{subject}}",
                body: """
                    {{name}}，您好！

                    您的请求“{{subject}}”已处理完毕。
                    您对处理结果满意吗？请点击以下链接评分：

                    {{link}}

                    如果问题尚未解决，请直接回复本邮件。
                    """),
        ]),
        // subject, body: the campaign brings its own words
        "campaign": Template(words: ["en": campaignWords, "zh": campaignWords]),
    ]

    private static let campaignWords = Words(subject: "{{subject}}", body: "{{body}}")
}
