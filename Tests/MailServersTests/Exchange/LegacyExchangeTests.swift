import MTAPlan
import Support
import Testing

@testable import MailServers

/// Exchange 2000 and 2003 by their entries in the directory.
@Suite struct LegacyExchangeTests {
    private typealias Entry = LegacyExchange.Entry

    private let group =
        "CN=First Routing Group,CN=Routing Groups,CN=First Administrative Group,CN=Example,DC=example,DC=com"

    private func server(_ name: String, _ port: [String] = []) -> Entry {
        Entry(
            "CN=1,CN=SMTP,CN=Protocols,CN=\(name),CN=Servers,DC=example,DC=com",
            ["objectClass": ["top", "protocolCfgSMTPServer"], "cn": [name], "msExchSmtpOutgoingPort": port]
        )
    }

    private func connector(_ changes: [String: [String]] = [:]) -> Entry {
        let attributes = [
            "objectClass": ["top", "msExchRoutingSMTPConnector"], "cn": ["Internet"], "routingList": ["SMTP:*;1"],
            "msExchSmtpSmartHost": ["[192.0.2.1]"], "msExchSmtpOutboundSecurityFlag": ["0"],
            "msExchSourceBridgeheadServersDN": [server("MAIL").name],
        ]
        return Entry("CN=Internet,CN=Connections,\(group)", attributes.merging(changes) { _, new in new })
    }

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

        #expect(plan.edits.map(\.name) == ["SMTP connector Internet", "SMTP virtual server MAIL"])
        #expect(plan.notes.contains { $0.contains("all mail") })
        #expect(
            plan.forward.text.contains(
                "delete: msExchSmtpSmartHost\nmsExchSmtpSmartHost: [192.0.2.1]\n-\nadd: msExchSmtpSmartHost\n"
            )
        )
        let after = try applied(plan.forward, to: entries)
        #expect(try LegacyExchange(after).plan(for: routes, ExchangeSettings()).edits == [])
        #expect(try applied(plan.forward.inverse, to: after) == entries)
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
}
