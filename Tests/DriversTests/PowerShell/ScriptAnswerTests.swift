import Drivers
import Foundation
import MTAPlan
import Support
import Testing

/// What is sent back was in the hands of others: it is data.
@Suite struct ScriptAnswerTests {
    private static let run = ScriptSample.run.text

    private static func b(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private static func object(_ name: String, _ guid: String, enabled: String = "True") -> String {
        let fields = [("Guid", guid), ("Name", name), ("Comment", ""), ("Enabled", enabled)]
        return "object\n" + fields.map { "prop\t\($0)\ttext\t\(b($1))\n" }.joined()
            + "prop\tSmartHosts\tlist\t\(b("[192.0.2.1]"))\n"
    }

    private static let old = object("old", "guid-1")
    private static let look = "call\thost\tok\ncall\texpect-0\tok\n\(old)call\tsnapshot-0\tok\n\(old)"
    private static let steps = "call\tstep-0\tok\nobject\nprop\tGuid\ttext\t\(b("guid-of-new"))\ncall\tstep-1\tok\n"
    private static let check = "call\tcheck-0\tok\n\(object("old", "guid-1", enabled: "False"))"
    private static let restart = "call\trestart-0\tok\n"
    private static let failed = "error\t\(b("no"))\t\(b("X"))\t\(b("NotSpecified"))\n"
    private static let back = "call\tundo-0\tok\ncall\tundo-1\tok\ncall\tagain-restart-0\tok\ncall\tagain-0\tok\n\(old)"

    private static func answer(_ action: String, _ result: String, _ body: String, reason: String = "") -> [UInt8] {
        let count = body.split(separator: "\n").count { $0.hasPrefix("call\t") }
        let frame = "<<MTACTL:\(run):\(b("mtactl\t1\n\(body)end\t\(count)\n"))>>"
        let head = [
            "mtactl-answer 1", "run \(run)", "site ex1", "action \(action)", "computer EX01", "user LAB\\anna",
            "token 0011aabb", "result \(result)", "reason \(b(reason))",
        ]
        return Array((head + [frame, ""]).joined(separator: "\r\n").utf8)
    }

    private static func ending(_ bytes: [UInt8]) throws(Failure) -> ScriptEnding {
        try ScriptAnswer(bytes).ending(of: ScriptSample.work())
    }

    @Test func `an ending is judged by what the host has answered`() throws {
        #expect(try Self.ending(Self.answer("check", "looked", Self.look)) == .asFound)
        let all = Self.look + Self.steps + Self.check + Self.restart
        #expect(try Self.ending(Self.answer("apply", "changed", all)) == .changed)
        let changed = Self.look.replacing(Self.b("True"), with: Self.b("False"))
        guard case .refused(let failure) = try Self.ending(Self.answer("check", "looked", changed)) else {
            Issue.record("not refused")
            return
        }
        #expect(failure.problem.contains("was changed since"))
        let broken = Self.look + Self.steps + "call\tcheck-0\tfailed\n\(Self.failed)" + Self.back
        guard case .putBack(let reason?) = try Self.ending(Self.answer("apply", "put-back", broken)) else {
            Issue.record("not put back")
            return
        }
        #expect(reason.problem.contains("reading the change back"))
        #expect(try Self.ending(Self.answer("undo", "put-back", Self.back)) == .putBack(nil))
    }

    @Test func `what the script says of itself is not believed against its calls`() throws {
        let broken = Self.look + Self.steps + "call\tcheck-0\tfailed\n\(Self.failed)"
        for (action, result, body) in [
            ("apply", "changed", broken), ("apply", "put-back", Self.look + Self.steps),
            ("undo", "put-back", "call\tundo-0\tfailed\n\(Self.failed)call\tagain-0\tok\n"),
            ("undo", "stranded", Self.back),
            ("undo", "changed", ""),
        ] {
            let ending = try Self.ending(Self.answer(action, result, body))
            guard case .stranded = ending else {
                Issue.record("\(action) \(result): \(ending)")
                continue
            }
        }
        guard case .refused = try Self.ending(Self.answer("apply", "changed", Self.look)) else {
            Issue.record("nothing was changed")
            return
        }
    }

    @Test func `a mail program may have wrapped it`() throws {
        let text = String(decoding: Self.answer("check", "looked", Self.look), as: UTF8.self)
        let start = try #require(text.firstRange(of: "<<MTACTL"))
        var wrapped = ""
        for (place, sign) in text[start.lowerBound...].enumerated() {
            wrapped += (place % 76 == 75 ? "\r\n" : "") + String(sign)
        }
        #expect(try Self.ending(Array((text[..<start.lowerBound] + wrapped).utf8)) == .asFound)
        #expect(try Self.ending([0xEF, 0xBB, 0xBF] + Array(text.utf8)) == .asFound)
    }

    @Test func `what is cut off or changed is an error or another ending, never more`() throws {
        let whole = Self.answer("apply", "changed", Self.look + Self.steps + Self.check + Self.restart)
        for count in stride(from: 0, to: whole.count - 4, by: 7) {
            #expect(throws: Failure.self) { try Self.ending(Array(whole.prefix(count))) }
        }
        var random = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            var bytes = whole
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            // That it ends at all is what this is about.
            _ = try? Self.ending(bytes)
        }
    }

    @Test(arguments: [
        "", "mtactl-answer 2\r\n", "mtactl-answer 1\r\nrun ../../etc/passwd\r\nsite a\r\naction check\r\n<<MTACTL:x:>>",
        "mtactl-answer 1\r\nrun 20261121T184002Z-7f3a\r\nsite a\r\naction destroy\r\n<<MTACTL:x:>>",
    ])
    func `what is no answer is refused`(text: String) {
        #expect(throws: Failure.self) { try ScriptAnswer(Array(text.utf8)) }
    }

    @Test func `more than any script writes is not read`() {
        let most = ScriptAnswer.most
        #expect(throws: Failure.self) { try ScriptAnswer([UInt8](repeating: 0x20, count: most + 1)) }
    }

    @Test func `an answer of another script is refused`() throws {
        let text = String(decoding: Self.answer("check", "looked", Self.look), as: UTF8.self)
        let other = text.replacing("run \(Self.run)", with: "run 20261121T184002Z-7f3a")
        #expect(throws: Failure.self) { try Self.ending(Array(other.utf8)) }
    }
}
