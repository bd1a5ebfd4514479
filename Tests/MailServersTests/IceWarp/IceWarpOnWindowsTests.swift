import Foundation
import MTAPlan
import Support
import Testing

@testable import MailServers

/// IceWarp's settings on a Windows host, as tool.exe tells and takes them.
@Suite struct IceWarpOnWindowsTests {
    private static let secrets = Secrets([
        .environment("FILTER"): Secret("p0is0n!#x"), .environment("QUOTED"): Secret("p0is0n\"x"),
    ])

    private static func filter(
        tls: TLSPolicy = .opportunistic,
        password: String? = nil,
        hosts: [String] = ["outgoing.example.net"]
    ) -> Smarthost {
        Smarthost(
            name: "filter",
            hosts: hosts,
            tls: tls,
            login: password.map { Login(username: "out", password: .environment($0)) }
        )
    }

    private func facts(_ changes: [IceWarpVariable: String?] = [:], hasService: Bool = true, files: [String] = [])
        -> Facts
    {
        let named = Dictionary(uniqueKeysWithValues: changes.map { ($0.key.rawValue, $0.value) })
        return IceWarpSample.facts(named, hasService: hasService, files: files)
    }

    private func proposal(
        _ smarthost: Smarthost,
        on facts: Facts,
        _ settings: IceWarpSettings = IceWarpSettings()
    ) throws -> Proposal {
        try IceWarp().proposal(
            for: Routes(defaultRoute: .via(smarthost), bounces: .default),
            extras: ServerExtras(settings),
            given: facts,
            secrets: Self.secrets
        )
    }

    private func work(_ proposal: Proposal) throws -> PowerShellWork {
        guard case .powerShell(let work) = proposal.work else { throw Failure("not for a Windows host") }
        return work
    }

    @Test func `it is recognised by what its tool tells, with its version`() {
        let recognition = IceWarp().recognition

        #expect(recognition.isThere(facts()))
        #expect(!recognition.isThere(Facts()))
        #expect(recognition.version(facts()) == "14.3.0.12")
    }

    @Test func `only what differs is written, the relay server before the mode, and its service restarts`() throws {
        let smarthost = Self.filter(hosts: ["a.example.net", "b.example.net"])
        let work = try work(proposal(smarthost, on: facts([.tls: "0"])))

        #expect(
            work.steps.map { $0.change["Value"] } == [
                .text("a.example.net:587;b.example.net:587"), .text("1"), .text("0"),
            ]
        )
        #expect(
            work.steps.map { $0.undo["Value"] }
                == [IceWarpVariable.relay, .tls, .mode].map { .found(name: $0.rawValue) }
        )
        #expect(work.steps.allSatisfy { $0.change.cmdlet == "setting.write" })
        #expect(work.restarts == ["MAIL1"])
        #expect(work.service == "IceWarpSMTP")
    }

    @Test func `neither the new password nor the old one is anywhere but in the document`() throws {
        let old = "boss:oldsecret@old.example.net"
        let proposal = try proposal(Self.filter(password: "FILTER"), on: facts([.relay: old]))
        let work = try work(proposal)
        let saved = String(decoding: try JSONEncoder().encode(proposal.work), as: UTF8.self)
        let whole = IceWarpOnWindows.properties
        let row = PowerShellObject(["Name": .text(IceWarpVariable.relay.rawValue), "Value": .text(old)])

        for text in [saved, "\(proposal.edits)", "\(proposal.notes)", "\(work.calls)"] {
            #expect(!Poison.isIn(text) && !text.contains("oldsecret") && !text.contains(row.digest(of: whole)))
        }
        #expect(proposal.edits[0].diff.contains("-C_Mail_SMTP_General_RelayMailServer: …:[secret]@old.example.net"))
        #expect(proposal.edits[0].diff.contains("out:[secret env:FILTER]@outgoing.example.net:587"))
        #expect(proposal.notes.contains { $0.contains("4688") })
        #expect(work.secrets == [.environment("FILTER")])
    }

    @Test func `a host that is as asked is left alone, whether planned anew or from a saved plan`() throws {
        let smarthost = Self.filter(password: "FILTER")
        let done = facts([.relay: "out:p0is0n!#x@outgoing.example.net:587", .mode: "0"])
        let other = facts([.relay: "out:other@outgoing.example.net:587", .mode: "0"])
        let saved = try proposal(smarthost, on: facts()).work

        #expect(try proposal(smarthost, on: done).edits == [])
        #expect(try saved.filled(from: done, secrets: Self.secrets) == nil)
        #expect(try proposal(smarthost, on: other).edits.count == 1)
        #expect(throws: Failure.self) { try saved.filled(from: other, secrets: Self.secrets) }
    }

    @Test(arguments: [
        (Self.filter(password: "QUOTED"), Facts?.none, "would not reach"),
        (Self.filter(tls: .required), nil, "clear text"),
        (Self.filter(tls: .verified), nil, "clear text"),
    ])
    func `what it cannot do is refused`(smarthost: Smarthost, facts: Facts?, words: String) {
        let failure = #expect(throws: Failure.self) { try proposal(smarthost, on: facts ?? self.facts()) }

        #expect(failure?.problem.contains(words) == true)
        #expect(failure?.hint != nil)
    }

    @Test func `nor is anything begun that could not be put back or taken up`() {
        let quoted = facts([.relay: "out:a\"b@old.example.net"])
        var settings = IceWarpSettings()
        settings.tool = #"E:\IceWarp\tool.exe"#

        let failures = [
            #expect(throws: Failure.self) { try proposal(Self.filter(), on: quoted) },
            #expect(throws: Failure.self) { try proposal(Self.filter(), on: facts(hasService: false)) },
            #expect(throws: Failure.self) { try proposal(Self.filter(), on: facts([.mode: nil])) },
            #expect(throws: Failure.self) { try proposal(Self.filter(), on: facts(), settings) },
        ]

        for (failure, words) in zip(failures, ["put it back", "no service", "did not report", "the playbook names"]) {
            #expect(failure?.problem.contains(words) == true, "\(failure?.problem ?? "")")
        }
        #expect(failures.allSatisfy { $0?.problem.contains("a\"b") == false })
    }

    @Test func `its log is a series of files in the folder that it names, and rows of redirect.dat are told`() throws {
        let trace = IceWarp().trace

        #expect(
            trace.log(facts([.port: "2525"]))
                == .activity(
                    prefix: #"D:\IceWarp\logs\smtp\s"#,
                    suffix: ".log",
                    queues: [#"D:\IceWarp\mail\_outgoing\retry"#, #"D:\IceWarp\mail\_outgoing"#],
                    port: 2525
                )
        )
        #expect(trace.log(facts([.logging: "0"])) == nil)
        #expect(try proposal(Self.filter(), on: facts()).notes == [])
        let notes = try proposal(Self.filter(), on: facts(files: ["Redirect.dat"])).notes
        #expect(notes.contains { $0.contains("redirect") })
    }

    @Test func `a survey says the way without the password`() {
        let survey = IceWarp().survey(facts([.relay: "out:oldsecret@old.example.net", .mode: "0"]))

        #expect(survey.defaultRoute == "out:[secret]@old.example.net")
        #expect(survey.login == "out")
    }
}
