import ServiceKit

extension Capability {
    /// What customers say of how they were served.
    static let surveys = Capability(
        "surveys", "what customers say of how they were served",
        migrations: [SurveySchema.requests], statements: SurveyStore.statements
    ) { context in
        let surveys = try context.shared(Surveys.init)
        return CapabilityParts(
            routes: surveyRoutes(context, surveys) + surveyPages(context, surveys), intents: [surveys.unasked])
    }
}
