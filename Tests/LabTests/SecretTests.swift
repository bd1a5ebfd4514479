import Foundation
import Testing

extension RealHosts {
    /// A planted password is found in the file it belongs in, and nowhere else.
    @Suite struct SecretTests {
        private let onHost = Sampler(folder: "/run/sampler")

        private func smarthost(_ secret: String) -> String {
            "{host: outgoing.example.net, tls: verified, login: {username: awkward, password: \"file:\(secret)\"}}"
        }

        /// Files of the host that hold the secret, besides what the search itself needs.
        private func holders(on host: String) async throws -> [String] {
            let search = "grep -rlaF -f /run/sampler/patterns /etc /var /tmp /root /home /usr/local /opt /srv /dev/shm"
            return try await Lab.on(host, "\(search) 2>/dev/null | sort || true").split(separator: "\n").map(
                String.init
            )
        }

        private func expectNoSecret(in ended: Lab.Ended, sourceLocation: SourceLocation = #_sourceLocation) {
            for pattern in Sampler.patterns {
                #expect(
                    !ended.output.contains(pattern) && !ended.errors.contains(pattern),
                    sourceLocation: sourceLocation
                )
            }
        }

        @Test(arguments: ["deb12", "deb13"])
        func `the password is in the login file and its index alone`(_ host: String) async throws {
            try await Lab.reset(host)
            let bench = try Workbench()
            let here = Sampler(folder: "\(bench.path)/sampler", files: ["cmdline", "environ"])
            let playbook = try bench.playbook(
                hosts: host,
                smarthost: smarthost(try bench.write("secret", Lab.awkwardPassword + "\n"))
            )
            let plan = "\(bench.path)/saved"
            try await Lab.on(host, onHost.begin)
            _ = try await Lab.command("/bin/sh", ["-c", here.begin])

            var said = [try await Lab.mtactl("plan", playbook, "-v", "-o", plan)]
            said.append(try await Lab.mtactl("plan", playbook, "--json", "-v"))
            said.append(try await Lab.mtactl("apply", playbook, "--yes", "--json", "-v"))
            let applied = try #require(said.last)
            let run = try await Lab.on(host, "ls /var/backups/mtactl").trimmingCharacters(in: .newlines)
            for words in [
                ["check", playbook, "-v"], ["check", playbook, "--json", "-v"], ["apply", playbook, "--yes", "-v"],
                ["backups", "list", "-l", host], ["backups", "show", run, "-l", host], ["facts", "--json", "-l", host],
                ["backups", "show", run, "-l", host, "--json"],
            ] { said.append(try await Lab.mtactl(words)) }

            let there = try await Lab.on(host, onHost.end).split(separator: "\n")
            let sampled = try await Lab.command("/bin/sh", ["-c", here.end]).output.split(separator: "\n")
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            let verification = try #require(applied.hosts()[host]?["verification"] as? [String: Any])
            let arrived = try await Recorded.message(verification["messageId"] as? String ?? "none")
            #expect(arrived.login == "awkward" && arrived.tls)
            #expect((verification["tls"] as? String)?.contains("Verified") == true)
            for ended in said {
                #expect(ended.status == 0, "\(ended)")
                expectNoSecret(in: ended)
            }
            for pattern in Sampler.patterns { #expect(!(try Lab.text(of: plan)).contains(pattern)) }
            // The rounds come first; a hit would come after them.
            #expect(there.count == 1 && Int(there.first ?? "") ?? 0 > 5, "\(there)")
            #expect(sampled.count == 1 && Int(sampled.first?.trimmingPrefix(" ") ?? "") ?? 0 > 5, "\(sampled)")
            let files = try await holders(on: host)
            #expect(files == ["/etc/postfix/mtactl_filter_login", "/etc/postfix/mtactl_filter_login.db"])
            let modes = try await Lab.on(
                host,
                "stat -c '%a %U:%G' \(files.joined(separator: " ")) /var/backups/mtactl /var/backups/mtactl/\(run)"
            )
            #expect(modes == "600 root:root\n600 root:root\n700 root:root\n700 root:root\n")
            try await expectNothingLogged(on: host)
        }

        @Test func `a password that is replaced is left in the backup alone, and rolling back brings it back`()
            async throws
        {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            try await Lab.on("deb13", "\(onHost.begin); \(onHost.end)")
            let old = try bench.playbook(
                hosts: "deb13",
                smarthost: smarthost(try bench.write("secret", Lab.awkwardPassword))
            )
            let new = try bench.playbook(
                hosts: "deb13",
                smarthost:
                    "{host: outgoing.example.net, login: {username: boss, password: \"file:\(try bench.write("other", "secret of boss"))\"}}"
            )

            let first = try await Lab.mtactl("apply", old, "--yes", "--json")
            let login = try await Lab.on(
                "deb13",
                "stat -c '%a %U:%G %Y' /etc/postfix/mtactl_filter_login; sha256sum /etc/postfix/mtactl_filter_login*"
            )
            let planned = try await Lab.mtactl("plan", new)
            let second = try await Lab.mtactl("apply", new, "--yes", "--json")
            let holders = try await holders(on: "deb13")
            let back = try await Lab.mtactl("rollback", "--yes", "-l", "deb13", "-v")

            #expect(
                first.outcomes() == ["deb13": "committed"] && second.outcomes() == ["deb13": "committed"],
                "\(second)"
            )
            #expect(!holders.isEmpty)
            #expect(holders.allSatisfy { $0.hasPrefix("/var/backups/mtactl/") }, "\(holders)")
            for ended in [first, planned, second, back] { expectNoSecret(in: ended) }
            #expect(!planned.output.contains("secret of boss"))
            #expect(back.status == 0, "\(back)")
            #expect(
                try await Lab.on(
                    "deb13",
                    "stat -c '%a %U:%G %Y' /etc/postfix/mtactl_filter_login; sha256sum /etc/postfix/mtactl_filter_login*"
                ) == login
            )
        }

        @Test func `a login that fails leaves the password nowhere on the host`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(
                hosts: "deb13",
                smarthost: smarthost(try bench.write("secret", Lab.awkwardPassword))
            )
            try await Lab.on("deb13", "\(onHost.begin)")
            try await Lab.smarthost(["refuse-password", "awkward"])

            let applied = try await Lab.mtactl("apply", playbook, "--yes", "--json", "-v")

            try await Lab.smarthost(["normal"])
            let there = try await Lab.on("deb13", onHost.end).split(separator: "\n")
            #expect(applied.outcomes() == ["deb13": "rolled-back"], "\(applied)")
            #expect(applied.said("reason", of: "deb13").contains("535 5.7.8"))
            expectNoSecret(in: applied)
            #expect(there.count == 1, "\(there)")
            #expect(try await holders(on: "deb13") == [])
            try await expectNothingLogged(on: "deb13")
        }

        @Test func `the search finds what is planted`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let here = Sampler(folder: "\(bench.path)/sampler", files: ["cmdline", "environ"])
            try await Lab.on("deb13", onHost.begin)
            _ = try await Lab.command("/bin/sh", ["-c", here.begin])
            let secret = Lab.awkwardPassword

            try await Lab.on(
                "deb13",
                "cat > /var/tmp/planted <<'END'\n\(secret)\nEND\nlogger -p mail.info -f /var/tmp/planted\nsleep 0.5"
            )

            #expect(try await Lab.on("deb13", onHost.end).contains("/cmdline"))
            #expect(try await Lab.command("/bin/sh", ["-c", here.end]).output.contains("/cmdline"))
            #expect(try await holders(on: "deb13").contains("/var/tmp/planted"))
            #expect(try await Lab.on("deb13", Self.logged) != "0\n")
        }

        private static let logged =
            "journalctl --sync; journalctl -q -o cat --no-pager | cat - /var/log/mail.* 2>/dev/null | grep -caF -f /run/sampler/patterns || true"

        private func expectNothingLogged(on host: String) async throws {
            #expect(try await Lab.on(host, Self.logged) == "0\n")
        }
    }
}
