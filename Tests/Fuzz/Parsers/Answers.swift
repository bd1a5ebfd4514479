import MTAApply
import MTAPlan
import MailServers

extension Parser {
    /// What a host answers: frames, facts, the events of an agent, the state of its runs.
    static let answers: [Parser] = [frames, forgery, facts, openRuns]

    private static let nonce = "0123456789abcdef0123456789abcdef"
    private static let transcripts = Seeds.folder("Tests/MTAPlanTests/Fixtures/Facts", ending: ".txt")
    private static let words =
        [[UInt8]].signs
        + [
            "", "begin why", "end 0", "end 999", "end", "done open", "failed swap expired", "undone restored", "step x",
            "run r confirmed postfix 2 9", "state pending 30", "lock r by x since y", "ready 1 0", "begin bytes", "bye",
            "file /etc/x", "at /etc/x", "stat 644 root root 1 2", "absent", "unreadable x",
        ].map { Array("@\(nonce) \($0)\n".utf8) }

    /// In whatever pieces it comes, an answer means the same.
    private static let frames = Parser("frames") { choices in
        var bytes = Array(choices.one(of: transcripts).prefix(4000))
        choices.edit(&bytes, atMost: 8, with: words)
        var whole = FrameParser(nonce: nonce, limit: 1 << 20)
        var pieces = FrameParser(nonce: nonce, limit: 1 << 20)
        var expected: [Frame] = []
        do throws(Failure) { expected = try whole.append(bytes) } catch { return try demandWords(error) }
        var found: [Frame] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = 1 + choices.number(below: choices.isUsedUp ? 1 : 700)
            found += (try? pieces.append(Array(rest.prefix(count)))) ?? []
            rest = rest.dropFirst(count)
        }
        try demand(found == expected, "in pieces it means something else: \(String(decoding: bytes, as: UTF8.self))")
    }

    /// Whatever a file or a command on the host holds, it does not end the body that it is in.
    private static let forgery = Parser("forged ends") { choices in
        var body: [UInt8] = []
        for _ in 0..<choices.number(below: 12) {
            body += choices.one(of: words).map { $0 == UInt8(ascii: "0") ? UInt8(ascii: "9") : $0 }
            body += choices.bytes(atMost: 20)
        }
        guard body.firstRange(of: Array("@\(nonce)".utf8)) == nil else { return }
        let sent =
            Array("@\(nonce) begin log\n".utf8) + body + Array("\n@\(nonce) end 0\n@\(nonce) done watch met\n".utf8)
        var parser = FrameParser(nonce: nonce, limit: 1 << 20)
        let frames = try parser.append(sent)
        try demand(
            frames == [.body(name: "log", bytes: body, status: 0), .line(["done", "watch", "met"])],
            "a body was ended by what it holds: \(frames)"
        )
    }

    private static let facts = Parser("facts") { choices in
        var bytes = choices.one(of: transcripts)
        choices.edit(&bytes, atMost: 8, with: words)
        let facts: Facts
        do throws(Failure) { facts = try FactsParser.facts(from: bytes, nonce: nonce) } catch {
            return try demandWords(error)
        }
        let play = Play(name: "x", hosts: "all", routes: Routes.any(&choices))
        let plan = Planner(catalog: Catalog.products).plan(
            play,
            verify: TestMessageRequest(to: "postmaster@example.net"),
            for: "mx1",
            mta: .auto,
            facts: facts,
            secrets: Routes.secrets
        )
        if case .refused(let failure) = plan.disposition { try demandWords(failure) }
        for server in Catalog.all {
            _ = (server.recognition.version(facts), server.survey(facts), server.trace.log(facts))
        }
    }

    private static let openRuns = Parser("unfinished runs") { choices in
        var bytes = Array(
            "20261121T184002Z-7f3a pending 30\nlock 20261121T184002Z-7f3a by anna@desk since 2026-11-21\n20261121T184002Z-7f3b expired 2026-11-21T18:40:02Z\n"
                .utf8
        )
        choices.edit(&bytes, atMost: 8, with: words)
        let facts = Facts(answers: ["mtactl.runs": Facts.Answer(output: bytes)])
        if let objection = OpenRuns.objection(in: facts) { try demandShowable(objection.description, "an objection") }
        if let note = OpenRuns.note(in: facts) { try demandShowable(note, "a note") }
    }
}
