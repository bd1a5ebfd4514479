import MTAPlan
import Testing

@testable import MTAPlan

@Suite struct ObstaclesTests {
    private static func objection(_ answers: [String: String], size: Int = 10) throws -> Failure? {
        let path = "/etc/postfix/main.cf"
        let mode = FileMode(rawValue: 0o644)
        let change = try FileChange(
            path: path,
            found: .file(FoundFile(realPath: path, bytes: [1], mode: mode, owner: "root", group: "root")),
            wanted: .file(
                Content([UInt8](repeating: 65, count: size)),
                mode: mode,
                owner: "root",
                group: "root"
            ),
            kind: .configuration,
            secrets: Secrets()
        )
        let facts = Facts(answers: answers.mapValues { Facts.Answer(output: Array($0.utf8)) })
        return Obstacles(facts).objection(to: Proposal(POSIXWork(files: [change], reload: [])))
    }

    @Test func `a file, or its folder, that cannot be written is known before it is tried`() throws {
        for closed in ["/etc/postfix/main.cf", "/etc/postfix/"] {
            let failure = try #require(try Self.objection(["mtactl.closed": closed, "mtactl.user": "0"]))
            #expect(failure.problem == "\(closed) cannot be written, not even by root")
            #expect(failure.hint?.contains("lsattr") == true)
        }
        #expect(try Self.objection(["mtactl.closed": "/etc/aliases\n/etc/", "mtactl.user": "0"]) == nil)
    }

    @Test func `a login that is not root is told to become it`() throws {
        let failure = try #require(
            try Self.objection(["mtactl.closed": "/etc/postfix/main.cf", "mtactl.user": "1000"])
        )
        #expect(failure.problem.hasPrefix("the login user 1000 is not root"))
        #expect(failure.hint?.contains("become: sudo") == true)
    }

    @Test(
        arguments: [
            ("100 4096", true), ("10 1024", false), ("9223372036854775807 4096", true), ("x y", true), ("", true),
        ]
    )
    func `where there is no room for the backup, nothing is tried`(_ row: (answer: String, fits: Bool)) throws {
        let failure = try Self.objection(["mtactl.room": row.answer], size: 10_000)
        #expect((failure == nil) == row.fits)
        if !row.fits { #expect(failure?.problem.contains("10 KiB are free") == true) }
    }
}
