import Testing

/// Questions on a real terminal.
@Suite struct PromptTests {
    /// Starts mtactl on a terminal of its own, waits for the question, and does what the test says.
    ///
    /// What it prints: whether the terminal echoes while the question is shown, whether it does afterwards, and how
    /// mtactl ended.
    private static let session = """
        import os, pty, select, signal, sys, termios, time

        def echo(): return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)

        def heard(words, patience=20):
            global said
            end = time.time() + patience
            while words not in said and time.time() < end:
                if select.select([master], [], [], 0.1)[0]:
                    try: said += os.read(master, 4096)
                    except OSError: break
            return words in said

        def settled(wanted):
            end = time.time() + 10
            while echo() != wanted and time.time() < end: time.sleep(0.05)
            return echo()

        said = b""
        master, terminal = pty.openpty()
        child = os.fork()
        if child == 0:
            os.setsid()
            import fcntl
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
            for number in (0, 1, 2): os.dup2(terminal, number)
            os.closerange(3, 20)
            os.execv(os.environ["mtactl"], ["mtactl"] + sys.argv[2:])
        assert heard(b"password of relay: "), said
        print("asked", settled(False))
        what = sys.argv[1]
        if what == "answer": os.write(master, b"hunter22\\n")
        elif what == "key-c": os.write(master, b"\\x03")
        elif what == "key-z":
            os.write(master, b"\\x1a")
            _, status = os.waitpid(child, os.WUNTRACED)
            print("stopped", os.WIFSTOPPED(status), settled(True))
            os.kill(child, signal.SIGCONT)
            print("again", settled(False))
            os.write(master, b"hunter22\\n")
        else: os.kill(child, getattr(signal, what))
        heard(b"no such words", 0.5)
        end = time.time() + 20
        status = 0
        while time.time() < end:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid: break
            heard(b"no such words", 0.1)
        print("ended", os.waitstatus_to_exitcode(status), settled(True))
        print("shown", b"hunter22" in said)
        """

    private func asked(_ what: String) async throws -> [String] {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 1)
        try place.write(
            "relay.yml",
            """
            smarthosts: {a: {host: relay.example, login: {username: u, password: "prompt:password of relay"}}}
            plays: [{hosts: all, routes: {default: a}}]
            """
        )
        try place.write("session.py", Self.session)
        let ended = try await place.shell("python3 session.py \(what) plan relay.yml -i hosts.yml")
        #expect(ended.errors.isEmpty, "\(ended.errors)")
        return ended.output.split(separator: "\n").map(String.init)
    }

    @Test func `a secret is not shown while it is typed, and the terminal echoes afterwards`() async throws {
        #expect(try await asked("answer") == ["asked False", "ended 1 True", "shown False"])
    }

    @Test(arguments: ["key-c", "SIGINT", "SIGTERM", "SIGHUP"])
    func `whatever interrupts a question gives the terminal's echo back`(_ what: String) async throws {
        #expect(try await asked(what) == ["asked False", "ended 130 True", "shown False"])
    }

    @Test func `stopped at a question the terminal echoes, and it is hidden again when mtactl goes on`() async throws {
        #expect(
            try await asked("key-z") == [
                "asked False", "stopped True True", "again False", "ended 1 True", "shown False",
            ]
        )
    }
}
