import Postgres

/// The SQL of surveys.
enum SurveyStore {
    static let statements = [answer, raise]

    static let answer = Statement(
        "survey.answer",
        """
        INSERT INTO survey_answer (ticket_id, resolution, score, comment) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING resolution
        """)

    /// The ticket is locked already.
    static let raise = Statement(
        "survey.raise", "UPDATE ticket SET version = version + 1, updated_at = now() WHERE id = $1")
}
