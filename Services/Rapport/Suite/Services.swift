import EventLoop
import FoundationEssentials

/// The six services, and which of them were built.
package enum Services {
    /// Their names.
    package static let names = ["contacts", "sales", "campaigns", "tickets", "notifications", "console"]
    /// Those that hear what others tell; the console tells only.
    package static let hearing = names.filter { $0 != "console" }
    /// Those that keep the ledger of ERP documents.
    package static let withLedger = ["contacts", "sales", "campaigns"]
    /// The settings that services read, less those that the suite gives each of them; a test compares them with the code.
    static let settings = [
        "API_KEYS", "API_TOKEN", "AUDIT_", "CAMPAIGNS_CLOCK", "CHANNELS", "CONSOLE_", "FIRM_CURRENCY", "FIRM_NAME",
        "FIRM_ZONE",
        "HTTP_LIMIT_", "HTTP_TLS_", "KAFKA_", "LOG_LEVEL", "MAILDIR",
        "MAIL_", "MODEL_REFRESH_HOURS", "OIDC_", "ORDER_ANSWER_SECONDS", "POOL_SIZE", "PREFERENCES_",
        "RAPPORT_SETTINGS",
        "SEGMENT_CLOCK_SECONDS", "SESSION_LOOKS", "SMTP_", "SURVEY_",
    ]

    static func path(_ name: String) -> String { "\(SuiteFolder.programs)/rapport-\(name)" }
    /// Those that were built.
    package static var built: [String] { names.filter { access(path($0), X_OK) == 0 } }
    /// Those of them that hear what others tell.
    package static var builtHearing: [String] { built.filter(hearing.contains) }
    /// Those that were not.
    package static var missing: [String] { names.filter { access(path($0), X_OK) != 0 } }
}
