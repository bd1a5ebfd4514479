import Testing

extension RealHosts {
    /// Each scenario on each mail server: what "supported" means.
    @Suite struct MatrixTests {
        @Test(arguments: Scenario.asked)
        func `is applied, proved, left alone the second time and undone to the byte, or refused`(_ scenario: Scenario)
            async throws
        {
            let servers = try LabServer.up().filter(scenario.isFor)
            try await Ground.prepare(servers.flatMap(\.hosts.keys))
            for server in servers {
                guard let given = server.given[scenario.number] else { continue }
                for host in server.hosts.keys { try await Lab.on(host, given) }
            }

            var wrongs = Wrongs()
            var refusals: [String: Cell.Refusal] = [:]
            for found in try await concurrently(Trial.refusing(scenario, servers), { try await $0.refuse() }) {
                wrongs.merge(found.0)
                refusals.merge(found.1) { $1 }
            }
            for found in try await concurrently(Trial.delivering(scenario, servers), { try await $0.deliver() }) {
                wrongs.merge(found)
            }

            #expect(wrongs.rows == [])
            await Ground.reset(later: Array(wrongs.byHost.keys))
            let cells = try servers.compactMap { try cell(scenario, $0, wrongs, refusals) }
            let names = servers.map(\.name)
            if Cells.isRecording { try Cells.record(cells, of: scenario, on: servers) }
            let recorded = try Cells.all().filter { $0.scenario == scenario.number && names.contains($0.server) }
            #expect(recorded == cells.sorted { $0.server < $1.server })
            if Cells.isRecording { try MatrixTable.write(MatrixTable.table(LabServers.all, try Cells.all())) }
        }

        /// `nil` where it was neither done nor refused as it has to be.
        private func cell(
            _ scenario: Scenario,
            _ server: LabServer,
            _ wrongs: Wrongs,
            _ refusals: [String: Cell.Refusal]
        ) throws -> Cell? {
            guard server.hosts.keys.allSatisfy({ wrongs.byHost[$0] == nil }) else { return nil }
            let conceding = try Trial.needed(of: server.concessions, for: scenario).map(\.words)
            let does = server.does.contains(scenario.number)
            return Cell(
                scenario: scenario.number,
                server: server.name,
                refusal: does ? nil : server.hosts.keys.min().flatMap { refusals[$0] },
                conceding: does && !conceding.isEmpty ? conceding : nil
            )
        }

        private func concurrently<Found: Sendable>(
            _ trials: [Trial],
            _ run: @escaping @Sendable (Trial) async throws -> Found
        ) async throws -> [Found] {
            try await withThrowingTaskGroup(of: Found.self) { group in
                for trial in trials { group.addTask { try await run(trial) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
    }
}

@Suite struct MatrixTableTests {
    @Test(.disabled(if: Cells.isRecording, "the table is written with the cells"))
    func `the document has the table that the cells make`() throws {
        #expect(try MatrixTable.written() == MatrixTable.table(LabServers.all, try Cells.all()))
    }
}
