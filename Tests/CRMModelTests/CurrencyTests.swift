import CRMModel
import Testing

@Suite struct CurrencyTests {
    @Test func placesAreThoseOfTheStandard() {
        for (code, places) in [
            ("JPY", 0), ("KRW", 0), ("VND", 0), ("ISK", 0), ("EUR", 2), ("CNY", 2), ("GBP", 2), ("HUF", 2), ("MGA", 2),
            ("KWD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4), ("XAU", 4), ("DEM", 2), ("ITL", 0),
        ] {
            #expect(Currency.places(code) == places, "\(code)")
        }
        for code in ["XYZ", "XXX", "XTS", "eur", "EU", "EURO", "", "€UR", "AAA", "ZZZ"] {
            #expect(!Currency.isKnown(code) && Currency.places(code) == nil, "\(code)")
        }
        #expect(Currency.isActive("XCG") && !Currency.isActive("HRK") && Currency.isKnown("HRK"))
    }

    @Test func amountsAreRoundedHalfAwayFromZero() {
        for (text, currency, rounded) in [
            ("99.5", "JPY", "100"), ("99.4999", "JPY", "99"), ("-99.5", "JPY", "-100"), ("0.125", "EUR", "0.13"),
            ("-0.125", "EUR", "-0.13"), ("1.1111", "EUR", "1.11"), ("1.0005", "KWD", "1.001"),
            ("1.2345", "CLF", "1.2345"),
        ] {
            #expect(Amount(text)?.rounded(in: currency) == Amount(rounded), "\(text) \(currency)")
        }
        #expect(Amount(units: .max).rounded(to: 0) <= Amount(units: .max))
    }

    @Test func ratesAreDecimalsAboveNothing() throws {
        #expect(ExchangeRate("7.8412")?.text == "7.8412" && ExchangeRate("0.000001") != nil)
        for text in ["", "0", "0.0", "-1", "1.", ".5", "1e3", "1.1234567890123", "1234567890123", "1.2.3"] {
            #expect(ExchangeRate(text) == nil, "\(text)")
        }
        func judged(_ json: String) throws -> RatePublished {
            try Array(json.utf8).withUnsafeBytes { bytes in
                Result { () throws(JSONError) -> RatePublished in try RatePublished(json: bytes) }
            }.get()
        }
        let rate = try judged(#"{"base":"EUR","quote":"JPY","rate":"163.21","day":"2026-11-30","source":"ECB"}"#)
        #expect(rate.rate.text == "163.21" && rate.day.text == "2026-11-30")
        for bad in [
            #"{"base":"EUR","quote":"EUR","rate":"1","day":"2026-11-30"}"#,
            #"{"base":"EUR","quote":"XYZ","rate":"1","day":"2026-11-30"}"#,
            #"{"base":"EUR","quote":"JPY","rate":"0","day":"2026-11-30"}"#,
            #"{"base":"EUR","quote":"JPY","rate":"1","day":"2026-02-30"}"#,
        ] {
            #expect(throws: JSONError.self, "\(bad)") { try judged(bad) }
        }
    }
}
