import Foundation
import MTAPlan
import Support
import Testing

@testable import MailServers

/// MailEnable's registry as a profile has it, with names that no MailEnable has.
@Suite struct MailEnableTests {
    private static let profile = MailEnableSample.profile
    private static let secrets = Secrets([
        .file("profile.yml"): Secret(profile.text), .environment("FILTER"): Secret("p0is0n;:@ x"),
    ])
    private static let filter = Smarthost(
        name: "filter",
        hosts: ["outgoing.example.net"],
        tls: .opportunistic,
        login: Login(username: "out@example.com", password: .environment("FILTER"))
    )

    private func facts(_ changes: [String: (kind: String, value: String)?] = [:]) -> Facts {
        MailEnableSample.facts(changes)
    }

    private func proposal(
        _ smarthost: Smarthost = filter,
        on facts: Facts? = nil,
        profile: String? = "profile.yml"
    ) throws -> Proposal {
        var settings = MailEnableSettings()
        settings.profile = profile
        return try MailEnable().proposal(
            for: Routes(defaultRoute: .via(smarthost), bounces: .default),
            extras: ServerExtras(settings),
            given: facts ?? self.facts(),
            secrets: Self.secrets
        )
    }

    private func work(_ proposal: Proposal) throws -> PowerShellWork {
        guard case .powerShell(let work) = proposal.work else { throw Failure("not for a Windows host") }
        return work
    }

    @Test func `values of the profile are written, what is used before what uses it, and nothing else`() throws {
        let proposal = try proposal()
        let steps = try work(proposal).steps

        #expect(
            steps.map { $0.change["Name"] } == [
                .text("Egress Address"), .text("Egress \"Port\""), .text("Account"), .text("Secret"), .text("AuthMode"),
                .text("Egress"),
            ]
        )
        #expect(
            steps.map { $0.change["Value"] } == [
                .text("outgoing.example.net"), .text("587"), .text("out@example.com"), .secret(.environment("FILTER")),
                .text("Yes"), .text("0"),
            ]
        )
        #expect(steps.allSatisfy { $0.change.cmdlet == "registry.write" && $0.change["Kind"] == $0.undo["Kind"] })
        #expect(try work(proposal).service == "MESMTPCS")
        #expect(try work(proposal).restarts == ["MAIL1"])
        #expect(proposal.edits.count == 1)
        #expect(proposal.edits[0].diff.contains("+password: [secret env:FILTER]"))
    }

    @Test func `neither the new password nor the old one is anywhere but in the document and the undo`() throws {
        let proposal = try proposal()
        let saved = String(decoding: try JSONEncoder().encode(proposal.work), as: UTF8.self)
        let hash = PowerShellForm.digest.canonical(.text("oldsecret")) ?? ""

        for text in [saved, "\(proposal.edits)", "\(proposal.notes)", "\(try work(proposal).calls)"] {
            #expect(!Poison.isIn(text) && !text.contains("oldsecret") && !text.contains(hash))
        }
        let whole = ["Name", "Kind", "Value"].map { PowerShellCall.Property($0) }
        let row = PowerShellObject(["Name": .text("Secret"), "Kind": .text("String"), "Value": .text("oldsecret")])
        #expect(!saved.contains(row.digest(of: whole)))
        let resolved = try work(proposal).resolved(with: facts().objects["mailenable.smtp64"]?.objects ?? [])
        #expect(resolved.steps.map { $0.undo["Value"] }.contains(.text("oldsecret")))
        #expect(!resolved.steps.contains { if case .found = $0.undo["Value"] { true } else { false } })
    }

    @Test func `a host that is as asked is left alone, whether planned anew or from a saved plan`() throws {
        let done = facts([
            "Egress Address": ("String", "outgoing.example.net"), "Egress \"Port\"": ("DWord", "587"),
            "Account": ("String", "out@example.com"), "Secret": ("String", "p0is0n;:@ x"),
            "AuthMode": ("String", "Yes"),
            "Egress": ("DWord", "0"),
        ])
        let work = try proposal().work

        #expect(try proposal(on: done).edits == [])
        #expect(try work.filled(from: done, secrets: Self.secrets) == nil)
        #expect(try work.filled(from: facts(), secrets: Self.secrets) == work)
        var almost = done
        almost.objects["mailenable.smtp64"] = facts(["Egress": ("DWord", "0")]).objects["mailenable.smtp64"]
        #expect(throws: Failure.self) { try work.filled(from: almost, secrets: Self.secrets) }
        #expect(try proposal(on: facts(["Secret": ("String", "other")])).edits.count == 1)
    }

    @Test(
        arguments: [
            ("Egress", nil), ("Egress \"Port\"", ("String", "25")), ("Secret", ("Binary", "1")),
        ] as [(String, (kind: String, value: String)?)]
    )
    func `a value that is not there with the type of the profile is not written`(
        name: String,
        row: (kind: String, value: String)?
    ) throws {
        let failure = #expect(throws: Failure.self) { try proposal(on: facts([name: row])) }

        #expect(failure?.problem.contains("`\(name)`") == true)
        #expect(failure?.fault == nil)
    }

    @Test func `what falls back to clear text is no TLS that is required, and a sealed password is none to write`()
        throws
    {
        for tls in [TLSPolicy.required, .verified, .none] {
            var smarthost = Self.filter
            smarthost.tls = tls
            let failure = #expect(throws: Failure.self) { try proposal(smarthost) }
            #expect(failure?.fault == nil)
        }
        var sealed = Self.profile
        sealed.values[.password] = nil
        let secrets = Secrets([.file("p"): Secret(sealed.text), .environment("FILTER"): Secret("x")])
        var settings = MailEnableSettings()
        settings.profile = "p"
        let failure = #expect(throws: Failure.self) {
            try MailEnable().proposal(
                for: Routes(defaultRoute: .via(Self.filter), bounces: .default),
                extras: ServerExtras(settings),
                given: facts(),
                secrets: secrets
            )
        }
        #expect(failure?.problem.contains("in a form of its own") == true)
        #expect(#expect(throws: Failure.self) { try proposal(profile: nil) }?.hint?.contains("discover") == true)
    }

    @Test func `a profile is read as it was written`() throws {
        #expect(try MailEnableProfile(Array(Self.profile.text.utf8), file: "x") == Self.profile)
        for text in ["", "values: {}", "values: {host: {name: a, type: Binary}}", "- a"] {
            let failure = #expect(throws: Failure.self) { try MailEnableProfile(Array(text.utf8), file: "x") }
            #expect(failure?.place == "x" || failure?.place?.hasPrefix("x:") == true)
        }
    }

    @Test func `its log is where the registry says`() {
        #expect(
            MailEnable().trace.log(facts())
                == .activity(
                    prefix: "C:\\Mail\\Logging\\SMTP\\SMTP-Activity-",
                    suffix: ".log",
                    queues: [
                        "C:\\Mail\\Queues\\SMTP\\Inbound\\Messages", "C:\\Mail\\Queues\\SMTP\\Inbound",
                        "C:\\Mail\\Queues\\SMTP\\Outgoing\\Messages", "C:\\Mail\\Queues\\SMTP\\Outgoing",
                    ]
                )
        )
        #expect(MailEnable().trace.log(facts(["Activity Log Enabled": ("DWord", "0")])) == nil)
        #expect(MailEnable().trace.unproved?.fault == nil)
    }
}
