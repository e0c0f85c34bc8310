import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// The ERP's rates of exchange as a service keeps them: of each pair of currencies one of each day that was told.
public enum ExchangeRates {
    static let migration = Migration(
        "m202611301920_rates",
        """
        -- So many of `quote` for one of `base`, from a day on until the next one that is told. The last word of a day counts.
        CREATE TABLE exchange_rate (
            base text NOT NULL, quote text NOT NULL, day date NOT NULL, rate numeric(24, 12) NOT NULL CHECK (rate > 0),
            source text, PRIMARY KEY (base, quote, day)
        );
        -- The rate of a day, and the day that it was told for: as told, the other way round, or by a currency that both are told against.
        CREATE FUNCTION rate_of(sold text, wanted text, on_day date, OUT rate numeric, OUT day date)
        LANGUAGE plpgsql STABLE AS $$
        DECLARE hub text; first record; second record;
        BEGIN
            IF sold = wanted THEN rate := 1; day := on_day; RETURN; END IF;
            SELECT r.rate, r.day INTO rate, day FROM exchange_rate r
            WHERE r.base = sold AND r.quote = wanted AND r.day <= on_day ORDER BY r.day DESC LIMIT 1;
            IF FOUND THEN RETURN; END IF;
            SELECT 1 / r.rate, r.day INTO rate, day FROM exchange_rate r
            WHERE r.base = wanted AND r.quote = sold AND r.day <= on_day ORDER BY r.day DESC LIMIT 1;
            IF FOUND THEN RETURN; END IF;
            FOR hub IN SELECT DISTINCT r.base FROM exchange_rate r WHERE r.quote IN (sold, wanted) AND r.base NOT IN (sold, wanted)
                ORDER BY 1
            LOOP
                SELECT r.rate, r.day INTO first FROM exchange_rate r
                WHERE r.base = hub AND r.quote = sold AND r.day <= on_day ORDER BY r.day DESC LIMIT 1;
                SELECT r.rate, r.day INTO second FROM exchange_rate r
                WHERE r.base = hub AND r.quote = wanted AND r.day <= on_day ORDER BY r.day DESC LIMIT 1;
                IF first.rate IS NOT NULL AND second.rate IS NOT NULL THEN
                    rate := second.rate / first.rate; day := least(first.day, second.day); RETURN;
                END IF;
            END LOOP;
        END $$
        """)

    static let keep = Query(
        "rate.keep", takes: [String].self, [String].self, [String].self, [String].self, [String?].self,
        sql: """
            INSERT INTO exchange_rate AS r (base, quote, day, rate, source)
            SELECT base, quote, day::date, rate::numeric, source
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS n(base, quote, day, rate, source)
            ON CONFLICT (base, quote, day) DO UPDATE SET rate = excluded.rate, source = excluded.source
            """)

    /// The rates of each pair and day.
    static let holding = Holding(
        "rates", on: .erpRates,
        page: Query(
            "holding.rates", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT concat_ws(E'\\x1f', base, quote, day), trim_scale(rate)::text FROM exchange_rate
                WHERE (base, quote, day) > (\(Holding.part(1)), \(Holding.part(2)),
                    coalesce(nullif(\(Holding.part(3)), '')::date, '-infinity'))
                ORDER BY base, quote, day LIMIT $2
                """),
        [
            .init(RatePublished.self) { told, _, _ in
                let key = [told.base, told.quote, told.day.text].joined(separator: Holding.mark)
                return [ToldLine(key, "\(Decimal(string: told.rate.text) ?? 0)")]
            }
        ])

    /// Keeps rates; of a pair and a day the last word.
    @Loop
    public static func hear(_ told: [RatePublished], _ transaction: Transaction) {
        var latest: [[String]: RatePublished] = [:]
        for rate in told { latest[[rate.base, rate.quote, rate.day.text]] = rate }
        let rates = latest.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        transaction.enqueue(
            keep, rates.map(\.base), rates.map(\.quote), rates.map(\.day.text), rates.map(\.rate.text),
            rates.map(\.source))
    }
}

extension Capability {
    /// The ERP's rates of exchange, for a service that converts.
    public static let rates = Capability(
        "rates", "the ERP's rates of exchange", migrations: [ExchangeRates.migration],
        statements: [ExchangeRates.keep], readModels: [ReadModel("exchange_rate")],
        standings: [.assertion("exchange_rate")], holdings: [ExchangeRates.holding]
    ) { _ in
        CapabilityParts {
            $0.on([Heard(RatePublished.self) { $0.data }]) { told, transaction in ExchangeRates.hear(told, transaction)
            }
        }
    }
}
