import Testing

@testable import mtactl

/// Completions in a real shell on a terminal.
@Suite struct CompletionTests {
    /// Types each argument and a tab, and prints what there is in the line then.
    private static let session = """
        import os, pty, select, sys, time

        def heard(words, patience):
            said = b""
            end = time.time() + patience
            while words not in said and time.time() < end:
                if select.select([terminal], [], [], 0.1)[0]:
                    try: said += os.read(terminal, 65536)
                    except OSError: break
            return words in said

        child, terminal = pty.fork()
        if child == 0:
            os.environ["PATH"] = os.path.dirname(os.environ["mtactl"]) + ":" + os.environ["PATH"]
            os.execvp("bash", ["bash", "--norc", "--noprofile"])
        # The words are put together by the shell, so that its echo of the line does not have them.
        os.write(terminal, b"source <(mtactl --generate-completion-script bash); echo rea''dy\\n")
        assert heard(b"ready", 30)
        for line in sys.argv[1:]:
            os.write(terminal, line.encode() + b"\\t")
            print(line, heard(b"only_one ", 20))
            os.write(terminal, b"\\x15")
        os.kill(child, 9)
        """

    @Test func `options and arguments that are files are completed`() async throws {
        let place = try Workplace()
        try place.write("only_one", "")
        try place.write("hosts.yml", "all: {hosts: {only_one: {}, other: {}}}\n")
        try place.write("session.py", Self.session)
        let lines = [
            "mtactl facts -i on", "mtactl plan p.yml --inventory on", "mtactl plan p.yml -o on",
            "mtactl plan p.yml --output on", "mtactl apply on", "mtactl facts -l on",
            "mtactl facts --limit on", "mtactl lint p.yml -i hosts.yml -l on",
        ]

        let ended = try await place.shell("python3 session.py \(lines.map { "'\($0)'" }.joined(separator: " "))")

        #expect(ended.output == lines.map { "\($0) True\n" }.joined(), "\(ended)")
    }

    @Test func `runs of this machine are completed, once each`() async throws {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 1)

        let ended = try await place.shell(
            """
            $mtactl ---completion rollback -- positional@0 2 0 mtactl rollback ''; ls state 2>&1
            $mtactl apply relay.yml --yes >out 2>&1
            for command in rollback report 'backups show'; do
                $mtactl ---completion $command -- positional@0 2 1 mtactl $command 2
            done
            $mtactl ---completion apply -- --resume 3 0 mtactl apply --resume ''
            $mtactl ---completion report -- positional@0 2 1 mtactl report x
            """
        )
        let lines = ended.output.split(separator: "\n")

        #expect(lines.first?.contains("state") == true, "\(ended)")
        #expect(lines.count == 5 && Set(lines.dropFirst()).count == 1, "\(ended)")
    }

    @Test func `what is completed of a pattern is its last term`() {
        #expect(Candidates.patterns(["web", "db1", "db2"], "web:!d") == ["web:!db1", "web:!db2"])
        #expect(Candidates.patterns(["web", "db1"], "") == ["web", "db1"])
        let words = ["mtactl", "facts", "-i", "a", "--inventory=b", "-l", "x", "-i"]
        #expect(Candidates.inventories(in: words) == ["-i", "a", "--inventory=b"])
    }
}
