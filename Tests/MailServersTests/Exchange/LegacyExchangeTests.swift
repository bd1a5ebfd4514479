import MTAPlan
import Support
import Testing

@testable import MailServers

/// Exchange 2000 and 2003 by their entries in the directory.
@Suite struct LegacyExchangeTests {
    private typealias Entry = LegacyExchange.Entry

    private func server(_ name: String, _ port: [String] = []) -> Entry { LegacyExchangeSample.server(name, port) }

    private func connector(_ changes: [String: [String]] = [:]) -> Entry { LegacyExchangeSample.connector(changes) }

    private let routes = ExchangeCase.via(["out.example.net"], tls: .none)

    /// The entries after a change, as a directory would do it.
    private func applied(_ ldif: LDIF, to entries: [Entry]) throws -> [Entry] {
        var entries = entries
        for change in ldif.changes {
            let index = try #require(entries.firstIndex { $0.name == change.name })
            let values = entries[index].values(change.attribute)
            guard values == change.old else { throw Failure("no such value") }
            entries[index].attributes[change.attribute] = change.new
        }
        return entries
    }

    @Test func `the smarthost and the port change, and go back`() throws {
        let entries = [connector(), server("MAIL")]
        let plan = try LegacyExchange(entries).plan(for: routes, ExchangeSettings())

        #expect(plan.edits.map(\.name) == ["SMTP connector Internet", "SMTP virtual server 1 of MAIL"])
        #expect(plan.notes.contains { $0.contains("all mail") })
        #expect(plan.notes.contains { $0.hasSuffix("(SMTPSVC) on MAIL") })
        #expect(
            plan.forward.text.contains(
                "delete: msExchSmtpSmartHost\nmsExchSmtpSmartHost: [192.0.2.1]\n-\nadd: msExchSmtpSmartHost\n"
            )
        )
        let after = try applied(plan.forward, to: entries)
        #expect(try LegacyExchange(after).plan(for: routes, ExchangeSettings()).edits == [])
        #expect(try applied(plan.forward.inverse, to: after) == entries)
    }

    @Test func `a word of the directory that may be a password is not shown`() throws {
        let secret = "Xk42tQqz"
        let entries = [connector(["msExchSmtpSmartHost": [secret]]), server("MAIL", ["port \(secret)"])]
        let plan = try LegacyExchange(entries).plan(for: routes, ExchangeSettings())
        let shown = plan.edits.map(\.diff) + plan.notes + (try LegacyExchangeExport(entries).lines)

        #expect(plan.edits.count == 2)
        #expect(!shown.contains { $0.contains(secret) }, "\(shown)")
    }

    /// As a directory does it, and the program that gives it the file: entry by entry, up to the first that fails.
    @Test func `a change that stopped in the middle is put back by the file that leads back`() throws {
        let entries = [connector(), server("MAIL", ["25"])]
        let plan = try LegacyExchange(entries).plan(for: routes, ExchangeSettings())
        let changes = plan.forward.changes
        try #require(changes.count == 2)

        #expect(plan.forward.inverse.changes.map(\.name) == changes.map(\.name))
        #expect(plan.forward.inverse.inverse == plan.forward)
    }

    @Test func `what was read is written as an export, and read from it again`() throws {
        let long = connector(["msExchSmtpSmartHost": [" [192.0.2.1]\n", String(repeating: "ä", count: 90)]])
        let found = [server("MAIL", ["25"]), long]

        let export = try LegacyExchangeExport(found)

        #expect(LegacyExchangeChange.isExport(Array(export.text.utf8)))
        #expect(Set(try LDIFEntries.read(Array(export.text.utf8))) == Set(found))
        #expect(export.lines[1] == "SMTP virtual server 1 of MAIL: sends to port 25")
        #expect(throws: Failure.self) { try LegacyExchangeExport([server("MAIL")]) }
    }

    @Test func `what cannot be done there is refused, with how to do it by hand`() throws {
        let two = [connector(), server("MAIL"), server("OTHER")]
        let cases: [([Entry], Routes, String)] = [
            ([connector(), server("MAIL")], ExchangeCase.via(tls: .none, login: ExchangeCase.login), "login"),
            ([connector(), server("MAIL")], ExchangeCase.via(), "tls: required"), (two, routes, "other servers too"),
            ([connector(["msExchSmtpOutboundSecurityFlag": ["1"]]), server("MAIL")], routes, "cannot put back"),
            ([connector(["msExchSmtpSmartHost": []]), server("MAIL")], routes, "by DNS"),
            ([], routes, "0 SMTP connectors"),
            ([connector()], routes, "virtual servers"),
        ]
        for (entries, routes, words) in cases {
            let failure = #expect(throws: Failure.self) {
                try LegacyExchange(entries).plan(for: routes, ExchangeSettings())
            }
            #expect(failure?.problem.contains(words) == true, "\(failure?.description ?? "")")
            #expect(failure?.fault == nil)
        }
    }

    @Test(arguments: [("a", "x: a"), (" a", "x:: IGE="), ("ä", "x:: w6Q="), ("a\nb: c", "x:: YQpiOiBj"), ("", "x: ")])
    func `a value cannot become a line of its own`(_ value: String, _ line: String) {
        #expect(LDIF.line("x", value) == line)
    }

    @Test func `long lines are folded and read the same`() {
        let value = String(repeating: "0123456789", count: 30)

        let lines = LDIF.line("x", value).split(separator: "\n")

        #expect(lines.allSatisfy { $0.utf8.count <= 76 })
        #expect(lines.enumerated().map { $0 == 0 ? String($1) : String($1.dropFirst()) }.joined() == "x: \(value)")
    }

    private static let export = """
        # ldifde
        version: 1
        dn: CN=Internet,CN=Connections,DC=example,DC=com
        objectClass: top
        objectClass: msExchRoutingSMTPConnector
        cn: Internet
        routingList: SMTP:*;1
        msExchSmtpSmartHost:: WzE5Mi4wLjIuMV0=
        msExchSmtpOutboundSecurityFlag: 0
        msExchSourceBridgeheadServersDN: CN=1,CN=SMTP,CN=Protocols,CN=MAIL,CN=Serv
         ers,DC=example,DC=com

        dn: CN=1,CN=SMTP,CN=Protocols,CN=MAIL,CN=Servers,DC=example,DC=com
        changetype: add
        objectClass: protocolCfgSMTPServer
        cn: 1

        """

    @Test func `an export of the directory becomes a change and what leads back`() throws {
        let export = Array(Self.export.utf8)
        #expect(LegacyExchangeChange.isExport(export))
        let change = try LegacyExchangeChange(export: export, routes: routes, extras: ServerExtras())
        #expect(change.forward.contains("delete: msExchSmtpSmartHost\nmsExchSmtpSmartHost: [192.0.2.1]\n-\n"))
        #expect(change.back.contains("add: msExchSmtpSmartHost\nmsExchSmtpSmartHost: [192.0.2.1]\n-\n"))
        #expect(change.edits.map(\.name).contains("SMTP connector Internet"))
        #expect(throws: Failure.self) {
            try LegacyExchangeChange(
                export: export.dropLast(300) + Array("x".utf8),
                routes: routes,
                extras: ServerExtras()
            )
        }
    }

    @Test(arguments: [
        "", "mtactl-answer 1\nrun x\n", "dn: a\nchangetype: modify\n", "dn: a\njpegPhoto:< file:///etc/shadow\n",
        "cn: a\n",
        "dn: a\nno colon\n", "dn: a\ncn:: ***\n", "dn:: /w==\n",
    ])
    func `what is no export is refused`(text: String) {
        #expect(throws: Failure.self) {
            try LegacyExchangeChange(export: Array(text.utf8), routes: routes, extras: ServerExtras())
        }
    }
}
