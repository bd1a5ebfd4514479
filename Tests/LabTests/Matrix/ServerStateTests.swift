import Testing

extension RealHosts {
    /// On each server: files that are not as the programs of the host leave them, refused or put back.
    @Suite struct ServerStateTests {
        @Test func `an immutable file: nothing is changed, and the host says what it is`() async throws {
            let wrongs = try await changing { host, server, run in
                try await Lab.on(host, "[ -e \(server.edited) ] || touch \(server.edited)")
                try await Lab.on(host, Self.immutable(server.edited, true))
                let before = try await HostState.now(of: host)

                let applied = try await run(["apply", "--yes"])

                try await Lab.on(host, Self.immutable(server.edited, false))
                var wrongs = Wrongs()
                let isRight =
                    ["refused", "rolled-back"].contains(applied.outcomes()[host] ?? "")
                    && applied.said("reason", of: host).contains(server.edited)
                    && applied.said("hint", of: host).contains(#/immutable|chattr/#)
                wrongs.unless(isRight, applied.found(on: host), on: host)
                wrongs.compare([host: before], [host: try await HostState.now(of: host)], after: "a failed run")
                return wrongs
            }
            #expect(wrongs.rows == [])
        }

        @Test func `half a block of an earlier attempt is refused with its file and line, half a file of ours made whole`()
            async throws
        {
            let wrongs = try await changing { host, server, run in
                var wrongs = Wrongs()
                let applied = try await run(["apply", "--yes"])
                wrongs.unless(applied.outcomes()[host] == "committed", applied.found(on: host), on: host)
                let marks = try await Lab.on(host, "grep -c 'END mtactl' \(server.edited) || true")
                let isShared = marks != "0\n"
                try await Lab.on(host, "sed -i '\(isShared ? "/END mtactl/d" : "$d")' \(server.edited)")
                let before = try await HostState.now(of: host)

                let planned = try await run(["plan"])

                let reason = planned.said("reason", of: host)
                let isRight =
                    if isShared {
                        planned.outcomes()[host] == "refused" && reason.contains(server.edited)
                            && reason.contains(#/[0-9]+/#) && reason.contains("# END mtactl")
                            && !planned.said("hint", of: host).isEmpty
                    } else {
                        planned.outcomes()[host] == "would-change"
                    }
                wrongs.unless(isRight, planned.found(on: host), on: host)
                wrongs.compare([host: before], [host: try await HostState.now(of: host)], after: "plan")
                return wrongs
            }
            #expect(wrongs.rows == [])
        }

        @Test func `a generated file that was edited by hand is refused, as it would be lost`() async throws {
            let wrongs = try await changing { host, server, run in
                guard let generated = server.generated else { return Wrongs() }
                try await Lab.on(host, "sed -i '\(generated.edit)' \(generated.path)")
                let before = try await HostState.now(of: host)

                let applied = try await run(["apply", "--yes"])

                var wrongs = Wrongs()
                let isRight =
                    applied.outcomes()[host] == "refused"
                    && applied.said("reason", of: host).contains(generated.path)
                    && !applied.said("hint", of: host).isEmpty
                wrongs.unless(isRight, applied.found(on: host), on: host)
                wrongs.compare([host: before], [host: try await HostState.now(of: host)], after: "a refused run")
                return wrongs
            }
            #expect(wrongs.rows == [])
        }

        // MARK: Doing

        private typealias Run = @Sendable ([String]) async throws -> Lab.Ended

        /// Gives each host of each server that is up, freshly booted, to `change`, with mtactl on scenario 1.
        private func changing(
            _ change: @escaping @Sendable (String, LabServer, Run) async throws -> Wrongs
        ) async throws -> Wrongs {
            let servers = try LabServer.up()
            let hosts = servers.flatMap(\.hosts.keys)
            try await Ground.prepare(hosts)
            await Ground.reset(later: hosts)
            var wrongs = Wrongs()
            for trial in try Trial.delivering(.number(1), servers) {
                let bench = try Workbench()
                let put = try bench.put(try LabPlaybook.text(of: trial.scenario, conceding: trial.concessions))
                let found = try await gathered(from: trial.hosts) { host in
                    guard let server = LabServer.of(host) else { return Wrongs() }
                    return try await change(host, server) { words in
                        try await trial.mtactl([words[0], put.playbook] + words.dropFirst(), on: [host], put.environment)
                    }
                }
                for each in found.values { wrongs.merge(each) }
            }
            return wrongs
        }

        /// As `chattr` sets and clears it, which not each root has.
        ///
        /// Source: ioctl_iflags(2), FS_IOC_SETFLAGS and FS_IMMUTABLE_FL.
        private static func immutable(_ path: String, _ isImmutable: Bool) -> String {
            // A file of the root below the overlay is copied up first.
            let copied = isImmutable ? "cp -p \(path) \(path).copy && mv \(path).copy \(path) && " : ""
            return copied + """
                perl -e 'open(F, "<", $ARGV[0]) or die $!; my $flags = pack("l!", $ARGV[1]);
                ioctl(F, 0x40086602, $flags) or die $!' \(path) \(isImmutable ? 0x10 : 0)
                """
        }
    }
}
