import Testing

@testable import Text

@Suite struct NumberTests {
    @Test(arguments: [
        ("020 7946 0958", "GB", "+442079460958"), ("020 7946 0958", "United Kingdom", "+442079460958"),
        ("138 0013 8000", "CN", "+8613800138000"), ("010-6279 0000", "中国", "+861062790000"),
        ("(0755) 1234 5678", "china", "+8675512345678"), ("202-555-0143", "US", "+12025550143"),
        ("1 202 555 0143", "USA", "+12025550143"), ("06 12 34 56 78", "FR", "+33612345678"),
        ("06 6982", "IT", "+39066982"), ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("06 1 234 5678", "HU", "+3612345678"),
        ("9123 4567", "HK", "+85291234567"), ("98765 43210", "IN", "+919876543210"),
        ("030 1234567", "DE", "+49301234567"),
        // No whole numbers of the country, or of none that is known: as they were written.
        ("6279 0000", "CN", "62790000"), ("7946 0958", "GB", "79460958"), ("110", "CN", "110"),
        ("020 7946 0958", "Atlantis", "02079460958"), ("+44 20 7946 0958", "CN", "+442079460958"),
        ("0044 20 7946 0958", "CN", "+442079460958"),
    ])
    func nationalNumbersBecomeThoseOfTheirCountry(_ written: String, _ country: String, _ stored: String) {
        #expect(PhoneNumber.normal(written).map { PhoneNumber.normal($0, in: country) } == stored)
    }

    @Test func numbersAreAlikeWithAndWithoutTheirCountry() {
        #expect(PhoneNumber.alike("+8613800138000") == PhoneNumber.alike("013800138000"))
        #expect(PhoneNumber.alike("110") == nil)
    }
}
