import Drivers
import Foundation
import MTAPlan
import MailServers
import Support
import Testing

@testable import MTAApply

/// The runner on a site in memory: whatever breaks, what is said of the site is what is there.
@Suite struct TransactionRunnerTests {
    private static let path = "/etc/main.cf"
    private static let found = Array("relayhost =\n".utf8)
    private static let asked = Array("relayhost = [mx.example.net]:587\n".utf8)

    enum Flaw: CaseIterable {
        case none, check, reload, unproven, secret
    }

    private static let rows: [(faults: Set<FakeSite.Fault>, flaw: Flaw, outcome: Outcome)] = [
        ([], .none, .committed),
        ([.unreachable], .none, .unreachable),
        ([.cut(before: .change)], .none, .refused),
        ([.cut(after: .change)], .none, .rolledBack),
        ([.cut(before: .submit)], .none, .rolledBack),
        ([.cut(after: .submit)], .none, .rolledBack),
        ([.cut(before: .confirm)], .none, .rolledBack),
        ([.cut(after: .confirm)], .none, .committed),
        ([.expires], .none, .rolledBack),
        ([], .check, .refused),
        ([], .secret, .refused),
        ([], .reload, .rolledBack),
        ([], .unproven, .rolledBack),
        ([.cut(before: .undo)], .unproven, .rolledBack),
        ([.cut(after: .undo)], .unproven, .rolledBack),
        ([.cannotUndo], .reload, .stranded),
        ([.cannotUndo], .unproven, .stranded),
        ([.cannotUndo, .cut(after: .change)], .none, .stranded),
        ([.settlesLate(3), .cut(after: .change)], .none, .rolledBack),
    ]

    @Test(arguments: rows)
    func `what breaks decides what is said of the site`(
        _ row: (faults: Set<FakeSite.Fault>, flaw: Flaw, outcome: Outcome)
    ) async throws {
        let (said, site) = try await Self.run(row.flaw, row.faults)

        #expect(said.outcome == row.outcome, "\(said.failure?.problem ?? "")")
        #expect(
            site.files[Self.path] == (row.outcome == .committed ? Self.asked : Self.found) || row.outcome == .stranded
        )
    }

    /// Every pair of faults with every flaw of the work.
    @Test(arguments: Flaw.allCases)
    func `whatever breaks, nothing is called done that is not, or put back that was not`(flaw: Flaw) async throws {
        let cuts = FakeSite.Step.allCases.flatMap { [FakeSite.Fault.cut(before: $0), .cut(after: $0)] }
        let faults = cuts + [.unreachable, .cannotUndo, .expires, .settlesLate(1)]
        for (first, second) in faults.flatMap({ first in faults.map { (first, $0) } }) {
            let (said, site) = try await Self.run(flaw, [first, second])
            let now = site.files[Self.path]
            switch said.outcome {
            case .committed: #expect(now == Self.asked, "\(first), \(second)")
            case .refused, .rolledBack, .unreachable: #expect(now == Self.found, "\(first), \(second): \(said.outcome)")
            case .stranded: continue
            case .asAsked, .wouldChange, .skipped: Issue.record("\(first), \(second): \(said.outcome)")
            }
        }
    }

    @Test func `a site that was never reached is not waited for`() async throws {
        let (said, site) = try await Self.run(.none, [.unreachable])

        #expect(said.outcome == .unreachable)
        #expect(site.steps == [])
    }

    @Test(arguments: [1, 2, 7])
    func `a smarthost that greylists is asked again until it takes the message`(times: Int) async throws {
        let (said, _) = try await Self.run(.none, [.greylists(times)], patience: 600)

        #expect(said.outcome == .committed, "\(said.failure?.problem ?? "")")
        #expect(said.delivery?.deferrals == times)
    }

    @Test func `where the time for that is up, the site is put back, and it is said how often it was deferred`()
        async throws
    {
        let (said, site) = try await Self.run(.none, [.greylists(7)], patience: 3)

        #expect(said.outcome == .rolledBack)
        #expect(said.delivery?.deferrals == 1)
        #expect(said.failure?.problem.contains("deferred by mx.example.net once until the time ran out") == true)
        #expect(said.failure?.hint?.contains("verify: within:") == true)
        #expect(site.files[Self.path] == Self.found)
    }

    private static func run(
        _ flaw: Flaw,
        _ faults: Set<FakeSite.Fault>,
        patience: Int = 5
    ) async throws -> (SiteRecord, FakeSite) {
        let site = FakeSite(files: [path: found], faults: faults)
        let plan = SitePlan(
            host: site.name,
            play: "all",
            server: SitePlan.ServerName("postfix", "3.7.11"),
            disposition: .change([Edit(.file, path, .edit, diff: "")], .posix(try work(flaw))),
            proof: Proof(
                from: "root@mx1.example.com",
                to: "postmaster@example.net",
                patience: patience,
                log: .journal(by: []),
                route: .via(
                    hosts: [flaw == .unproven ? "other.example.net" : "mx.example.net"],
                    port: 587,
                    tls: .opportunistic,
                    login: false
                )
            )
        )
        let run = SiteRun(
            site: site,
            run: RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_402), by: "anna@desk"),
            catalog: [Postfix()],
            secrets: Secrets(),
            observer: Silence(),
            clock: ImmediateClock()
        )
        return (await run.apply(plan, policy: RolloutPolicy()), site)
    }

    private static let secret = SecretReference.environment("NOT_LOOKED_UP")

    private static func work(_ flaw: Flaw) throws(Failure) -> POSIXWork {
        let mode = FileMode(rawValue: 0o644)
        let file = try FileChange(
            path: path,
            found: .file(FoundFile(realPath: path, bytes: found, mode: mode, owner: "root", group: "root")),
            wanted: .file(
                flaw == .secret ? Content([.secret(secret, .plain)]) : Content(asked),
                mode: mode,
                owner: "root",
                group: "root"
            ),
            kind: .configuration,
            secrets: Secrets([secret: Secret([])])
        )
        return POSIXWork(
            files: [file],
            check: flaw == .check ? .init(files: [path], commands: [["false"]]) : nil,
            reload: flaw == .reload ? [["false"]] : [["true"]]
        )
    }
}

private struct Silence: RunObserver {
    func progress(_ host: String, _ words: String) {}
    func ended(_ result: SiteRecord) {}
}
