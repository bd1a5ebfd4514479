import Foundation
import MTAPlan
import MailServers
import Support
import Synchronization
import Testing

@testable import Drivers
@testable import MTAApply

/// A rollout over sites in memory: what is told, in which order, and what happens to a wait.
@Suite struct FleetTests {
    private static let path = "/etc/main.cf"

    @Test(.timeLimit(.minutes(1)))
    func `asked to stop in a pause, nothing more is waited for`() async throws {
        let recorder = Recorder()
        let (results, aborted) = await Self.fleet(recorder, mayBegin: { recorder.ended.isEmpty }).apply(
            try (1...4).map { try Self.host("mx\($0)", recorder) },
            policy: RolloutPolicy(waves: [.count(1)], pause: .seconds(3600))
        )

        #expect(results.map(\.outcome) == [.committed, .skipped, .skipped, .skipped])
        #expect(aborted == nil)
        #expect(recorder.events.filter { if case .pause = $0 { true } else { false } } == [])
    }

    @Test func `a pause is told each second, and each wave with its hosts`() async throws {
        let recorder = Recorder()
        let (results, _) = await Self.fleet(recorder).apply(
            try (1...3).map { try Self.host("mx\($0)", recorder) },
            policy: RolloutPolicy(waves: [.count(1), .count(2)], pause: .seconds(1))
        )

        #expect(results.map(\.outcome) == [.committed, .committed, .committed])
        #expect(
            recorder.events == [
                .wave(1, of: 2, hosts: 1), .pause(secondsLeft: 1, before: 2), .wave(2, of: 2, hosts: 2),
            ]
        )
    }

    @Test func `why a rollout is aborted is told before hosts are put back`() async throws {
        let recorder = Recorder()
        let (results, aborted) = await Self.fleet(recorder).apply(
            [
                try Self.host("mx1", recorder), try Self.host("mx2", recorder, isBroken: true),
                try Self.host("mx3", recorder),
            ],
            policy: RolloutPolicy(waves: [.count(1)], onAbort: .rollBack)
        )

        #expect(results.map(\.outcome) == [.rolledBack, .rolledBack, .skipped])
        #expect(aborted?.problem.contains("rollout stopped") == true)
        let told = recorder.words
        let reason = try #require(told.firstIndex(of: "aborted"))
        let back = try #require(told.lastIndex(of: "mx1 rolled-back"))
        #expect(reason < back, "\(told)")
        #expect(ExitStatus(of: results, for: .change) == .asFound)
    }

    private static func fleet(_ recorder: Recorder, mayBegin: @escaping @Sendable () -> Bool = { true }) -> Fleet {
        Fleet(parallel: 4, observer: recorder, mayBegin: mayBegin)
    }

    private static func host(
        _ name: String,
        _ recorder: Recorder,
        isBroken: Bool = false
    ) throws -> (host: SiteRun, plan: SitePlan?, result: SiteRecord) {
        let mode = FileMode(rawValue: 0o644)
        let found = Array("relayhost =\n".utf8)
        let change = try FileChange(
            path: path,
            found: .file(FoundFile(realPath: path, bytes: found, mode: mode, owner: "root", group: "root")),
            wanted: .file(Content("relayhost = [mx]\n"), mode: mode, owner: "root", group: "root"),
            kind: .configuration,
            secrets: Secrets()
        )
        let work = POSIXWork(files: [change], reload: [isBroken ? ["false"] : ["true"]])
        let plan = SitePlan(
            host: name,
            play: "all",
            server: SitePlan.ServerName("postfix", "3.7.11"),
            disposition: .change([Edit(.file, path, .edit, diff: "")], .posix(work))
        )
        let run = SiteRun(
            site: FakeSite(name: name, files: [path: found]),
            run: RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_402), by: "anna@desk"),
            catalog: [Postfix()],
            secrets: Secrets(),
            observer: recorder,
            clock: ImmediateClock()
        )
        return (run, plan, SiteRecord(plan, duration: .zero))
    }
}

private final class Recorder: RunObserver {
    private let told = Mutex((events: [RolloutEvent](), ended: [SiteRecord](), words: [String]()))

    var events: [RolloutEvent] { told.withLock { $0.events } }
    var ended: [SiteRecord] { told.withLock { $0.ended } }
    var words: [String] { told.withLock { $0.words } }

    func progress(_ host: String, _ words: String) {}

    func ended(_ result: SiteRecord) {
        told.withLock { told in
            told.ended.append(result)
            told.words.append("\(result.host) \(result.outcome.rawValue)")
        }
    }

    func rollout(_ event: RolloutEvent) {
        told.withLock { told in
            told.events.append(event)
            if case .aborted = event { told.words.append("aborted") }
        }
    }
}
