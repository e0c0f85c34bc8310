import Messaging
import ServiceKit

extension Capability {
    /// What customers say of how they were served.
    static let surveys = Capability(
        "surveys", "what customers say of how they were served",
        migrations: [SurveySchema.requests, SurveySchema.epochs], statements: SurveyStore.statements,
        standings: [.fact("survey_answer"), .own("survey_request")]
    ) { context in
        let surveys = try context.shared(Surveys.init)
        return CapabilityParts(
            routes: surveyRoutes(context, surveys) + surveyPages(context, surveys), intents: [surveys.unasked])
    }
}
