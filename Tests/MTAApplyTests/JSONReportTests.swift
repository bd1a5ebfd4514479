@testable import Drivers
import Foundation
import MTAPlan
import Testing

@testable import MTAApply

/// What programs rely on: a key that comes makes the minor number of the schema grow, one that goes the major one.
@Suite struct JSONReportTests {
    private static let run = KeptRun(run: "r1", state: .confirmed, server: "postfix", files: 1, bytes: 2, damage: ["x"])

    static let objects: [(JSONValue, String, [String])] = [
        (JSONReport.version("0.1.0"), "1.0", ["type", "schema", "mtactl"]),
        (JSONReport.progress("a", "words"), "1.0", ["type", "host", "message"]),
        (
            JSONReport.host(SiteRecord(host: "a", outcome: .committed)), "1.0",
            [
                "type", "host", "mta", "version", "outcome", "changes", "commands", "notes", "backup", "verification",
                "reason", "hint", "seconds",
            ]
        ),
        (
            JSONReport.summary(RunRecord(run: nil, sites: [SiteRecord(host: "a", outcome: .committed)], exit: 0)),
            "1.3",
            ["type", "run", "hosts", "outcomes", "reason", "hint", "next", "failedHosts", "exit"]
        ),
        (JSONReport.wave(1, of: 2, hosts: 3), "1.3", ["type", "wave", "of", "hosts"]),
        (JSONReport.record("a", of: "r1", RunText("journal", "x")), "1.3", ["type", "host", "run", "name", "text"]),
        (
            JSONReport.backup("a", run), "1.3",
            ["type", "host", "run", "state", "mta", "files", "bytes", "by", "since"]
        ),
        (
            JSONReport.backup("a", run, isAudited: true), "1.1",
            ["type", "host", "run", "state", "mta", "files", "bytes", "by", "since", "damage"]
        ),
        (JSONReport.lock("a", "r1 by anna@desk"), "1.1", ["type", "host", "holder"]),
        (JSONReport.command(ended), "1.4", command),
        (JSONReport.command(unfinished), "1.4", command),
        (JSONReport.survey(survey), "1.1", ["type", "host", "servers", "unfinished", "reason", "hint"]),
    ]

    private static let command = [
        "type", "command", "run", "by", "started", "ended", "outcomes", "reason", "lostOutput", "exit",
    ]
    private static let unfinished = HistoryEntry(
        number: 1,
        name: "apply",
        run: "r1",
        startedBy: "anna@desk",
        started: "2026-11-21T18:40:02Z",
        end: nil
    )
    private static var ended: HistoryEntry {
        var entry = unfinished
        entry.end = HistoryEntry.End(time: "2026-11-21T18:41:00Z", outcomes: [.committed: 1], exit: 0)
        return entry
    }

    private static let survey = HostSurvey(
        host: "a",
        recognised: [RecognisedServer(name: "postfix", version: "3.10.13", isActive: true)],
        surveys: [
            "postfix": Survey(
                defaultRoute: "direct",
                recipients: [Survey.Row("example.org", "direct")],
                senders: [Survey.Row("example.org", "[a.example.net]:587", tls: "encrypt", login: "anna")]
            )
        ],
        logs: [:]
    )

    @Test func `a recipient's and a sender's row of one name are told apart, each with its TLS and login`() throws {
        let text = JSONReport.survey(Self.survey).text
        let read = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let server = try #require((read["servers"] as? [[String: Any]])?.first)
        let rows = try #require(server["rows"] as? [[String: Any]])

        #expect(rows.map { $0["to"] as? String } == ["example.org", nil])
        #expect(rows.map { $0["from"] as? String } == [nil, "example.org"])
        #expect(rows.map { $0["tls"] as? String } == [nil, "encrypt"])
        #expect(rows.map { $0["login"] as? String } == [nil, "anna"])
    }

    @Test func `the schema has exactly these keys, and the number of the newest of them`() throws {
        for (object, _, keys) in Self.objects {
            let read = try #require(try JSONSerialization.jsonObject(with: Data(object.text.utf8)) as? [String: Any])
            #expect(Set(read.keys) == Set(keys), "\(object.text)")
            if read["type"] as? String == "version" { #expect(read["schema"] as? String == JSONReport.schema) }
        }
        #expect(Self.objects.map(\.1).max() == JSONReport.schema)
    }
}
