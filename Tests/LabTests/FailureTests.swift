import Testing

extension RealHosts {
    /// Changes that mail does not survive: the host is as before, and the smarthost's own words say why.
    @Suite struct FailureTests {
        struct Trouble: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var smarthost = "{host: outgoing.example.net, port: 2525}"
            var modes = ["normal"]
            var reason: String
            var hint: String
        }

        private static let login =
            "{host: outgoing.example.net, login: {username: out@example.com, password: env:FILTER_PASSWORD}}"

        static let troubles = [
            Trouble(
                testDescription: "a wrong password",
                smarthost: login,
                reason: "535 5.7.8 authentication failed",
                hint: "password"
            ),
            Trouble(
                testDescription: "a port where nothing listens",
                smarthost: "{host: outgoing.example.net, port: 2599}",
                reason: "outgoing.example.net[198.18.2.1]:2599: Connection refused",
                hint: "port"
            ),
            Trouble(
                testDescription: "a recipient that is refused",
                modes: ["refuse-recipient", "postmaster@remote.test"],
                reason: "550 5.7.1 recipient is not welcome here",
                hint: "the reply above says why"
            ),
            Trouble(
                testDescription: "a smarthost that refuses everything",
                modes: ["refuse-all"],
                reason: "554 5.7.1 no mail is welcome here",
                hint: "the reply above says why"
            ),
            Trouble(
                testDescription: "a smarthost that is busy",
                modes: ["busy"],
                reason: "421 4.3.2 the smarthost is busy",
                hint: "again"
            ),
            Trouble(
                testDescription: "a smarthost that never says a word",
                modes: ["silent"],
                reason: "still queued",
                hint: "within"
            ),
            Trouble(
                testDescription: "a certificate for another name",
                smarthost: "{host: badcert.example.net, port: 2525, tls: verified}",
                reason: "badcert.example.net: Server certificate not verified",
                hint: "certificate"
            ),
            Trouble(
                testDescription: "a certificate that nobody signed",
                smarthost: "{host: selfsigned.example.net, port: 2525, tls: verified}",
                reason: "selfsigned.example.net: Server certificate not verified",
                hint: "certificate"
            ),
            Trouble(
                testDescription: "a certificate that is over",
                smarthost: "{host: expired.example.net, port: 2525, tls: verified}",
                reason: "expired.example.net: Server certificate not verified",
                hint: "certificate"
            ),
        ]

        @Test(arguments: troubles)
        func `is rolled back with the smarthost's own words`(_ trouble: Trouble) async throws {
            let hosts = ["deb12", "deb13"]
            try await Lab.reset("deb12", "deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb12,deb13", smarthost: trouble.smarthost, patience: "6s")
            var before: [HostState] = []
            for host in hosts { before.append(try await .now(of: host)) }

            try await Lab.smarthost(trouble.modes)
            let applied = try await Lab.mtactl(
                "apply",
                playbook,
                "--yes",
                "--json",
                environment: ["FILTER_PASSWORD": "not this one"]
            )
            try await Lab.smarthost(["normal"])

            #expect(applied.status == 3, "\(applied)")
            #expect(applied.outcomes() == ["deb12": "rolled-back", "deb13": "rolled-back"])
            for (host, before) in zip(hosts, before) {
                #expect(applied.said("reason", of: host).contains(trouble.reason), "\(applied)")
                #expect(applied.said("hint", of: host).contains(trouble.hint), "\(applied)")
                try await HostState.expectAsBefore(before, on: host)
            }
        }

        @Test func `greylisting is waited out, and the report says how often the message was deferred`() async throws {
            try await Lab.reset("deb12", "deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb12,deb13", patience: "60s")

            try await Lab.smarthost(["greylist"])
            let applied = try await Lab.mtactl("apply", playbook, "--yes", "--json")
            try await Lab.smarthost(["normal"])

            #expect(applied.status == 0, "\(applied)")
            #expect(applied.outcomes() == ["deb12": "committed", "deb13": "committed"], "\(applied)")
            let deferred = applied.output.matches(of: /"deferrals": ([0-9]+)/).compactMap { Int($0.1) }
            #expect(deferred.count == 2 && deferred.allSatisfy { $0 > 0 }, "\(applied)")
        }

        @Test func `a message that arrives by another way than asked is rolled back`() async throws {
            try await Lab.reset("deb13")
            try await Lab.on(
                "deb13",
                """
                printf 'remote.test smtp:[198.18.3.1]\\n' > /etc/postfix/transport && postmap /etc/postfix/transport &&
                postconf -e transport_maps=hash:/etc/postfix/transport && postfix reload
                """
            )
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb13")
            let before = try await HostState.now(of: "deb13")

            let planned = try await Lab.mtactl("plan", playbook)
            let applied = try await Lab.mtactl("apply", playbook, "--yes", "--json")

            #expect(planned.status == 0, "\(planned)")
            #expect(planned.output.contains("transport_maps of the host still decides for `remote.test`"))
            #expect(applied.status == 3, "\(applied)")
            #expect(applied.outcomes() == ["deb13": "rolled-back"])
            #expect(
                applied.said("reason", of: "deb13").contains("left through 198.18.3.1[198.18.3.1]:25 and not through"),
                "\(applied)"
            )
            #expect(applied.said("hint", of: "deb13").contains("`mtactl facts` shows those"))
            try await HostState.expectAsBefore(before, on: "deb13")
        }

        @Test func `a fleet of which one host fails keeps the other`() async throws {
            try await Lab.reset("deb12", "deb13")
            try await Lab.on("deb12", "ip route add blackhole 198.18.2.1")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb12,deb13", patience: "6s")
            let before = try await HostState.now(of: "deb12")

            let applied = try await Lab.mtactl("apply", playbook, "--yes", "--json")
            // `reset` leaves routes alone.
            try await Lab.on("deb12", "ip route del blackhole 198.18.2.1")

            #expect(applied.status == 3, "\(applied)")
            #expect(applied.outcomes() == ["deb12": "rolled-back", "deb13": "committed"])
            #expect(!applied.said("reason", of: "deb12").isEmpty)
            #expect(applied.said("reason", of: "deb13").isEmpty)
            try await HostState.expectAsBefore(before, on: "deb12")
        }
    }
}
