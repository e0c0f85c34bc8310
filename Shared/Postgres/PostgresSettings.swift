/// Where a database is and how its sessions are set up.
public struct PostgresSettings: Sendable {
    /// A libpq connection string: `postgresql://user:secret@host:port/database` or keywords.
    public var url: String
    /// What the server's own views and logs call us: the program, and which one of its kind. `rapport sales 2`.
    public var applicationName: String
    /// The schema that unqualified names mean; nil for the role's own default.
    public var schema: String?
    /// The longest that one statement may run, in milliseconds; 0 for no bound.
    public var statementTimeout: Int

    /// Describes a database.
    public init(url: String, applicationName: String, schema: String? = nil, statementTimeout: Int = 30_000) {
        self.url = url
        self.applicationName = applicationName
        self.schema = schema
        self.statementTimeout = statementTimeout
    }

    /// The same for sessions of one purpose, which stands behind their name: `rapport sales 2 (relay)`. The server cuts names at 63 bytes,
    /// and it is not the purpose that is to be cut.
    public func named(_ purpose: String) -> PostgresSettings {
        var named = self
        var name = applicationName.unicodeScalars
        while String(name).utf8.count > 60 - purpose.utf8.count, !name.isEmpty { name.removeLast() }
        named.applicationName = "\(String(name)) (\(purpose))"
        return named
    }

    /// For libpq; later entries win over what the URL says, but for `options`, which adds to the role's settings.
    var keywords: [(String, String)] {
        var options = "-c statement_timeout=\(statementTimeout) -c TimeZone=UTC -c client_min_messages=error"
        // A lost client must not hold its locks: the server tests the socket while a statement runs.
        options += " -c client_connection_check_interval=5s -c jit=off"
        // Nor must one whose machine has vanished: the first three find it where nothing is under way, the last where an answer is.
        options += " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
        options += " -c tcp_user_timeout=8s"
        if let schema { options += " -c search_path=\(schema)" }
        return [
            ("dbname", url), ("application_name", applicationName), ("options", options), ("connect_timeout", "5"),
            // The same on our side, for a way that swallows what is sent. The last is longer than the server's: to the kernel a server that
            // is at work and reads no further looks like one that is gone.
            ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"), ("client_encoding", "UTF8"),
        ]
    }
}
