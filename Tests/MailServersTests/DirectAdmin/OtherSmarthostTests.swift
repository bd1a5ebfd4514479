import MTAPlan
import Testing

@testable import MailServers

@Suite struct OtherSmarthostTests {
    private func drivers(_ routers: String, transports: String = "", logins: String = "") throws -> [PanelDriver] {
        try [(routers, "routers"), (transports, "transports"), (logins, "authenticators")].flatMap { text, part in
            let text = EximText(Array(text.utf8))
            return try PanelDriver.all(in: text, lines: text.lines.indices, part: part, file: "/f")
        }
    }

    @Test(arguments: [
        ("send_via_mailchannels", "MailChannels"), ("mailbaby_router", "MailBaby"), ("smarthost_dkim", "SpamExperts"),
        ("spamexperts_smarthost_router", "SpamExperts"), ("mxsentinel_smarthost", "MX Sentinel"),
        ("smart_route", "DirectAdmin's smart_route template"), ("relay", "somebody else"),
    ])
    func `whose it is shows in the names of its recipe`(name: String, vendor: String) throws {
        let other = OtherSmarthost(
            among: try drivers("\(name):\n driver = manualroute\n route_list = * a.example\n"),
            sending: [name]
        )
        #expect(other.isThere)
        #expect(other.vendor == vendor)
    }

    @Test func `one that has hosts for some domains is not removed with them`() throws {
        let rows = "a.example b.example; * c.example"
        let routers = try drivers("smart:\n driver = manualroute\n route_list = \(rows)\n")
        let other = OtherSmarthost(among: routers, sending: ["smart"], mixed: ["smart"])
        for choice in [OtherSmarthosts.refuse, .remove] {
            let failure = #expect(throws: Failure.self) { try other.check(choice, section: "cpanel") }
            #expect(failure?.problem.contains("hosts for some domains") == true)
        }
    }

    @Test func `its transport and every client login belong to it`() throws {
        let other = OtherSmarthost(
            among: try drivers(
                "r:\n driver = manualroute\n transport = ${if eq {a}{b} {t1} {t2}}\n",
                transports: "t1:\n driver = smtp\nt2:\n driver = smtp\nt3:\n driver = smtp\n",
                logins:
                    "server:\n driver = plaintext\n server_prompts = :\nclient:\n driver = plaintext\n client_send = :\n"
            ),
            sending: ["r"]
        )
        #expect(other.drivers.map(\.name) == ["r", "t1", "t2", "client"])
    }

    @Test func `a router for domains that are named is a route of the host's own`() throws {
        let other = OtherSmarthost(
            among: try drivers(
                "r:\n driver = manualroute\n domains = intranet.example\n transport = t\n",
                transports: "t:\n driver = smtp\n"
            ),
            sending: []
        )
        #expect(!other.isThere)
        #expect(other.notes == ["the router `r` of the host still decides for `intranet.example`"])
    }

    @Test func `a router behind one that takes all mail gets none, before and afterwards`() throws {
        let other = OtherSmarthost(
            among: try drivers(
                "all:\n driver = manualroute\n transport = t\nr:\n driver = manualroute\n domains = intranet.example\n",
                transports: "t:\n driver = smtp\n"
            ),
            sending: ["all"],
            behind: { $0.map(\.name) == ["all"] ? ["r", "later"] : [] }
        )

        #expect(other.shadowed == ["r"])
        #expect(other.notes.last?.contains("`r` of the host gets no mail for `intranet.example`, as before") == true)
    }

    @Test func `what stands between our marks is no other's`() throws {
        let text = "# BEGIN mtactl\nmtactl_filter:\n  driver = manualroute\n# END mtactl\nlater:\n  driver = accept\n"
        #expect(try drivers(text).map(\.name) == ["later"])
    }

    @Test func `lines are those of the driver alone, with the conditions inside it`() throws {
        let text =
            "# about\na:\n driver = smtp\n.ifdef X\n port = 1\n.endif\n\n# about b\nb:\n driver = smtp\n.ifdef Y\n port = 2\n"
        let found = try drivers("", transports: text)
        #expect(found.map(\.lines) == [1..<6, 8..<12])
        #expect(found.map(\.isWhole) == [true, false])
        #expect(found.map(\.place) == ["/f:2", "/f:9"])
    }

    @Test(arguments: [
        ("DirectAdmin v.1.680", "1.680"), ("Version: DirectAdmin v.1.61.3", "1.61.3"),
        ("DirectAdmin v.1.662 6c7e7a2f", "1.662"), ("something", ""),
    ])
    func `the version is the number in the panel's words`(words: String, version: String) {
        #expect(DirectAdmin.version(in: words) == version)
    }
}
