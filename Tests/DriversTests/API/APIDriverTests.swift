import Drivers
import Foundation
import MTAPlan
import Support
import Synchronization
import Testing

/// What is particular to a list that is written as a whole, and whose passwords nobody can read.
@Suite struct APIDriverTests {
    private static let secret = SecretReference.environment("OTHER")
    private static let secrets = Secrets([secret: Secret(Array("théir s3cret \"\\".utf8))])

    private static func rule(_ title: String, host: String = "mx.example.net", username: String? = nil) -> RelayRule {
        RelayRule(RuleDescription(title: title), host: host, port: 25, username: username, .init())
    }

    private static func opening(_ number: Int = 1, _ secrets: Secrets = secrets) -> RunOpening {
        RunOpening(
            run: RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_402 + Double(number)), by: "anna@desk"),
            server: "kerio",
            log: nil,
            revertAfter: 60,
            secrets: secrets
        )
    }

    private static func work(on kerio: FakeKerio, knowing passwords: [APIWork.KnownPassword] = []) -> APIWork {
        let found = kerio.rules
        return APIWork(
            found: found.digest,
            rules: [.init("ours", host: "out.example.net", port: 587, username: nil, .init())],
            off: found.rules.indices.filter { found.rules[$0].isEnabled },
            passwords: passwords
        )
    }

    @Test func `a list is never written without the password of another rule`() async throws {
        let kerio = FakeKerio([Self.rule("theirs", username: "u")], passwords: ["kept"])
        let site = FakeKerioSite(kerio)

        let changed = try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.change(.api(Self.work(on: kerio)), as: Self.opening())
        }

        guard case .failed(let failure, .nothingWasChanged) = changed else {
            Issue.record("\(changed)")
            return
        }
        #expect(failure.problem.contains("\"theirs\""))
        #expect(kerio.passwords == ["kept"])
        #expect(!kerio.with { $0.calls }.contains("Smtp.setRelayDeliveryRuleList"))
    }

    @Test func `a password that is given is written with each list, also when the run is put back`() async throws {
        let kerio = FakeKerio([Self.rule("theirs", username: "u")], passwords: ["old"])
        var site = FakeKerioSite(kerio)
        let account = try #require(kerio.rules.rules[0].account)
        let work = Work.api(Self.work(on: kerio, knowing: [.init(account, Self.secret)]))
        let before = kerio.rules

        let confirmed = try await site.withDriver(progress: { _ in }) { driver throws(Failure) -> Confirmed? in
            guard case .done = try await driver.change(work, as: Self.opening()) else { return nil }
            return try await driver.confirm(work)
        }

        #expect(confirmed == .done)
        #expect(kerio.passwords == ["", "théir s3cret \"\\"])
        let run = Self.opening().run.text
        let refused = try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.restore(run, .unlessChanged, progress: { _ in })
        }
        guard case .refused = refused else {
            Issue.record("\(refused)")
            return
        }
        site.rulePasswords = ["theirs": Self.secret]
        site.secrets = Self.secrets
        let restored = try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.restore(run, .unlessChanged, progress: { _ in })
        }
        #expect(restored == .done)
        #expect(kerio.rules.isSame(as: before))
        #expect(kerio.passwords == ["théir s3cret \"\\"])
    }

    @Test func `a list that is not accepted changes nothing, neither by a change nor by a rollback`() async throws {
        let kerio = FakeKerio([Self.rule("theirs")])
        let site = FakeKerioSite(kerio)
        let work = Work.api(Self.work(on: kerio))
        let refuseWriting = { kerio.with { $0.refusing = "Smtp.setRelayDeliveryRuleList" } }

        refuseWriting()
        let changed = try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.change(work, as: Self.opening())
        }
        _ = try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
            _ = try await driver.change(work, as: Self.opening(2))
            return try await driver.confirm(work)
        }
        refuseWriting()
        let restored = try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.restore(Self.opening(2).run.text, .unlessChanged, progress: { _ in })
        }

        guard case .failed(let failure, .nothingWasChanged) = changed, case .refused(let second) = restored else {
            Issue.record("\(changed), \(restored)")
            return
        }
        for failure in [failure, second] {
            #expect(failure.problem == "the relay rules cannot be written: Operation failed.")
            #expect(failure.hint?.contains("`admin-login`") == true)
        }
        #expect(kerio.rules.runs.map(\.isConfirmed) == [true])
    }

    @Test func `another program finds a run that was cut off, and puts it back`() async throws {
        let kerio = FakeKerio([Self.rule("theirs")])
        let before = kerio.rules
        let work = Work.api(Self.work(on: kerio))
        await #expect(throws: Failure.self) {
            try await FakeKerioSite(kerio).withDriver(progress: { _ in }) { driver throws(Failure) in
                _ = try await driver.change(work, as: Self.opening())
                kerio.with { $0.isCut = true }
                _ = try await driver.kept()
            }
        }
        kerio.with { $0.isCut = false }
        let run = Self.opening().run.text

        let (kept, status, second) = try await FakeKerioSite(kerio).withDriver(progress: { _ in }) {
            driver throws(Failure) in
            let again = Work.api(Self.work(on: kerio))
            return (
                try await driver.kept(), try await driver.state(of: run),
                try await driver.change(again, as: Self.opening(2))
            )
        }

        #expect(kept.runs.map(\.state) == [.pending])
        #expect(kept.lock == "\(run), anna@desk")
        #expect(status == RunStatus(.pending, isUnwatched: true))
        guard case .failed(_, .nothingWasChanged) = second else {
            Issue.record("\(second)")
            return
        }
        let state = try await FakeKerioSite(kerio).settledState(of: run) { _ in }
        #expect(state == .restored)
        #expect(kerio.rules.isSame(as: before))
    }

    @Test func `runs are put back from the newest on`() async throws {
        let kerio = FakeKerio([Self.rule("theirs")])
        let before = kerio.rules
        for number in 1...2 {
            let work = Work.api(Self.work(on: kerio))
            _ = try await FakeKerioSite(kerio).withDriver(progress: { _ in }) { driver throws(Failure) in
                _ = try await driver.change(work, as: Self.opening(number))
                return try await driver.confirm(work)
            }
        }
        let first = Self.opening(1).run.text

        let (refused, forced) = try await FakeKerioSite(kerio).withDriver(progress: { _ in }) {
            driver throws(Failure) in
            (
                try await driver.restore(first, .unlessChanged, progress: { _ in }),
                try await driver.restore(first, .force, progress: { _ in })
            )
        }

        guard case .refused(let failure) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(failure.problem.contains(Self.opening(2).run.text))
        #expect(forced == .done)
        #expect(kerio.rules.isSame(as: before))
    }

    @Test func `a message is handed in by SMTP, with its dots doubled`() async throws {
        let stream = ScriptedShell([
            "220 kerio\r\n", "250-kerio\r\n250 ", "SIZE\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n",
            "250 queued\r\n",
        ])
        var site = FakeKerioSite(FakeKerio())
        site.submission = stream

        let submitted = try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.submit(
                OutgoingMessage(from: "a@example.com", to: "b@example.net", bytes: Array("S: x\n\n.dot\nend\n".utf8)),
                watching: nil
            )
        }

        #expect(submitted == .taken(printed: [], log: nil))
        #expect(
            stream.written
                == "EHLO localhost\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n"
                + "S: x\r\n\r\n..dot\r\nend\r\n.\r\nQUIT\r\n"
        )
    }

    @Test(arguments: [
        ["554 go away\r\n"], ["220 x\r\n", "250 x\r\n", "550 5.7.1 no\r\n"],
        ["220 x\r\n", "250 x\r\n", "250 x\r\n", "250 x\r\n", "354 x\r\n", "552 too long\r\n"],
    ])
    func `a refusal is told in the server's words`(replies: [String]) async throws {
        var site = FakeKerioSite(FakeKerio())
        site.submission = ScriptedShell(replies)

        let submitted = try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.submit(OutgoingMessage(from: "a@b", to: "c@d", bytes: [10]), watching: nil)
        }

        guard case .refused(let words) = submitted else {
            Issue.record("\(submitted)")
            return
        }
        #expect(words == replies.last?.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test(arguments: [["hello\r\n"], ["220 x\r\n"], [String(repeating: "x", count: 100_000)]])
    func `what does not speak SMTP is a failure`(replies: [String]) async throws {
        var site = FakeKerioSite(FakeKerio())
        site.submission = ScriptedShell(replies)

        await #expect(throws: Failure.self) {
            try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
                try await driver.submit(OutgoingMessage(from: "a@b", to: "c@d", bytes: [10]), watching: nil)
            }
        }
    }
}

/// A stream on which these pieces come, and then the end.
private final class ScriptedShell: Shell {
    private let replies: Mutex<[String]>
    private let bytes = Mutex<[UInt8]>([])

    init(_ replies: [String]) { self.replies = Mutex(replies) }

    var written: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    func write(_ more: [UInt8]) async throws(Failure) { bytes.withLock { $0 += more } }
    func finishInput() async throws(Failure) {}

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        replies.withLock { $0.isEmpty ? nil : .output(Array($0.removeFirst().utf8)) }
    }

    func close() async {}
}
