import Testing

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
        try place.write("session.py", Self.session)
        let lines = [
            "mtactl facts -i on", "mtactl plan p.yml --inventory on", "mtactl plan p.yml -o on",
            "mtactl plan p.yml --output on", "mtactl apply on",
        ]

        let ended = try await place.shell("python3 session.py \(lines.map { "'\($0)'" }.joined(separator: " "))")

        #expect(ended.output == lines.map { "\($0) True\n" }.joined(), "\(ended)")
    }
}
