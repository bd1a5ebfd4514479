import MTAPlan
import MailServers
import Support
import Testing

/// One text for each value, whatever a version or a language of Windows writes.
@Suite struct ExchangeFormTests {
    @Test(arguments: [
        (PowerShellForm.addressSpaces, ["SMTP:*;1"], "SMTP:*;1"),
        (.addressSpaces, ["smtp:Example.ORG;5", "*"], "SMTP:*;1, SMTP:example.org;5"),
        (.addressSpaces, ["X400:c=DE;a= ;3"], "X400:c=de;a= ;3"),
        (.hosts, ["[192.0.2.1]", "B.example"], "192.0.2.1, b.example"),
        (.hosts, ["b.example", "a.example", "B.EXAMPLE"], "a.example, b.example"),
        (.servers, ["CN=EX02,CN=Servers,DC=x", "ex01.example.com"], "EX01, EX02"),
        (.servers, ["example.com/Configuration/Servers/EX01"], "EX01"),
        (.bytes, ["50 MB (52,428,800 bytes)"], "52428800"),
        (.bytes, ["50\u{A0}MB (52\u{A0}428\u{A0}800 octets)"], "52428800"),
        (.bytes, ["50 MB (52.428.800 Bytes)"], "52428800"),
        (.bytes, ["Unlimited"], "unlimited"), (.bytes, ["52428800"], "52428800"), (.seconds, ["00:10:00"], "600"),
        (.seconds, ["1.00:00:01"], "86401"), (.seconds, ["99999999999999999999:00:00"], "99999999999999999999:00:00"),
        (.caseless, ["EncryptionOnly"], "encryptiononly"), (.exact, ["A"], "A"),
    ])
    func `values that mean the same have one text`(_ form: PowerShellForm, _ texts: [String], _ canonical: String) {
        #expect(form.canonical(.list(texts)) == canonical)
        if texts.count == 1 { #expect(form.canonical(.text(texts[0])) == canonical) }
    }

    @Test(arguments: [PowerShellObject.Value.nothing, .text(""), .list([]), .list([""])])
    func `nothing is nothing in every form`(_ value: PowerShellObject.Value) {
        for form in [PowerShellForm.exact, .caseless, .hosts, .addressSpaces, .servers, .bytes, .seconds] {
            #expect(form.canonical(value) == nil)
        }
    }

    @Test(arguments: [
        "", ";", ":", ";;;", "SMTP:", "(", ")", "()", "a(b", "-1.-1:-1:-1", "[", "]", "CN=", "/", "\\", "::",
        "1.2.3.4:5:6", "\u{0}",
    ])
    func `hostile texts have a form as well`(_ text: String) {
        for form in [PowerShellForm.exact, .caseless, .hosts, .addressSpaces, .servers, .bytes, .seconds] {
            _ = form.canonical(.text(text))
        }
    }

    @Test func `a call is shown as a person would type it`() {
        let call = PowerShellCall(
            "Set-SendConnector",
            [
                PowerShellCall.Parameter("Identity", .text("it's ‘mine’")),
                PowerShellCall.Parameter("Port", .number(587)),
                PowerShellCall.Parameter("Enabled", .flag(false)),
                PowerShellCall.Parameter("SmartHosts", .list(["a", "b"])),
                PowerShellCall.Parameter("TlsDomain", .nothing),
                PowerShellCall.Parameter(
                    "AuthenticationCredential",
                    .credential(username: "u", password: .environment("P"))
                ),
            ]
        )

        #expect(
            "\(call)"
                == "Set-SendConnector -Identity 'it''s ‘‘mine’’' -Port 587 -Enabled:$false -SmartHosts 'a','b' -TlsDomain $null -AuthenticationCredential [credential u, env:P]"
        )
    }

    @Test(arguments: [
        ("8.3.83.0", "8"), ("14.3.123.4", "14"), ("15.0.1497.2", "15"), ("Version 15.1 (Build 2507.6)", "15"),
        ("15.2.2562.17", "15"),
    ])
    func `each version is recognised`(_ build: String, _ head: String) {
        let host = PowerShellObject(["Computer": .text("EX01"), "ExchangeVersion": .text(build)])
        let facts = Facts(objects: ["windows.host": .objects([host])])

        #expect(Catalog.products.map(\.recognition).servers(in: facts).map(\.name) == ["exchange"])
        #expect(Exchange().recognition.version(facts)?.contains(head) == true)
    }

    @Test func `a Windows host without Exchange is none`() {
        let facts = Facts(objects: ["windows.host": .objects([PowerShellObject(["Computer": .text("EX01")])])])

        #expect(Catalog.products.map(\.recognition).servers(in: facts).isEmpty)
    }

    @Test func `the survey shows the connector that wins`() {
        let relay: [String: PowerShellObject.Value] = [
            "DNSRoutingEnabled": .text("False"), "SmartHosts": .list(["out.example.net"]), "Port": .text("587"),
            "RequireTLS": .text("True"), "TlsAuthLevel": .text("EncryptionOnly"),
            "AuthenticationCredential": .text("us"),
        ]
        var facts = ExchangeOrganization(
            .v2016,
            [
                ExchangeOrganization.connector("B", on: .v2016), ExchangeOrganization.connector("A", on: .v2016, relay),
                ExchangeOrganization.connector("0", on: .v2016, ["Enabled": .text("False")]),
                ExchangeOrganization.connector("P", on: .v2016, ["AddressSpaces": .list(["smtp:*.partner.example;1"])]),
            ]
        ).facts
        facts.objects["exchange.queues"] = .objects([PowerShellObject(["MessageCount": .text("3")])])

        let survey = Exchange().survey(facts)

        #expect(survey.defaultRoute == "[out.example.net]:587")
        #expect(survey.tls == "RequireTLS, EncryptionOnly")
        #expect(survey.login == "us")
        #expect(survey.recipients.map(\.key) == ["*.partner.example"])
        #expect(survey.queued == 3)
    }
}
