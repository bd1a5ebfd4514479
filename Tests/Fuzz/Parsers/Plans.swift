import Drivers
import struct Foundation.Date
import MTAApply
import MTAPlan
import MailServers
import Support

extension Parser {
    /// Planning: every parser of a mail server's configuration, on spoilt fixtures, with routes that fit or do not.
    static let plans: [Parser] = Catalog.posix.map { server in
        let hosts = Hosts(of: server.name)
        return Parser("\(server.name) configuration") { choices in
            let facts = hosts.spoilt(&choices)
            let routes = Routes.any(&choices)
            _ = server.recognition.version(facts)
            _ = server.survey(facts)
            _ = server.trace.log(facts)
            try PlanLaws(server: server, facts: facts, routes: routes).hold()
            try planted(facts, server, routes, &choices)
        }
    }
}

/// A password that is put anywhere into a file of the host is shown nowhere.
private func planted(_ facts: Facts, _ server: any MailServer, _ routes: Routes, _ choices: inout Choices) throws {
    guard !facts.read.isEmpty else { return }
    var random = SeededRandom(seed: choices.number(below: 1 << 20))
    let next = { Int(random.next() >> 33) }
    let secret = PlantedSecret(kind: choices.number(below: 5), next)
    let (planted, place) = secret.planted(in: facts, next)
    for text in try server.shown(routes, extras: ServerExtras(), planted, Routes.secrets) {
        try demand(!secret.isIn(text), "\(secret.text) of \(place) is shown:\n\(text)")
    }
}

/// The hosts of a server's fixtures.
private struct Hosts: Sendable {
    private let facts: [Facts]
    private let words: [[UInt8]]

    init(of server: String) {
        facts = ((try? Fixture.all(of: server)) ?? []).map(\.facts)
        precondition(!facts.isEmpty, "no fixtures of \(server)")
        let lines = facts.flatMap { $0.read.values.filter { $0.bytes.count < 20_000 } }
            .flatMap { $0.bytes.split(separator: 0x0A).map { Array($0) } }
        words = .signs + Set(lines).filter { $0.count < 200 }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// A host that somebody has been at.
    func spoilt(_ choices: inout Choices) -> Facts {
        var facts = choices.one(of: facts)
        let paths = facts.files.keys.sorted()
        let answers = facts.answers.keys.sorted()
        for _ in 0..<choices.number(below: 4) {
            if choices.number(below: 4) > 0, !paths.isEmpty {
                let path = choices.one(of: paths)
                spoil(&facts.files[path, default: .absent], path, &choices)
            } else if !answers.isEmpty {
                let key = choices.one(of: answers)
                choices.edit(&facts.answers[key, default: Facts.Answer(output: [])].output, with: words)
            }
        }
        return facts
    }

    private func spoil(_ answer: inout FileAnswer, _ path: String, _ choices: inout Choices) {
        guard case .file(var file) = answer, choices.number(below: 16) > 0 else {
            let empty = FoundFile(realPath: path, bytes: [], mode: FileMode(rawValue: 0o644), owner: "0", group: "0")
            answer = choices.one(of: [.absent, .unreadable("it is a folder"), .file(empty)])
            return
        }
        choices.edit(&file.bytes, with: words)
        if choices.number(below: 16) == 1 { file.realPath += choices.one(of: [".real", "\n", " x", "'", "\u{1B}[2J"]) }
        if choices.number(below: 16) == 1 { file.mode = FileMode(rawValue: UInt16(choices.byte())) }
        if choices.number(below: 16) == 1 { file.group = choices.one(of: ["", "a b", "65534", "UNKNOWN"]) }
        answer = .file(file)
    }
}

/// What holds of every plan, whatever the host answered.
private struct PlanLaws {
    let server: any MailServer
    let facts: Facts
    let routes: Routes

    func hold() throws {
        let proposal: Proposal
        do throws(Failure) { proposal = try plan(routes, facts) } catch { return try demandWords(error) }
        // What no host can be told is refused by the planner.
        guard proposal.changes.unsafeArgument == nil else { return }
        for note in proposal.notes { try demandShowable(Printable.line(note), "a note") }
        try demand(!Poison.isIn(planText(of: proposal, withAnswers: false)), "a secret is shown")
        for change in proposal.changes.files { try held(change) }
        let after = try facts.applying(proposal.changes, secrets: Routes.secrets)
        if isForeseen(proposal.changes) {
            try idempotence(proposal, after)
            try wayBack(proposal, after)
        }
        // A log of such a name is refused as the call is sent.
        if case .file(let path)? = server.trace.log(facts), path.utf8.contains(where: { $0 == 0x0A || $0 == 0 }) {
            return
        }
        for call in try calls(proposal.changes) {
            try demand(call.isReadable, "a line break in \(call.words)")
        }
    }

    private func plan(_ routes: Routes, _ facts: Facts) throws(Failure) -> Proposal {
        try server.proposal(for: routes, extras: ServerExtras(), given: facts, secrets: Routes.secrets)
    }

    /// Whether everything can be planned from that will have been changed.
    ///
    /// What a rebuild makes of an odd file is not always known, and without it there is no second look.
    private func isForeseen(_ changes: POSIXWork) -> Bool {
        let unknown = changes.derived.filter { path in
            facts.file(path) != nil && !changes.foreseen.contains { $0.path == path }
        }
        return changes.files.isEmpty || unknown.isEmpty
    }

    private func held(_ change: FileChange) throws {
        guard case .file(let content, let mode, _, _) = change.wanted else { return }
        let bytes = try content.rendered(with: Routes.secrets)
        if !content.secrets.isEmpty != bytes.holdPoison {
            // Where a host has one of them already, it stays.
            let isThere = facts.read.values.contains { $0.bytes.holdPoison }
            try demand(isThere, "\(change.path) has a secret it does not say")
        }
        if !content.secrets.isEmpty {
            try demand(change.kind == .secret && mode.rawValue & 0o007 == 0, "\(change.path) can be read by all")
        }
    }

    /// Planning what was just applied plans nothing.
    private func idempotence(_ proposal: Proposal, _ after: Facts) throws {
        let again: Proposal
        do throws(Failure) { again = try plan(routes, after) } catch {
            throw Violation("what was applied is refused: \(error)\n\(planText(of: proposal))")
        }
        try demand(
            again.changes.files.isEmpty && again.changes.reload.isEmpty && again.changes.rebuild.isEmpty,
            "what was applied is planned again:\n\(planText(of: again))\nafter\n\(planText(of: proposal))"
        )
    }

    /// Once nothing is asked for any more, a host that had nothing of ours has its own bytes again.
    ///
    /// A line that is replaced, and not kept next to ours as a comment, is in the backup alone.
    private func wayBack(_ proposal: Proposal, _ after: Facts) throws {
        if proposal.changes.files.contains(where: \.losesLines) { return }
        guard let nothing = try? plan(Routes(), facts), nothing.changes.files.isEmpty else { return }
        let back: Facts
        do throws(Failure) {
            back = try after.applying(try plan(Routes(), after).changes, secrets: Routes.secrets)
        } catch {
            throw Violation("what was applied cannot be taken out: \(error)")
        }
        for (path, file) in facts.read where file.realPath == path {
            // An empty file may go: it says as much when it is not there.
            try demand(
                back.file(path)?.bytes ?? [] == file.bytes,
                "\(path) is not what it was once nothing is asked for:\n"
                    + LineDiff.unified(file.bytes, back.file(path)?.bytes, path: path)
            )
        }
    }

    private func calls(_ changes: POSIXWork) throws(Failure) -> [AgentCall] {
        do throws(Failure) {
            let opening = RunOpening(
                run: RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_402), by: "anna@desk"),
                server: server.name,
                log: server.trace.log(facts),
                revertAfter: 60,
                secrets: Routes.secrets
            )
            return try changes.calls(opening)
        } catch {
            return []
        }
    }
}

extension FileChange {
    /// Whether a line of the host's own is neither kept nor left as a comment.
    fileprivate var losesLines: Bool {
        var wantedBytes: [UInt8] = []
        if case .file(let content, _, _, _) = wanted {
            do throws(Failure) { wantedBytes = try content.rendered(with: Routes.secrets) } catch { return true }
        }
        let diff = LineDiff(found ?? [], wantedBytes)
        let new = diff.edits.compactMap { if case .insert(let line) = $0 { diff.new[line].bare } else { nil } }
        return diff.edits.contains { edit in
            guard case .remove(let line) = edit else { return false }
            let old = diff.old[line].bare
            return !new.contains { $0.suffix(old.count).elementsEqual(old) }
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate var bare: ArraySlice<UInt8> { last == 0x0A ? dropLast() : self }
}

extension [UInt8] {
    /// Quicker than `Poison.isIn`, for many cases.
    fileprivate var holdPoison: Bool {
        let marks = ["p0is0n", "cDBpczBu"].map { [UInt8]($0.utf8) }
        return indices.contains { index in
            (self[index] == marks[0][0] || self[index] == marks[1][0])
                && marks.contains { self[index...].starts(with: $0) }
        }
    }
}
