import EventLoop
import FoundationEssentials

/// The five services, and which of them were built.
package enum Services {
    /// Their names.
    package static let names = ["contacts", "sales", "campaigns", "tickets", "notifications"]
    /// Those that keep the ledger of ERP documents.
    package static let withLedger = ["contacts", "sales", "campaigns"]
    /// The settings that services read, less those that the suite gives each of them; a test compares them with the code.
    static let settings = [
        "API_KEYS", "API_TOKEN", "CAMPAIGNS_CLOCK", "CHANNELS", "FIRM_CURRENCY", "FIRM_NAME", "FIRM_ZONE", "HTTP_TLS_",
        "KAFKA_", "LOG_LEVEL",
        "MAILDIR",
        "MAIL_", "MODEL_REFRESH_HOURS", "ORDER_ANSWER_SECONDS", "POOL_SIZE", "PREFERENCES_", "RAPPORT_SETTINGS",
        "SEGMENT_CLOCK_SECONDS", "SESSION_LOOKS", "SMTP_", "SURVEY_",
    ]

    static func path(_ name: String) -> String { "\(SuiteFolder.programs)/rapport-\(name)" }
    /// Those that were built.
    package static var built: [String] { names.filter { access(path($0), X_OK) == 0 } }
    /// Those that were not.
    package static var missing: [String] { names.filter { access(path($0), X_OK) != 0 } }
}
