import Testing

extension RealHosts {
    /// One host that cannot be reached, next to one that can: the good one is served, the bad one has its own error.
    @Suite struct BadHostTests {
        struct Unreachable: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// What the inventory says of it, made in the test's folder.
            var variables: @Sendable (Workbench) async throws -> String
            /// Run on deb12 before.
            var given: String?
            var reason: String
            var hint: String
        }

        private static let good = "address: 198.18.1.2"

        static let unreachable = [
            Unreachable(
                testDescription: "an address without a machine",
                variables: { _ in "address: 198.18.1.77, connect-timeout: 2s" },
                reason: "198.18.1.77, port 22: no answer within 2.0 s",
                hint: "may be down"
            ),
            Unreachable(
                testDescription: "a port where nothing listens",
                variables: { _ in "address: 198.18.1.1, port: 2222" },
                reason: "198.18.1.1, port 2222: nothing is listening there",
                hint: "on this port"
            ),
            Unreachable(
                testDescription: "a name without an address",
                variables: { _ in "address: nowhere.lab.test" },
                reason: "nowhere.lab.test: no address found",
                hint: "is the name correct"
            ),
            Unreachable(
                testDescription: "a key that is not the host's user's",
                variables: { "address: 198.18.1.1, identity-file: \(try await $0.key("other"))" },
                reason: "cannot log in as root: tried ",
                hint: "authorized_keys of root"
            ),
            Unreachable(
                testDescription: "a key file that is not there",
                variables: { "address: 198.18.1.1, identity-file: \($0.path)/nothing" },
                reason: "/nothing: there is no such key",
                hint: "identity-file"
            ),
            Unreachable(
                testDescription: "an unknown host key",
                variables: { "address: 198.18.1.1, known-hosts: \(try $0.write("known", ""))" },
                reason: "host key is not known: SHA256:",
                hint: "--accept-new"
            ),
            Unreachable(
                testDescription: "another host key than the known one",
                variables: { bench in
                    let wrong = try Lab.text(of: "\(try await bench.key("another")).pub").split(separator: " ")[1]
                    return
                        "address: 198.18.1.1, known-hosts: \(try bench.write("known", "198.18.1.1 ssh-ed25519 \(wrong)\n"))"
                },
                reason: "host key changed: SHA256:",
                hint: "ssh-keygen -R 198.18.1.1"
            ),
            Unreachable(
                testDescription: "a machine that takes the connection and says nothing",
                variables: { _ in "address: 198.18.1.1, port: 2299" },
                given: listener(""),
                reason: "something is listening there, but it sends nothing",
                hint: "is it sshd"
            ),
            Unreachable(
                testDescription: "a machine that answers rubbish",
                variables: { _ in "address: 198.18.1.1, port: 2299" },
                given: listener(#"c.sendall(b"\x00\xff\x1b[31mrubbish\r\n" * 5000)"#),
                reason: #"does not speak SSH; it sent `\0\ff\1b[31mrubbish"#,
                hint: "is the port correct?"
            ),
            Unreachable(
                testDescription: "a machine that hangs up at once",
                variables: { _ in "address: 198.18.1.1, port: 2299" },
                given: listener("c.close()"),
                reason: "hung up",
                hint: "MaxStartups"
            ),
            Unreachable(
                testDescription: "a login shell that never stops talking",
                variables: { _ in "address: 198.18.1.1" },
                given: shell("exec yes noise"),
                reason: "the host sent more than",
                hint: "login shell"
            ),
            Unreachable(
                testDescription: "a login that is closed",
                variables: { _ in "address: 198.18.1.1" },
                given: "usermod -s /usr/sbin/nologin root",
                reason: "This account is currently not available",
                hint: "by hand"
            ),
            Unreachable(
                testDescription: "a login shell that dies in the middle",
                variables: { _ in "address: 198.18.1.1" },
                given: shell("head -c 12500 | /bin/sh -s"),
                reason: "was cut off",
                hint: "by hand"
            ),
        ]

        @Test(arguments: unreachable)
        func `is unreachable with its own words, and its neighbour is changed all the same`(_ host: Unreachable)
            async throws
        {
            try await Lab.reset("deb12", "deb13")
            let bench = try Workbench()
            if let given = host.given { try await Lab.on("deb12", given) }
            let inventory = try bench.inventory(["bad": try await host.variables(bench), "good": Self.good])
            let playbook = try bench.playbook(hosts: "all")
            let before = try await HostState.now(of: "deb12")

            let applied = try await Lab.mtactl(["apply", playbook, "--yes", "--json"], inventory: inventory)

            #expect(applied.status == 1, "\(applied)")
            #expect(applied.outcomes() == ["bad": "unreachable", "good": "committed"], "\(applied)")
            #expect(applied.said("reason", of: "bad").contains(host.reason), "\(applied.said("reason", of: "bad"))")
            #expect(applied.said("hint", of: "bad").contains(host.hint), "\(applied.said("hint", of: "bad"))")
            #expect(try await HostState.now(of: "deb12") == before)
        }

        @Test func `a login shell that talks too much is talked over`() async throws {
            try await Lab.reset("deb12")
            try await Lab.on(
                "deb12",
                Self.shell("echo Welcome; echo rubbish >&2; printf 'no end of line'; exec /bin/bash \"$@\"")
            )
            let bench = try Workbench()
            let inventory = try bench.inventory(["chatty": "address: 198.18.1.1"])
            let playbook = try bench.playbook(hosts: "all")

            let applied = try await Lab.mtactl(["apply", playbook, "--yes", "--json"], inventory: inventory)
            let again = try await Lab.mtactl(["apply", playbook, "--yes", "--json"], inventory: inventory)
            let back = try await Lab.mtactl(["rollback", "--yes"], inventory: inventory)

            #expect(applied.outcomes() == ["chatty": "committed"], "\(applied)")
            #expect(again.outcomes() == ["chatty": "as-asked"], "\(again)")
            #expect(back.status == 0, "\(back)")
        }

        @Test func `an unknown host key is taken with --accept-new, a changed one never`() async throws {
            try await Lab.reset("deb12")
            let bench = try Workbench()
            let known = try bench.write("known", "")
            let inventory = try bench.inventory(["host": "address: 198.18.1.1, known-hosts: \(known)"])
            let playbook = try bench.playbook(hosts: "all")

            let taken = try await Lab.mtactl(["plan", playbook, "--accept-new"], inventory: inventory)
            let after = try await Lab.mtactl(["plan", playbook], inventory: inventory)
            let wrong = try Lab.text(of: "\(try await bench.key("another")).pub").split(separator: " ")[1]
            _ = try bench.write("known", "198.18.1.1 ssh-ed25519 \(wrong)\n")
            let changed = try await Lab.mtactl(["plan", playbook, "--accept-new"], inventory: inventory)

            #expect(taken.status == 0, "\(taken)")
            #expect(after.status == 0, "\(after)")
            #expect(changed.status == 1, "\(changed)")
            #expect("\(changed)".contains("host key changed"))
        }

        @Test func `a host key for which the disk has no room is not half remembered`() async throws {
            try await Lab.reset("deb12")
            let bench = try Workbench()
            try bench.folder("full")
            let known = "\(bench.path)/full/known"
            let inventory = try bench.inventory(["host": "address: 198.18.1.1, known-hosts: \(known)"])
            // A page, of which a few bytes are left.
            let fill = "mount -t tmpfs -o size=4k tmpfs full && yes '# known' | head -c 4080 | tee before >full/known"
            let script =
                "(cd \(bench.path) && \(fill)) || exit 9; \"$@\"; cmp \(bench.path)/before \(known) && echo the same"

            let planned = try await Lab.lab(
                [
                    "run", "sh", "-c", script, "sh", Lab.program, "plan", try bench.playbook(hosts: "all"),
                    "--accept-new",
                ]
                    + ["-i", inventory]
            )

            #expect(planned.output.contains("No space left on device"), "\(planned)")
            #expect(planned.output.hasSuffix("the same\n"), "\(planned)")
        }

        /// A server on port 2299 that does one thing with each connection `c`.
        private static func listener(_ action: String) -> String {
            """
            cat > /run/listener.py <<'END'
            import socket
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("", 2299))
            s.listen(9)
            kept = []
            while True:
                c, _ = s.accept()
                kept.append(c)
                try:
                    pass
                    \(action)
                except OSError:
                    pass
            END
            systemd-run -q --unit=listener python3 /run/listener.py
            for i in $(seq 50); do ss -lnt | grep -q :2299 && exit; sleep 0.1; done; exit 1
            """
        }

        /// A login shell of root's that is a script.
        private static func shell(_ script: String) -> String {
            """
            cat > /usr/local/bin/odd-shell <<'END'
            #!/bin/sh
            \(script)
            END
            chmod 755 /usr/local/bin/odd-shell && usermod -s /usr/local/bin/odd-shell root
            """
        }
    }
}

extension Workbench {
    /// The path of a new private key; its public half is next to it.
    fileprivate func key(_ name: String) async throws -> String {
        let made = try await Lab.lab(["run", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(path)/\(name)"])
        guard made.status == 0 else { throw LabFailure(text: "\(made)") }
        return "\(path)/\(name)"
    }
}
