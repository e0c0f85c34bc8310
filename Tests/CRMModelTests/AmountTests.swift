import CRMModel
import FoundationEssentials
import TestKit
import Testing

@Suite struct AmountTests {
    @Test func sumsStayWithinTheRange() {
        let (most, least) = (Amount(units: .max), Amount(units: .min))
        #expect(most + Amount(units: 1) == most && least - Amount(units: 1) == least && least + least == least)
        #expect(-least == most && most - most == .zero && most - least == most)
        #expect(most.times(most) == nil && Amount(units: 3) - Amount(units: 5) == Amount(units: -2))
    }

    @Test(arguments: [
        ("0", 0), ("12.50", 125_000), ("-12.345", -123_450), ("2.125", 21_250), ("0.0725", 725), ("-0", 0),
        ("1.50000000", 15_000), ("007", 70_000), ("922337203685477.5799", Int.max - 8),
    ])
    func decimalsAreRead(_ text: String, _ units: Int) {
        #expect(Amount(text)?.units == units)
    }

    @Test(arguments: [
        "", "-", ".", ".5", "5.", "1.2.3", "+1", "1e5", " 1", "1 ", "1,5", "0.00001", "--1", "1-", "٣", "NaN",
        "922337203685477.5808", "9223372036854775807", "99999999999999999999999999999",
    ])
    func whatIsNoDecimalIsRefused(_ text: String) {
        #expect(Amount(text) == nil)
    }

    @Test(arguments: [
        (0, "0.00"), (125_000, "12.50"), (21_250, "2.125"), (-725, "-0.0725"), (1, "0.0001"),
        (Int.max, "922337203685477.5807"), (Int.min, "-922337203685477.5808"),
    ])
    func amountsAreWritten(_ units: Int, _ text: String) {
        #expect(Amount(units: units).description == text)
    }

    @Test func whatWasWrittenIsReadAgain() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<10_000 {
            let units =
                Int.random(in: -Int.max ... .max, using: &generator) >> Int.random(in: 0..<62, using: &generator)
            #expect(Amount(Amount(units: units).description)?.units == units)
        }
    }

    @Test func productsAreRoundedHalfAwayFromZero() throws {
        func product(_ a: String, _ b: String) throws -> String? {
            try #require(Amount(a)).times(try #require(Amount(b)))?.description
        }
        #expect(try product("2.125", "3") == "6.375")
        #expect(try product("0.125", "0.125") == "0.0156")
        #expect(try product("0.0001", "0.5") == "0.0001" && product("-0.0001", "0.5") == "-0.0001")
        #expect(try product("0.0001", "0.4999") == "0.00")
        #expect(try product("999999", "999999") == "999998000001.00")
        #expect(try product("30000000", "30000000") == "900000000000000.00" && product("31000000", "31000000") == nil)
        #expect(try product("-500000000000", "1") == "-500000000000.00")
        #expect(try product("99999", "99999") == "9999800001.00")
        #expect(try product("922337203685477", "2") == nil && product("-922337203685477", "2") == nil)
        #expect(Amount(units: .min).times(Amount(units: .min)) == nil)
        #expect(Amount(units: .max).times(Amount(units: 10_000)) != Amount(units: .max - 1))
    }

    @Test func jsonMayHoldTextOrNumbers() throws {
        let decoder = ModelJSON.decoder
        let read = try decoder.decode([Amount].self, from: Data(#"["1.125", 0.1, 7, -2.5]"#.utf8))
        #expect(read.map(\.units) == [11_250, 1_000, 70_000, -25_000])
        #expect(try ModelJSON.text(read) == #"["1.125","0.10","7.00","-2.50"]"#)
        for wrong in [#"["x"]"#, "[0.00001]", "[1e300]", "[true]", "[null]"] {
            #expect(throws: DecodingError.self) { try decoder.decode([Amount].self, from: Data(wrong.utf8)) }
        }
    }
}

@Suite struct MomentTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0.0), ("2010-12-01T08:26:00Z", 1_291_191_960), ("2000-02-29t23:59:59z", 951_868_799),
        ("2010-12-01 09:26:00+01:00", 1_291_191_960), ("2010-11-30T20:56:00-11:30", 1_291_191_960),
        ("1969-12-31T23:59:59.5Z", -0.5), ("2010-12-01T08:26:00.123456789Z", 1_291_191_960.123456),
        ("2016-12-31T23:59:60Z", 1_483_228_800), ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799), ("9999-12-31T23:59:59.999999Z", 253_402_300_799),
        ("0001-01-01T14:00:00+14:00", -62_135_596_800),
    ])
    func momentsAreRead(_ text: String, _ seconds: Double) {
        #expect(RFC3339.date(text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "2010-12-01", "2010-12-01T08:26:00", "2011-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2010-13-01T00:00:00Z", "2010-00-01T00:00:00Z", "2010-12-00T00:00:00Z", "2010-12-01T24:00:00Z",
        "2010-12-01T08:60:00Z", "2010-12-01T08:26:00.Z", "2010-12-01T08:26:00Zx", "2010-12-01T08:26:00+0100",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:60Z", "0000-01-01T00:00:00Z",
        "2010-12-01T08:26:00+24:00", "+010-12-01T08:26:00Z", "2010-12-01X08:26:00Z", "２０１０-12-01T08:26:00Z",
    ])
    func whatIsNoMomentIsRefused(_ text: String) {
        #expect(RFC3339.date(text) == nil)
    }

    @Test func whatWasWrittenIsReadAgain() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<10_000 {
            let seconds = Int.random(in: -62_135_596_800...253_402_300_799, using: &generator)
            let date = Date(timeIntervalSince1970: Double(seconds))
            #expect(RFC3339.date(RFC3339.string(date)) == date)
        }
        let precise = Date(timeIntervalSince1970: 1_291_191_960.000001)
        #expect(RFC3339.string(precise) == "2010-12-01T08:26:00.000001Z")
    }

    @Test func daysAreOfTheCalendar() {
        #expect(CalendarDay("2012-02-29") != nil && CalendarDay("2011-02-29") == nil && CalendarDay("2011-2-1") == nil)
    }

    /// Other systems and later versions must compute the same.
    @Test func externalIDsNeverChange() {
        #expect(ExternalID.party(customerNo: "17850").uuidString == "3CA6F45A-ED6C-5BB6-A8C9-8AAC7EC06E38")
        #expect(ExternalID.party(customerNo: "上海-1").uuidString == "023FD934-9665-5706-BF58-E2583A661DB9")
        #expect(ExternalID.make("segment", "x").uuidString == "F208561F-5B56-55D3-B4C7-324CC89D599F")
        #expect(ExternalID.party(system: "erp", reference: "17850") == ExternalID.party(customerNo: "17850"))
        #expect(ExternalID.party(system: "shop", reference: "17850") != ExternalID.party(customerNo: "17850"))
    }
}
