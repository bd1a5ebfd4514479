import MTAPlan
import Testing

@testable import MTAApply

/// Plans of many hosts, as people read them.
@Suite struct FleetPlanTests {
    private static let kinds = ["smtp.example.net", "mail.example.net", ""]

    /// Hosts with three kinds of difference, each with its own lines around them.
    private static func fleet(_ count: Int) -> [(plan: SitePlan?, result: SiteRecord)] {
        (1...count).map { number in
            let digits = "\(number)"
            let name = "mx" + String(repeating: "0", count: 3 - digits.count) + digits + ".example.net"
            let old = kinds[number == 17 ? 2 : number % 40 == 0 ? 1 : 0]
            let diff = """
                @@ -3,4 +3,9 @@
                 myhostname = \(name)
                \(old.isEmpty ? "" : "-relayhost = [\(old)]\n")+default_transport = mtactl-filter
                +mtactl-filter_destination_concurrency_limit = $smtp_destination_concurrency_limit
                +transport_maps = hash:/etc/postfix/mtactl_recipients
                 inet_interfaces = loopback-only
                """
            let edits = [
                Edit(
                    .file,
                    "/etc/postfix/mtactl_logins",
                    .create,
                    detail: "root:root 0600",
                    diff: "@@ -0,0 +1 @@\n+x y"
                ),
                Edit(.file, "/etc/postfix/main.cf", .edit, detail: "root:root 0644", diff: diff),
            ]
            return (
                nil,
                SiteRecord(
                    host: name,
                    server: SitePlan.ServerName("postfix", number % 2 == 0 ? "3.7.11" : "3.10.13"),
                    outcome: .wouldChange,
                    edits: edits,
                    commands: [["postfix", "reload"]],
                    notes: number == 5 ? ["a table shadows it"] : []
                )
            )
        }
    }

    @Test func `four hundred hosts with three kinds of difference fit on two screens`() {
        let lines = PlanText.lines(Self.fleet(400))

        #expect(lines.count <= 2 * 24, "\(lines.joined(separator: "\n"))")
        #expect(lines.filter { $0.contains(" hosts)  postfix ") }.count == 2)
        #expect(lines.contains { $0.hasPrefix("mx017.example.net  postfix 3.10.13") })
        #expect(lines.contains("  note on mx005.example.net: a table shadows it"))
        #expect(lines.last == "400 hosts: 400 to change; nothing was changed")
    }

    @Test func `what a person can type is between backticks, and no sentence is`() {
        let restart = PowerShellWork(expectations: [], snapshot: [], steps: [], restarts: ["EX01"], checks: [])
        let record = SiteRecord(
            host: "ex01",
            outcome: .wouldChange,
            commands: [["postfix", "reload"]] + Work.powerShell(restart).commands
        )

        let lines = PlanText.lines([(nil, record)])

        #expect(lines.contains("  then `postfix reload`, restart the transport service on EX01"), "\(lines)")
    }

    @Test func `where an apply follows, nobody is told that nothing was changed`() {
        for lines in [PlanText.lines(Self.fleet(2), isAlone: false), PlanText.stat(Self.fleet(2), isAlone: false)] {
            #expect(lines.last == "2 hosts: 2 to change")
        }
    }

    @Test func `as a summary each kind is a line that counts what changes`() {
        let lines = PlanText.stat(Self.fleet(400))

        #expect(lines.count == 4)
        #expect(
            lines[0].hasPrefix(
                "389  postfix  create /etc/postfix/mtactl_logins +1, edit /etc/postfix/main.cf +3 -1  mx"
            )
        )
        #expect(lines.last == "400 hosts: 400 to change; nothing was changed")
    }

    @Test func `hosts that are as asked, and those that were not begun, are a line`() {
        let planned: [(plan: SitePlan?, result: SiteRecord)] = (1...5).map { number in
            (nil, SiteRecord(host: "a\(number)", outcome: number < 4 ? .asAsked : .skipped))
        }

        #expect(
            PlanText.lines(planned) == [
                "already as asked: a[1:3]", "skipped: a4, a5", "",
                "5 hosts: 3 as asked, 2 skipped; nothing was changed",
            ]
        )
    }

    @Test func `the question of an apply says how many, of what, in how many waves`() {
        let results = Self.fleet(30).map(\.result) + [SiteRecord(host: "b", outcome: .unreachable)]
        let policy = RolloutPolicy(waves: [.count(1), .percent(10), .percent(100)])

        #expect(
            ApplyQuestion(results, policy: policy).words
                == "change 30 hosts (30 postfix) in 3 waves, with 1 refused or unreachable?"
        )
        #expect(ApplyQuestion([SiteRecord(host: "a", outcome: .asAsked)], policy: policy).words == nil)
    }
}
