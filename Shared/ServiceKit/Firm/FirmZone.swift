import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import Telemetry
import Text

/// The zone whose days and months the firm counts in: reports, purchase days, segments, quota periods.
///
/// It is kept with the figures, as these hold sums of its days: a setting that says another one later does not move them, and is said aloud.
public enum FirmZone {
    static let setting = Setting<String>(
        "FIRM_ZONE", default: "UTC", help: "the time zone (IANA) whose days and months the firm counts in"
    ) { TimeZoneName.normal($0) }

    /// SQL: its name; looked up once a statement.
    public static let name = "coalesce((SELECT zone FROM firm), 'UTC')"

    /// SQL: a time as the firm's clocks show it.
    public static func local(_ time: String) -> String { "((\(time)) AT TIME ZONE \(name))" }

    /// SQL: the firm's day of a time.
    public static func day(_ time: String) -> String { "\(local(time))::date" }

    /// SQL: when a day of the firm begins.
    public static func start(of day: String) -> String { "((\(day))::timestamp AT TIME ZONE \(name))" }

    // MARK: Keeping it

    static let migration = Migration(
        "m202611301909_firm",
        """
        -- The zone that days and months are counted in, once it was said; without a row they are those of UTC.
        CREATE TABLE firm (one boolean PRIMARY KEY DEFAULT true CHECK (one), zone text NOT NULL, since timestamptz NOT NULL DEFAULT now())
        """)

    /// Keeps the zone $1 as long as nothing is counted. What was counted before there was one was counted in UTC. Fails where the database does not
    /// know the zone.
    static let settle = Query(
        "firm.settle", takes: String.self,
        sql: """
            INSERT INTO firm (zone) SELECT CASE WHEN EXISTS (SELECT FROM erp_document) THEN 'UTC' ELSE $1 END
            WHERE (now() AT TIME ZONE $1) IS NOT NULL
            ON CONFLICT (one) DO UPDATE SET zone = excluded.zone, since = now()
            WHERE firm.zone <> excluded.zone AND NOT EXISTS (SELECT FROM erp_document)
            """)

    static let get = Query(
        "firm.get", gives: String.self, Date.self, sql: "SELECT zone, since FROM firm")

    /// Keeps the zone of the setting, or says that another one is kept.
    @Loop
    package static func keep(_ zone: String, _ context: ServiceContext) async throws {
        _ = try await context.pool.rows(settle, zone)
        guard let (kept, _) = try await context.pool.rows(get).first, kept != zone else { return }
        context.log.warning(
            "FIRM_ZONE is \(zone), and the figures are counted in the days of \(kept): that stays; set FIRM_ZONE=\(kept)"
        )
    }
}

extension Capability {
    /// The firm's zone; it stands before all that counts days.
    public static let firm = Capability(
        "firm", "the zone whose days and months the firm counts in", migrations: [FirmZone.migration],
        statements: [FirmZone.settle, FirmZone.get], given: ["firm"], standings: [.own("firm")]
    ) { context in
        let zone = try context.settings.value(FirmZone.setting)
        let shown = Schema.object([
            .init("zone", .string, "What days and months are counted in"), .init("since", .dateTime),
            .init("setting", .string, "What FIRM_ZONE says; where it is another one, it is not used"),
        ])
        let route = Route(
            .get, "/v1/firm", "The zone whose days and months the firm counts in", tag: "operations", access: .read,
            gives: .json(shown)
        ) { _ in
            let kept = try await context.rows(FirmZone.get).first
            return .stored(
                """
                {"zone":"\(kept?.0 ?? "UTC")","since":"\(RFC3339.string(kept?.1 ?? Date()))","setting":"\(zone)"}
                """)
        }
        return CapabilityParts(routes: [route], prepares: { try await FirmZone.keep(zone, context) })
    }
}
