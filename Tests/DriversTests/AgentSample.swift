import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// A change of everything that can change.
///
/// A file with a secret and its index, which were not there; two files that were, one of an awkward name; one that
/// goes; and one that the mail server makes from others.
struct AgentSample {
    let host: AgentHost
    let found: [String: FileState]

    static let secret = #"a b:c'd"e$f\g{h}^i%j#"#
    static let awkward = #"-a  b'c$d "e\f "#

    private static let main = "relayhost = [relay]\n\(comments)"
    /// So many that on a full disk the room of no other file is enough for them.
    private static let comments = String(repeating: "# as the package has it\n", count: 2000)

    /// With the folder of a user, by number.
    init(owner: Int = 0) throws {
        host = try AgentHost()
        try host.write("etc/main.cf", "relayhost =\n\(Self.comments)", mode: 0o640, group: 8)
        try host.write("etc/\(Self.awkward)", "old\0bytes", mode: 0o4711, group: 2)
        try host.write("etc/gone", "", mode: 0o600)
        try host.write("etc/derived.db", "of old", mode: 0o644)
        try host.write("etc/bystander", "untouched", mode: 0o644)
        try FileManager.default.setAttributes([.ownerAccountID: owner], ofItemAtPath: host.path("etc"))
        found = try host.files()
    }

    static let asked: [String: FileState.Asked] = [
        "secret": .init(text: "[relay] \(secret)", mode: 0o600),
        "secret.db": .init(text: "[relay] \(secret)", mode: 0o600),
        "main.cf": .init(text: main, mode: 0o644, group: 8),
        awkward: .init(text: "new\0bytes", mode: 0o640, owner: 1, group: 2),
        "derived.db": .init(text: "of new", mode: 0o644),
        "bystander": .init(text: "untouched", mode: 0o644),
    ]

    func path(_ name: String) -> String { host.path("etc/\(name)") }

    /// All calls of a transaction up to `confirm`.
    func calls(run: String = "r1") -> [Call] {
        [
            .with(RestoreProgram.text, "open", run, "anna@desk", "postfix"),
            Call("manifest", "reload", "sh", "-c", ": \"it's\"; cat \"$1\"", "x", path("main.cf")),
            Call("manifest", "health", "true"),
            expectation("main.cf"), expectation(Self.awkward), expectation("gone"),
            Call("expect", "absent", path("secret")),
            Call(
                "backup",
                path("secret"),
                path("secret.db"),
                path(Self.awkward),
                path("gone"),
                path("derived.db"),
                path("main.cf")
            ),
            .with(Array("[relay] \(Self.secret)".utf8), "stage", path("secret"), "0600", "root", "root"),
            Call("build", "1", path("secret"), ".db", "cp", "{}", "{}.db"),
            .with(Array("new\0bytes".utf8), "stage", path(Self.awkward), "0640", "daemon", "2"),
            .with(Array(Self.main.utf8), "stage", path("main.cf"), "0644", "root", "mail"),
            Call("remove", path("gone")),
            Call(
                "check",
                "2",
                path("main.cf"),
                path("secret"),
                "sh",
                "-c",
                "echo \"$1: warning\" >&2; grep -q relayhost \"$1/main.cf\"",
                "x",
                "{}"
            ),
            Call("swap"),
            Call("run", "rebuild", "sh", "-c", "printf 'of new' >\"$1\"", "x", path("derived.db")),
            Call("run", "reload", "true"),
            Call("run", "health", "true"),
            Call("prints", sha256(Array(Self.main.utf8)), "cat", path("main.cf")),
            Call("prints", sha256(Array("half a line\n".utf8)), "printf", "half a line"),
            Call("confirm"),
        ]
    }

    /// The calls of a transaction, with others put before the first of this verb.
    func calls(_ others: [Call], before verb: String) -> [Call] {
        var calls = calls()
        calls.insert(contentsOf: others, at: calls.firstIndex { $0.words[0] == verb } ?? 0)
        return calls
    }

    func expectation(_ name: String) -> Call {
        Call("expect", "sha256", sha256(found[name]?.bytes ?? []), path(name))
    }

    /// Every byte, owner, mode, time and absence.
    func expectAsFound(_ when: String = "", at place: SourceLocation = #_sourceLocation) throws {
        let now = try host.files()
        let changed = Set(now.keys).union(found.keys).sorted().filter { now[$0] != found[$0] }
        #expect(changed == [], Comment(rawValue: when), sourceLocation: place)
    }

    var isAsAsked: Bool {
        get throws { try host.files().mapValues(\.asked) == Self.asked }
    }
}
