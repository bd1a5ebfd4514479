import MTAPlan
import MailServers
import Support
import Testing

/// Kerio Connect on a Windows host whose administration interface told nothing.
@Suite struct KerioOnWindowsTests {
    private static func facts(service: String? = nil, files: [String] = [], on key: String = "on64") -> Facts {
        let named = { (name: String, status: String) in
            PowerShellObject(["Name": .text(name), "Status": .text(status)])
        }
        return Facts(objects: [
            "service.KerioMailServer": .objects(service.map { [named("KerioMailServer", $0)] } ?? []),
            "kerio.files.\(key)": .objects(files.map { named($0, "") }),
        ])
    }

    private static let trouble = ["administration.trouble": APIAnswer.failed(code: 0, message: "nobody listens")]

    private func refusal(_ facts: Facts) -> String? {
        let routes = Routes(defaultRoute: .via(KerioCase.smarthost()), bounces: .default)
        let play = Play(name: "test", hosts: "all", routes: routes)
        let planner = Planner(catalog: Catalog.products)
        let plan = planner.plan(
            play,
            verify: nil,
            for: "host",
            mta: .auto,
            facts: facts,
            secrets: KerioCase.secrets
        )
        guard case .refused(let failure) = plan.disposition else { return nil }
        return failure.description
    }

    @Test(arguments: [
        facts(service: "Running"), facts(service: "Stopped"), facts(files: ["users.cfg", "MailServer.cfg"]),
        facts(files: ["mailserver.cfg"], on: "on32"),
    ])
    func `its service or its folder tells that it is there, and the account is asked for`(facts: Facts) throws {
        #expect(Kerio().recognition.isThere(facts))
        let words = try #require(refusal(facts))

        #expect(words.contains("no `admin-login` is given") && words.contains("kerio: {admin-login:"))
    }

    @Test func `other files and other hosts are not it`() throws {
        #expect(!Kerio().recognition.isThere(Self.facts(files: ["users.cfg", "mailserver.cfg.bak"])))
        #expect(!Kerio().recognition.isThere(Facts()))
        #expect(try #require(refusal(Self.facts())).contains("no mail server was found"))
    }

    @Test func `a stopped service is the reason why its interface does not answer`() throws {
        var (running, stopped) = (Self.facts(service: "Running"), Self.facts(service: "Stopped"))
        running.calls = Self.trouble
        stopped.calls = Self.trouble

        #expect(try #require(refusal(running)).contains("nobody listens"))
        #expect(try #require(refusal(stopped)).contains("`KerioMailServer` is stopped"))
    }
}
