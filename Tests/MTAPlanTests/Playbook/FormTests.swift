import Testing

@testable import MTAPlan

@Suite struct FormTests {
    @Test(arguments: [("90s", 90), ("2m", 120), ("1h30m", 5_400), ("0s", 0), ("1d", 86_400), ("1h0m1s", 3_601)])
    func `durations are numbers with units, the larger first`(text: String, seconds: Int) throws {
        #expect(try DurationText.duration(text) == .seconds(seconds))
    }

    @Test(arguments: ["", "5", "s", "1.5h", "30m1h", "1m1m", "-5s", "5 s", "8d", "99999999999999999999s", "５s"])
    func `anything else is no duration`(text: String) {
        #expect(throws: Failure.self) { try DurationText.duration(text) }
    }

    @Test(arguments: ["192.0.2.1", "0.0.0.0", "255.255.255.255"])
    func `these are addresses of four numbers`(text: String) { #expect(HostAddress.isIPv4(text)) }

    @Test(arguments: ["192.0.2", "192.0.2.256", "192.0.2.01", "1.2.3.4.5", "a.b.c.d", "", "1..2.3"])
    func `these are not`(text: String) { #expect(!HostAddress.isIPv4(text)) }

    @Test(arguments: [
        "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1",
        "1:2:3:4:5:6:7::",
    ])
    func `these are IPv6 addresses`(text: String) { #expect(HostAddress.isIPv6(text)) }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8::",
        "192.0.2.1", "::192.0.2.1:1", "fe80::1%eth0", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:",
    ])
    func `these are not IPv6 addresses`(text: String) { #expect(!HostAddress.isIPv6(text)) }

    @Test(arguments: [
        "a", "A.Example", "xn--mnchen-3ya.example", "1a.example", String(repeating: "a", count: 63) + ".example",
    ])
    func `domains are taken in lower case`(text: String) throws {
        #expect(try DomainName.parse(text) == text.lowercased())
    }

    @Test(arguments: [
        "", ".", "a..b", "-a.example", "a-.example", "a_b.example", "a b", "a.1", "a.example.", "*.example",
        "ä.example", "a/b", "a:25",
        String(repeating: "a", count: 64), String(repeating: "a.", count: 130) + "a", "\u{212A}elvin.example",
    ])
    func `what DNS or SMTP would not take is no domain`(text: String) {
        #expect(throws: TextForm.Fault.self) { try DomainName.parse(text) }
    }

    @Test func `an address keeps its case before the at sign only`() throws {
        #expect(try MailAddress.parse("Boss+x@EXAMPLE.com") == "Boss+x@example.com")
        #expect(try MailAddress.parsePattern("prvs=*=Notify@*.ADP.example") == "prvs=*=Notify@*.adp.example")
    }

    @Test(arguments: [
        "", "a", "@b.example", "a@", "a b@c.example", "a@b@c.example", ".a@b.example", "a.@b.example", "a..b@c.example",
        "\"a\"@b.example", "ä@b.example", "*@b.example", "a@b_c.example",
    ])
    func `these are no addresses`(text: String) {
        #expect(throws: TextForm.Fault.self) { try MailAddress.parse(text) }
    }

    @Test(arguments: [
        ("env:A_1", SecretReference.environment("A_1")), ("file:a b", .file("f/a b")),
        ("command:pass show  'a b'", .command(["pass", "show", "a b"])),
        ("prompt:relay", .prompt("relay")), ("command:a\\ b \"c\\\"d\\e\"", .command(["a b", "c\"d\\e"])),
    ])
    func `references to secrets`(text: String, expected: SecretReference) throws {
        #expect(try SecretReference.parse(text, folder: "f") == expected)
    }

    @Test(arguments: [
        ("portt", "port"), ("prot", "port"), ("HOST", "host"), ("hsots", "hosts"), ("max_failures", "max-failures"),
    ])
    func `slips of the finger are understood`(typed: String, meant: String) {
        #expect(Spelling.nearest(to: typed, in: ["host", "hosts", "port", "max-failures"]) == meant)
    }

    @Test func `a word that is nothing like any is not guessed`() {
        #expect(Spelling.nearest(to: "banana", in: ["host", "hosts", "port"]) == nil)
    }
}
