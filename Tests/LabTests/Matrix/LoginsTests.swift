import Testing

extension RealHosts {
    /// Two sender domains with two logins, mixed in one queue run: none under the wrong one.
    @Suite struct LoginsTests {
        private static let count = 100
        /// Rows for senders, and one for a recipient's domain.
        private static func both() throws -> Scenario {
            var scenario = try Scenario.number(5)
            scenario.edits.append(Edit("    routes:\n", "    routes:\n      recipients: {partner.example: direct}\n"))
            return scenario
        }
        private static let logins = ["example.com": "out@example.com", "example.org": "out@example.org"]

        @Test func `a hundred messages that waited together leave each under its own login, encrypted`() async throws {
            let servers = try LabServer.up().filter { $0.does.contains(5) }
            let hosts = servers.flatMap(\.hosts.keys)
            try await apply(.number(5), on: servers)

            try await Lab.smarthost(["at", "outgoing.example.net", "busy"])
            let place = try Recorded.place()
            let queueing = servers.filter(\.hasQueue)
            let wrongs = try await Wrongs.gathered(from: queueing.flatMap(\.hosts.keys)) { host in
                try await Lab.on(host, Self.submission(on: host))
                return try await Self.waits(on: host)
            }
            try await Lab.smarthost(["normal"])
            #expect(wrongs.rows == [])
            for server in queueing { for host in server.hosts.keys { try await Lab.on(host, server.flush) } }
            for server in servers where !server.hasQueue {
                for host in server.hosts.keys { try await Lab.on(host, Self.submission(on: host)) }
            }

            let ids = Set(hosts.flatMap { host in (1...Self.count).map { Self.id($0, host) } })
            let arrived = try await Recorded.messages(ids, since: place, within: 90)
            #expect(arrived.count == ids.count)
            let messages = arrived.values.flatMap(\.self)
            #expect(messages.count == arrived.count)
            #expect(messages.filter { $0.where != "smarthost" || !$0.tls } == [])
            let misplaced = messages.filter { message in
                let domain = message.from?.split(separator: "@").last.map(String.init) ?? ""
                return message.login == nil || message.login != Self.logins[domain]
            }
            #expect(misplaced == [])
            #expect(try Recorded.all(since: place).filter { $0.event.hasPrefix("login-") } == [])
        }

        @Test func `a row for a recipient's domain beats a login for the sender`() async throws {
            let servers = try LabServer.up().filter { $0.does.isSuperset(of: [3, 5]) && !$0.asksSendersFirst }
            try await apply(Self.both(), on: servers)

            let letters = ["boss@example.com", "x@example.org"].map {
                Letter(from: $0, to: "b@partner.example", way: .internet)
            }
            let wrongs = try await Wrongs.gathered(from: servers.flatMap(\.hosts.keys)) {
                try await Letter.wrongs(of: letters, on: $0)
            }
            #expect(wrongs.rows == [])
        }

        @Test func `a row for a recipient's domain beside one for the sender is refused where the sender's would win`()
            async throws
        {
            let servers = try LabServer.up().filter { $0.does.contains(5) && $0.asksSendersFirst }
            try await Ground.prepare(servers.flatMap(\.hosts.keys))
            for trial in try Trial.delivering(Self.both(), servers) {
                let (wrongs, refusals) = try await trial.refuse()
                #expect(wrongs.rows == [])
                #expect(refusals.values.allSatisfy { $0.reason.contains("recipients come before senders") })
            }
        }

        private func apply(_ scenario: Scenario, on servers: [LabServer]) async throws {
            let hosts = servers.flatMap(\.hosts.keys)
            try await Ground.prepare(hosts)
            await Ground.reset(later: hosts)
            for trial in try Trial.delivering(scenario, servers) {
                let bench = try Workbench()
                let put = try bench.put(try LabPlaybook.text(of: scenario, conceding: trial.concessions))
                let applied = try await trial.mtactl(
                    ["apply", put.playbook, "--yes"],
                    on: trial.hosts,
                    put.environment
                )
                #expect(applied.status == 0, "\(applied)")
            }
        }

        private static func id(_ number: Int, _ host: String) -> String { "\(number)-of-\(count)@\(host).lab.test" }

        /// By turns from each domain.
        private static func submission(on host: String) -> String {
            """
            for i in $(seq \(count)); do
                from=a@example.com; [ $((i % 2)) = 0 ] || from=a@example.org
                printf 'Message-ID: <%s-of-\(count)@\(host).lab.test>\\nFrom: <%s>\\nSubject: %s\\n\\ntext\\n' $i $from $i |
                    sendmail -i -f $from -- b@remote.test || exit 1
            done
            """
        }

        /// Waits until all are queued and have been tried, and the server is at rest.
        private static func waits(on host: String) async throws -> [String] {
            let server = LabServer.of(host)
            let queued = try await Lab.on(
                host,
                "for i in $(seq 300); do n=$(\(server?.queued ?? "exit 1")); [ \"$n\" = \(count) ] && break; sleep 0.2; done; sleep 2; echo $n"
            )
            return queued == "\(count)\n" ? [] : ["\(queued) of \(count) messages are queued"]
        }
    }
}
