import Foundation
import GRDB
import MTAPlan
import Synchronization
import Testing

@testable import MTAApply

@Suite struct HistoryTests {
    private let path: String
    private let run = "20261121T184002Z-7f3a"

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "history-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = "\(folder)/history.db"
    }

    private func record(exit: Int32 = 1) -> RunRecord {
        RunRecord(
            run: run,
            sites: [
                SiteRecord(host: "web1", outcome: .committed, notes: ["a note"], duration: .milliseconds(1500)),
                SiteRecord(host: "web2", outcome: .refused, failure: Failure("it's full", hint: "wait", at: "/etc")),
                SiteRecord(host: "web3", outcome: .committed),
            ],
            aborted: Failure("wave 1: 1 of 3 hosts failed"),
            exit: exit
        )
    }

    private func began(_ history: History, at time: String = "2026-11-21T18:40:02Z") throws -> Int64 {
        try history.begin("apply", run: run, by: "anna@desk", at: time)
    }

    @Test func `what was recorded comes back whole, also for another process`() throws {
        let first = try History(path: path)
        try first.end(try began(first), record(), lostOutput: "No space left on device", at: "2026-11-21T18:41:00Z")

        let records = try History(path: path).records(of: run)

        #expect(records.map(\.record) == [record()])
        let entry = try #require(records.first?.entry)
        #expect(entry.name == "apply" && entry.startedBy == "anna@desk" && entry.started == "2026-11-21T18:40:02Z")
        #expect(entry.end?.outcomes == [.committed: 2, .refused: 1])
        #expect(entry.end?.lostOutput == "No space left on device")
        #expect(try History(path: path).records(of: "20261121T184002Z-0000").isEmpty)
    }

    @Test func `a list says how each command ended, and which did not`() throws {
        let history = try History(path: path)
        try history.end(try began(history), record(), lostOutput: "Broken pipe", at: "2026-11-21T18:41:00Z")
        _ = try history.begin("rollback", run: nil, by: "ben@desk", at: "2026-11-22T08:00:00Z")

        #expect(
            HistoryText.lines(try history.entries()) == [
                "\(run)  apply     2026-11-21T18:40:02Z  by anna@desk  3 hosts: 2 committed, 1 refused  exit 1",
                "    stopped: wave 1: 1 of 3 hosts failed",
                "    its output was lost: Broken pipe",
                "                       rollback  2026-11-22T08:00:00Z  by ben@desk  not finished",
                "    mtactl is still running, or was killed; `mtactl backups list` shows what happened to the hosts",
            ]
        )
    }

    @Test func `a report says what the run's own output said`() throws {
        let history = try History(path: path)
        try history.end(try began(history), record(), lostOutput: nil, at: "2026-11-21T18:41:00Z")

        let (entry, kept) = try #require(try history.records(of: run).first)
        let lines = HistoryText.report(entry, kept)

        for site in record().sites { for line in ResultText.lines(site) { #expect(lines.contains(line)) } }
        for line in ClosingTable.lines(record().sites) { #expect(lines.contains(line)) }
        #expect(lines.contains("stopped: wave 1: 1 of 3 hosts failed"))
    }

    /// Threads, as tasks take turns on few.
    @Test func `several mtactl may make it at once`() {
        let failures = Mutex([String]())
        for round in 1...40 {
            let ends = DispatchGroup()
            for _ in 1...8 {
                ends.enter()
                Thread.detachNewThread {
                    do { _ = try History(path: "\(path)-\(round)") } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                    ends.leave()
                }
            }
            ends.wait()
        }
        #expect(failures.withLock(\.self) == [])
    }

    @Test func `several mtactl write at once, and nothing is lost`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let history = try History(path: path)
                    for _ in 0..<5 {
                        try history.end(try began(history), record(), lostOutput: nil, at: "2026-11-21T18:41:00Z")
                    }
                }
            }
            try await group.waitForAll()
        }

        let entries = try History(path: path).entries()
        #expect(entries.count == 40)
        #expect(entries.allSatisfy { $0.end?.outcomes == [.committed: 2, .refused: 1] })
    }

    @Test func `the oldest commands go, with their hosts`() throws {
        let history = try History(path: path)
        for _ in 0..<(History.most + 3) {
            try history.end(try began(history), record(), lostOutput: nil, at: "2026-11-21T18:41:00Z")
        }

        #expect(try history.entries().count == History.most)
        #expect(try history.entries().first?.number == 4)
        let sites = try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM site") }
        #expect(sites == 3 * History.most)
    }

    @Test func `only its owner can read it`() throws {
        _ = try began(try History(path: path))

        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a file that is no database, or one of a newer mtactl, is refused and stays as it is`() throws {
        let text = Data(String(repeating: "no database\n", count: 100).utf8)
        try text.write(to: URL(filePath: path))
        let wrong = #expect(throws: Failure.self) { try History(path: path) }
        #expect(wrong?.place == path && wrong?.problem.hasPrefix("the history cannot be used: ") == true)
        #expect(try Data(contentsOf: URL(filePath: path)) == text)

        try FileManager.default.removeItem(atPath: path)
        _ = try History(path: path)
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 2") }
        let newer = #expect(throws: Failure.self) { try History(path: path) }
        #expect(newer?.problem == "it was written by a newer mtactl")
    }

    @Test func `a folder that is not there is said`() {
        let failure = #expect(throws: Failure.self) { try History(path: "/nonexistent/history.db") }
        #expect(failure?.place == "/nonexistent/history.db")
    }
}
