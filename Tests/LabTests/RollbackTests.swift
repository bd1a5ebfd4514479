import Foundation
import Testing

extension RealHosts {
    /// Putting back later: over an admin's work, over other runs, and without mtactl.
    @Suite struct RollbackTests {
        private let mainCF = "/etc/postfix/main.cf"

        /// Applies to deb13 and gives the name of the run.
        private func applied(_ playbook: String) async throws -> String {
            let applied = try await Lab.mtactl("apply", playbook, "--yes", "--json")
            #expect(applied.outcomes() == ["deb13": "committed"], "\(applied)")
            return try #require(applied.json.last?["run"] as? String)
        }

        @Test func `what an admin changed since is a conflict, unless forced`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let before = try await HostState.now(of: "deb13")
            let run = try await applied(try bench.playbook(hosts: "deb13"))
            try await Lab.on("deb13", "echo '# by an admin' >> \(mainCF)")
            let changed = try await HostState.now(of: "deb13")
            let admins = try await Lab.on("deb13", "cat \(mainCF)")

            let refused = try await Lab.mtactl("rollback", "--yes", "--json", "-l", "deb13")
            let afterRefusal = try await HostState.now(of: "deb13")
            let forced = try await Lab.mtactl("rollback", "--yes", "--json", "--force", "-l", "deb13")

            #expect(refused.status == 1, "\(refused)")
            #expect(refused.outcomes() == ["deb13": "refused"])
            #expect(refused.said("reason", of: "deb13").hasSuffix("changed since run \(run): \(mainCF)"), "\(refused)")
            #expect(refused.said("hint", of: "deb13").contains("--force"))
            #expect(afterRefusal == changed)
            #expect(forced.status == 0, "\(forced)")
            #expect(forced.outcomes() == ["deb13": "rolled-back"])
            let kept = try await Lab.on("deb13", "grep -l 'by an admin' /var/backups/mtactl/\(run)/displaced/*")
            #expect(try await Lab.on("deb13", "cat \(kept)") == admins)
            try await HostState.expectAsBefore(before, on: "deb13")
        }

        @Test func `an older run under a newer one is refused, and one after the other they are put back`() async throws
        {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let before = try await HostState.now(of: "deb13")
            let older = try await applied(try bench.playbook(hosts: "deb13"))
            let between = try await HostState.now(of: "deb13")
            let newer = try await applied(
                try bench.playbook(hosts: "deb13", smarthost: "{host: outgoing2.example.net, port: 2525}")
            )
            let after = try await HostState.now(of: "deb13")

            let refused = try await Lab.mtactl("rollback", older, "--yes", "--json", "-l", "deb13")
            let afterRefusal = try await HostState.now(of: "deb13")
            let first = try await Lab.mtactl("rollback", "--yes", "--json", "-l", "deb13")
            let afterFirst = try await HostState.now(of: "deb13")
            let second = try await Lab.mtactl("rollback", older, "--yes", "--json", "-l", "deb13")

            #expect(refused.status == 1, "\(refused)")
            #expect(refused.outcomes() == ["deb13": "refused"])
            #expect(refused.said("reason", of: "deb13").contains("changed since run \(older)"), "\(refused)")
            #expect(afterRefusal == after)
            #expect(first.status == 0, "\(first)")
            #expect(first.said("backup", of: "deb13").hasSuffix(newer))
            #expect(afterFirst.files.symmetricDifference(between.files).sorted() == [])
            #expect(second.status == 0, "\(second)")
            try await HostState.expectAsBefore(before, on: "deb13")
        }

        @Test func `a run that is not there is said, and so is one that was put back already`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let unknown = try await Lab.mtactl("rollback", "20200101T000000Z-dead", "--yes", "--json", "-l", "deb13")
            let none = try await Lab.mtactl("rollback", "--yes", "--json", "-l", "deb13")
            let run = try await applied(try bench.playbook(hosts: "deb13"))
            let unasked = try await Lab.mtactl("rollback", "-l", "deb13")
            let first = try await Lab.mtactl("rollback", run, "--yes", "--json", "-l", "deb13")
            let state = try await HostState.now(of: "deb13")
            let again = try await Lab.mtactl("rollback", "--yes", "--json", "-l", "deb13")

            #expect(unknown.status == 1 && unknown.outcomes() == ["deb13": "refused"], "\(unknown)")
            #expect(unknown.said("reason", of: "deb13").contains("no backup of run 20200101T000000Z-dead"))
            #expect(
                none.status == 1 && none.said("reason", of: "deb13").contains("no run to put back"),
                "\(none)"
            )
            #expect(unasked.status == 1 && unasked.errors.contains("--yes"), "\(unasked)")
            #expect(first.status == 0, "\(first)")
            #expect(again.status == 1 && again.outcomes() == ["deb13": "refused"], "\(again)")
            #expect(try await HostState.now(of: "deb13") == state)
        }

        @Test func `at the console, with nothing but sh, everything is put back`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let before = try await HostState.now(of: "deb13")
            let run = try await applied(try bench.playbook(hosts: "deb13"))

            let said = try await Lab.on("deb13", "cd / && sh /var/backups/mtactl/\(run)/restore")

            #expect(said.contains("\(mainCF): put back"))
            #expect(said.hasSuffix("\(run) is undone\n"))
            try await HostState.expectAsBefore(before, on: "deb13")
        }

        @Test func `a damaged backup writes nothing`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let run = try await applied(try bench.playbook(hosts: "deb13"))
            try await Lab.on("deb13", "for file in /var/backups/mtactl/\(run)/files/*; do echo x >> $file; done")
            let after = try await HostState.now(of: "deb13")

            let refused = try await Lab.mtactl("rollback", "--yes", "--json", "--force", "-l", "deb13")

            #expect(refused.status == 1, "\(refused)")
            #expect(refused.said("reason", of: "deb13").contains("is damaged"), "\(refused)")
            #expect(try await HostState.now(of: "deb13") == after)
            try await HostState.expectIdle("deb13")
        }

        @Test func `through rsyslog's file instead of the journal: applied, proved, checked, put back`() async throws {
            try await Lab.reset("deb12-rsyslog")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb12-rsyslog")
            let before = try await HostState.now(of: "deb12-rsyslog")

            let applied = try await Lab.mtactl("apply", playbook, "--yes", "--json")
            let verified = try await Lab.mtactl("verify", playbook, "--json")
            // As logrotate does, between two runs.
            try await Lab.on(
                "deb12-rsyslog",
                "mv /var/log/mail.log /var/log/mail.log.1 && /usr/lib/rsyslog/rsyslog-rotate"
            )
            let checked = try await Lab.mtactl("check", playbook, "--json")
            let back = try await Lab.mtactl("rollback", "--yes", "-l", "deb12-rsyslog")

            for ended in [applied, verified, checked] {
                #expect(ended.status == 0, "\(ended)")
                let verification = try #require(
                    ended.hosts()["deb12-rsyslog"]?["verification"] as? [String: Any],
                    "\(ended)"
                )
                #expect(verification["status"] as? String == "delivered")
                #expect(try await Recorded.message(verification["messageId"] as? String ?? "none").port == 2525)
            }
            #expect(back.status == 0, "\(back)")
            try await Lab.on("deb12-rsyslog", "rm /var/log/mail.log.1")
            try await HostState.expectAsBefore(before, on: "deb12-rsyslog")
        }
    }
}
