import Foundation
import Testing

extension RealHosts {
    /// What only the panels have, on the lab's stand-ins: cPanel and DirectAdmin around Exim 4.96 and 4.98.
    @Suite(.enabled(if: Panel.areUp, "the lab is up without cpanel12, cpanel13, directadmin12, directadmin13"))
    struct PanelTests {
        private let secrets = ["FILTER_PASSWORD": "secret of out"]

        @Test(arguments: Panel.all)
        func `counts, signs, names itself as the panel does, and outlives a rebuild`(_ panel: Panel) async throws {
            try await Lab.reset(panel.host)
            try await Lab.on(panel.host, panel.ownAddress)
            let before = try await tree(panel)
            try await apply(panel, "")

            for round in 1...2 {
                let signed = try await send(from: "a@example.com", on: panel)
                #expect(signed.where == "smarthost")
                #expect(signed.login == "out@example.com")
                #expect(signed.client == panel.extraAddress)
                #expect(signed.helo == "mail.example.com")
                #expect(try signed.text.contains("DKIM-Signature:") && signed.text.contains("d=example.com"))
                let unsigned = try await send(from: "a@hosted.test", on: panel)
                #expect(unsigned.client != panel.extraAddress)
                #expect(try !unsigned.text.contains("DKIM-Signature:"))
                #expect(try await Lab.on(panel.host, panel.count) == "\(panel.counted(afterRounds: round))\n")
                try await Lab.on(panel.host, panel.rebuild)
            }
            try await Lab.on(panel.host, panel.limitReached)
            #expect(try await arrives(from: "a@example.com", on: panel) == false)

            // The rebuild in between made the generated file again, with the same bytes.
            let rolledBack = try await Lab.mtactl("rollback", "--yes", "-l", panel.host)
            #expect(rolledBack.status == 0, "\(rolledBack)")
            let left = Set(try await tree(panel)).symmetricDifference(before).filter { !$0.contains("/var/backups") }
            #expect(left.filter { !panel.isChangedByTest($0) } == [])
        }

        @Test(arguments: Panel.all)
        func `does not count where it is not to`(_ panel: Panel) async throws {
            try await Lab.reset(panel.host)
            try await apply(panel, "\(panel.limits): ignore, identity-header: X-AuthUser")

            let sent = try await send(from: "a@example.com", as: "nobody", on: panel)

            #expect(sent.where == "smarthost")
            #expect(try sent.text.contains("X-AuthUser: nobody@\(panel.host).lab.test"))
            #expect(try await Lab.on(panel.host, panel.count) == "0\n")
        }

        @Test(arguments: Panel.all)
        func `another smarthost is refused, and taken out where that is asked`(_ panel: Panel) async throws {
            try await Lab.reset(panel.host)
            try await Lab.on(panel.host, panel.otherSmarthost)
            let before = try await tree(panel)

            let refused = try await mtactl("plan", panel, "")
            #expect(refused.status == 1, "\(refused)")
            #expect(refused.output.contains("a smarthost of \(panel.vendor) is set up here"))
            #expect(!refused.output.contains("oldsecret"))
            #expect(try await tree(panel) == before)

            try await apply(panel, "replace-others: remove")
            #expect(try await send(from: "a@example.com", on: panel).login == "out@example.com")

            let rolledBack = try await Lab.mtactl("rollback", "--yes", "-l", panel.host)
            #expect(rolledBack.status == 0, "\(rolledBack)")
            let left = Set(try await tree(panel)).symmetricDifference(before).filter { !$0.contains("/var/backups") }
            #expect(left == [])
        }

        @Test(arguments: Panel.all.flatMap { panel in panel.refusals.map { (panel, $0) } })
        func `what the panel would undo is refused`(_ panel: Panel, _ refusal: Panel.Refusal) async throws {
            try await Lab.reset(panel.host)
            try await Lab.on(panel.host, refusal.given)
            let before = try await tree(panel)

            let refused = try await mtactl("apply", panel, "", "--yes")

            #expect(refused.status == 1, "\(refused)")
            #expect((refused.output + refused.errors).contains(refusal.words), "\(refused)")
            #expect(try await tree(panel) == before)
        }

        @Test(arguments: Panel.all)
        func `a row for a domain that the panel hosts is refused, as its mail never leaves`(_ panel: Panel) async throws
        {
            try await Lab.reset(panel.host)
            let before = try await tree(panel)

            let refused = try await mtactl("plan", panel, "", routes: "{recipients: {hosted.test: filter}}")

            #expect(refused.status == 1, "\(refused)")
            #expect(refused.output.contains("`hosted.test` is one of the host's own domains"), "\(refused)")
            #expect(try await tree(panel) == before)
        }

        // MARK: Doing

        private func mtactl(
            _ verb: String,
            _ panel: Panel,
            _ extras: String,
            _ words: String...,
            routes: String = "{default: filter}"
        ) async throws -> Lab.Ended {
            let bench = try Workbench()
            let playbook = try bench.write(
                "p.yml",
                """
                smarthosts:
                  filter:
                    host: outgoing.example.net
                    login: {username: out@example.com, password: env:FILTER_PASSWORD}
                plays:
                  - {name: panels, hosts: \(panel.host), routes: \(routes), \(panel.server): {\(extras)}}
                verify: {to: postmaster@remote.test, from: root, within: 1m}
                """
            )
            return try await Lab.mtactl([verb, playbook] + words, environment: secrets)
        }

        private func apply(_ panel: Panel, _ extras: String) async throws {
            let applied = try await mtactl("apply", panel, extras, "--yes", "--json")
            #expect(applied.outcomes() == [panel.host: "committed"], "\(applied)")
            let again = try await mtactl("apply", panel, extras, "--yes", "--json")
            #expect(again.outcomes() == [panel.host: "as-asked"], "\(again)")
        }

        private func send(from sender: String, as user: String = "root", on panel: Panel) async throws -> Recorded {
            let id = try await submit(from: sender, as: user, on: panel)
            return try await Recorded.message(id)
        }

        private func arrives(from sender: String, on panel: Panel) async throws -> Bool {
            let id = try await submit(from: sender, on: panel)
            try await Task.sleep(for: .seconds(2))
            return try Recorded.all().contains { $0.messageId?.contains(id) == true }
        }

        private func submit(
            from sender: String,
            as user: String = "root",
            on panel: Panel
        ) async throws -> String {
            let id = "panel-\(UInt64.random(in: .min ... .max))@lab.test"
            let text = "Message-ID: <\(id)>\\nFrom: <\(sender)>\\nSubject: letter\\n\\ntext\\n"
            let sendmail = "sendmail -i -f '\(sender)' -- b@remote.test"
            try await Lab.on(panel.host, "printf '\(text)' | setpriv --reuid=\(user) --clear-groups \(sendmail)")
            return id
        }

        private func tree(_ panel: Panel) async throws -> [String] {
            try await Lab.tree(panel.host).filter { !$0.contains("/var/mail") }
        }
    }
}
