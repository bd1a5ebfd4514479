import Foundation
import Testing

extension RealHosts {
    /// Other users than root, and the system's own ssh: plan, apply, as asked, rollback.
    @Suite struct PrivilegeTests {
        struct Way: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var host: String
            var variables: String
            /// Run on the host before.
            var given: String?
        }

        private static let sudo = "address: 198.18.1.4"

        static let ways = [
            Way(
                testDescription: "sudo that does not ask",
                host: "deb13-sudo",
                variables: "\(sudo), user: opsnp, become: sudo"
            ),
            Way(
                testDescription: "sudo with a password",
                host: "deb13-sudo",
                variables: "\(sudo), user: ops, become: sudo, become-password: env:OPS_PASSWORD"
            ),
            Way(testDescription: "doas", host: "deb13-sudo", variables: "\(sudo), user: doasop, become: doas"),
            Way(
                testDescription: "the system's ssh",
                host: "deb12",
                variables: "address: 198.18.1.1, transport: openssh"
            ),
            Way(
                testDescription: "the system's ssh and sudo with a password",
                host: "deb13-sudo",
                variables: "\(sudo), transport: openssh, user: ops, become: sudo, become-password: env:OPS_PASSWORD"
            ),
            Way(
                testDescription: "sessions of systemd-logind, a host without Python",
                host: "deb12-rsyslog",
                variables: "address: 198.18.1.3"
            ),
            Way(
                testDescription: "a login shell that is tcsh, and prints",
                host: "deb13-wild",
                variables: "address: 198.18.1.5",
                given: "\(cshrc) > /root/.cshrc && usermod -s /bin/tcsh root"
            ),
            Way(
                testDescription: "sudo from tcsh",
                host: "deb13-wild",
                variables: "address: 198.18.1.5, user: csh, become: sudo",
                given: """
                    useradd -m -s /bin/tcsh csh && cp -r /root/.ssh /home/csh && \(cshrc) > /home/csh/.cshrc
                    chown -R csh: /home/csh && echo 'csh ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/csh
                    """
            ),
            Way(
                testDescription: "a host that runs no program in /tmp, /var/tmp and /dev/shm",
                host: "deb13-wild",
                variables: "address: 198.18.1.5",
                given: "for at in /tmp /var/tmp /dev/shm; do mount -t tmpfs -o noexec,mode=1777 tmpfs $at || exit; done"
            ),
        ]

        private static let cshrc = #"printf 'echo "welcome \\041"\nstty erase ^H\n'"#

        private func password() throws -> String {
            try Lab.text(of: "\(Lab.folder)/ops-password").trimmingCharacters(in: .newlines)
        }

        @Test(arguments: ways)
        func `does all that root can`(_ way: Way) async throws {
            try await Lab.reset(way.host)
            if let given = way.given { try await Lab.on(way.host, given) }
            let bench = try Workbench()
            let inventory = try bench.inventory([way.host: way.variables])
            let playbook = try bench.playbook(hosts: "all")
            let secrets = ["OPS_PASSWORD": try password()]
            let before = try await HostState.now(of: way.host)
            func mtactl(_ words: String...) async throws -> Lab.Ended {
                try await Lab.mtactl(words, inventory: inventory, environment: secrets)
            }

            let planned = try await mtactl("plan", playbook, "--detailed-exitcode")
            #expect(try await HostState.now(of: way.host) == before)
            let applied = try await mtactl("apply", playbook, "--yes", "--json", "-v")
            let again = try await mtactl("apply", playbook, "--yes", "--json")
            let checked = try await mtactl("check", playbook)
            let listed = try await mtactl("backups", "list")
            let back = try await mtactl("rollback", "--yes")

            #expect(planned.status == 2, "\(planned)")
            #expect(applied.outcomes() == [way.host: "committed"], "\(applied)")
            #expect(again.outcomes() == [way.host: "as-asked"], "\(again)")
            #expect(checked.status == 0, "\(checked)")
            #expect(listed.output.contains("confirmed"), "\(listed)")
            #expect(back.status == 0, "\(back)")
            for ended in [planned, applied, again, checked, listed, back] {
                #expect(!"\(ended)".contains(try password()))
            }
            try await HostState.expectAsBefore(before, on: way.host)
        }

        struct Refusal: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var variables: String
            var reason: String
            var hint: String
        }

        @Test(arguments: [
            Refusal(
                testDescription: "a wrong password for sudo",
                variables: "\(sudo), user: ops, become: sudo, become-password: env:WRONG_PASSWORD",
                reason: "sudo did not accept the password",
                hint: "become-password"
            ),
            Refusal(
                testDescription: "no password for sudo",
                variables: "\(sudo), user: ops, become: sudo",
                reason: "sudo asks for a password and there is none",
                hint: "become-password: env:NAME"
            ),
            Refusal(
                testDescription: "a user whom sudo does not know",
                variables: "\(sudo), user: doasop, become: sudo, become-password: env:OPS_PASSWORD",
                reason: "sudo did not",
                hint: "become"
            ),
            Refusal(
                testDescription: "a user whom doas does not know",
                variables: "\(sudo), user: ops, become: doas",
                reason: "doas did not start a root shell",
                hint: "permit nopass"
            ),
            Refusal(
                testDescription: "no doas on the host",
                variables: "address: 198.18.1.1, become: doas",
                reason: "doas did not start a root shell, it said: ",
                hint: "doas"
            ),
            Refusal(
                testDescription: "a user who is not root, without a way to become it",
                variables: "\(sudo), user: opsnp, become: none",
                reason: "not root",
                hint: "become: sudo"
            ),
            Refusal(
                testDescription: "an unknown host key for the system's ssh",
                variables: "address: 198.18.1.1, transport: openssh, known-hosts: /dev/null",
                reason: "host key is not known: SHA256:",
                hint: "ssh"
            ),
        ])
        func `is said clearly`(_ refusal: Refusal) async throws {
            try await Lab.reset("deb13-sudo", "deb12")
            let bench = try Workbench()
            let inventory = try bench.inventory(["host": refusal.variables])
            let playbook = try bench.playbook(hosts: "all")
            let secrets = ["OPS_PASSWORD": try password(), "WRONG_PASSWORD": "not this one"]

            let applied = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json"],
                inventory: inventory,
                environment: secrets
            )

            #expect(applied.status == 1, "\(applied)")
            #expect(["unreachable", "refused"].contains(applied.outcomes()["host"] ?? ""), "\(applied)")
            #expect(applied.said("reason", of: "host").contains(refusal.reason), "\(applied)")
            #expect(applied.said("hint", of: "host").contains(refusal.hint), "\(applied)")
            for secret in secrets.values { #expect(!"\(applied)".contains(secret)) }
        }
    }
}
