import Testing

extension RealHosts {
    /// Kerio Connect, IceWarp and MailEnable, by address and with a login: what "supported" means of them.
    @Suite(.enabled(if: !Appliance.up.isEmpty, "the lab is up without one of them")) struct ApplianceMatrixTests {
        @Test(arguments: Appliance.up, ApplianceCells.ways)
        func `mail is delivered as asked, a second run is empty, and the host is as before after a rollback`(
            appliance: Appliance,
            asked: String
        ) async throws {
            let trial = try await ApplianceTrial(appliance, withLogin: asked == "with login")

            try await trial.apply()
            try await trial.again()
            let refused = try await trial.leaveTooEarly()
            try await trial.rollBack()
            let left = try await trial.leave()

            let leave = appliance.isWithoutMarks ? "\(refused); after a rollback \(left)" : left
            let cell = ApplianceCell(appliance: appliance.name, asked: asked, outcome: "yes", leave: leave)
            if Cells.isRecording { try ApplianceCells.record(cell) }
            #expect(try ApplianceCells.all().contains(cell))
        }

        @Test(arguments: Appliance.up)
        func `where its service is stopped, the plan says so, and nothing is begun`(appliance: Appliance) async throws {
            let trial = try await ApplianceTrial(appliance, withLogin: false)

            try await trial.refuseWhileStopped()
        }
    }
}

/// One life of an appliance's smarthost.
///
/// Each step throws where it comes out otherwise.
private struct ApplianceTrial {
    private let appliance: Appliance
    private let withLogin: Bool
    /// Its folder goes with it.
    private let bench: Workbench
    private let playbook: String
    private let inventory: String
    private let before: Set<String>

    init(_ appliance: Appliance, withLogin: Bool) async throws {
        self.appliance = appliance
        self.withLogin = withLogin
        bench = try Workbench()
        let section = try await appliance.prepared(bench)
        playbook = try appliance.playbook(bench, section: section, withLogin: withLogin)
        inventory = try bench.inventory([appliance.host: appliance.address])
        before = try await appliance.state()
    }

    func refuseWhileStopped() async throws {
        try await Lab.on(appliance.host, "systemctl stop \(appliance.unit)")
        let stopped = try await appliance.state()
        let applied = try await mtactl("apply", playbook, "--yes")
        let after = try await appliance.state()
        try await Lab.on(appliance.host, "systemctl start \(appliance.unit)")

        try require(applied, is: "refused")
        let words = ["is stopped", "is not running", "nobody listens"]
        #expect(words.contains { applied.said("reason", of: appliance.host).contains($0) }, "\(applied)")
        #expect(!applied.said("hint", of: appliance.host).isEmpty, "\(applied)")
        #expect(after.symmetricDifference(stopped).sorted() == [])
    }

    func apply() async throws {
        let planned = try await mtactl("plan", playbook)
        try require(planned, is: "would-change")
        #expect(try await appliance.state() == before, "planning touches nothing")
        let applied = try await mtactl("apply", playbook, "--yes")
        try require(applied, is: "committed")
        let verification = applied.hosts()[appliance.host]?["verification"] as? [String: Any] ?? [:]
        #expect(verification["status"] as? String == "delivered", "\(applied)")
        #expect(
            try await appliance.way() == .smarthost(port: 587, login: withLogin ? appliance.login.name : nil)
        )
    }

    func again() async throws {
        let settled = try await appliance.state()
        try require(try await mtactl("apply", playbook, "--yes"), is: "as-asked")
        let checked = try await mtactl("check", playbook)
        #expect(checked.status == 0, "\(checked)")
        #expect(try await appliance.state().symmetricDifference(settled).sorted() == [])
    }

    /// - Returns: The outcome, where the way back is in the backups alone.
    func leaveTooEarly() async throws -> String {
        guard appliance.isWithoutMarks else { return "" }
        let left = try await leaving()
        try require(left, is: "refused")
        #expect(left.said("hint", of: appliance.host).contains("mtactl rollback"), "\(left)")
        return "refused"
    }

    func rollBack() async throws {
        try require(try await mtactl("rollback", "--yes"), is: "rolled-back")
        #expect(try await appliance.state().symmetricDifference(before).sorted() == [])
        #expect(try await appliance.way() == .internet)
    }

    /// Where ours can be determined, it is applied once more first.
    func leave() async throws -> String {
        if !appliance.isWithoutMarks { try require(try await mtactl("apply", playbook, "--yes"), is: "committed") }
        let left = try await leaving()
        try require(left, is: appliance.isWithoutMarks ? "as-asked" : "committed")
        #expect(try await appliance.state().symmetricDifference(before).sorted() == [])
        #expect(try await appliance.left().isEmpty)
        #expect(try await appliance.way() == .internet)
        return left.outcomes()[appliance.host] ?? ""
    }

    private func leaving() async throws -> Lab.Ended {
        try await mtactl("leave", "--to", "postmaster@remote.test", "--backups", "--yes")
    }

    private func mtactl(_ words: String...) async throws -> Lab.Ended {
        let environment = try appliance.environment
        let ended = try await Lab.mtactl(words + ["--json"], inventory: inventory, environment: environment)
        for secret in environment.values { #expect(!ended.description.contains(secret), "a password is said") }
        return ended
    }

    private func require(_ ended: Lab.Ended, is outcome: String) throws {
        try #require(ended.outcomes() == [appliance.host: outcome], "\(ended)")
    }
}
