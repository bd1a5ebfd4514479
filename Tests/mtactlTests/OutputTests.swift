import Testing

/// stdout and stderr that are closed, full, or read by nobody any more.
@Suite struct OutputTests {
    static let commands = [
        "facts", "facts --json", "plan relay.yml", "plan relay.yml --json", "apply relay.yml --yes",
        "apply relay.yml --yes --json", "check relay.yml", "backups list --json", "rollback --yes", "lint relay.yml",
        "lint --json relay.yml", "doctor", "schema playbook", "help", "--version", "--generate-completion-script bash",
    ]

    private func ended(_ script: String) async throws -> Program {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 3)
        return try await place.shell(script)
    }

    @Test(arguments: commands)
    func `where whoever read stdout has gone, a command ends quietly with 141`(_ command: String) async throws {
        for signals in ["", "trap '' PIPE; "] {
            let ended = try await ended(
                "{ { \(signals)sleep 0.2; $mtactl \(command) 2>errors; echo \"exit $?\" >&3; } | true; } 3>&1; cat errors >&2"
            )

            #expect(ended.output == "exit 141\n", "\(ended.errors)")
            Self.expectNoCrash(ended)
        }
    }

    @Test(arguments: commands)
    func `where stdout is closed a command ends quietly with 141`(_ command: String) async throws {
        let ended = try await ended("$mtactl \(command) >&-")

        #expect(ended.status == 141)
        Self.expectNoCrash(ended)
    }

    @Test(arguments: commands)
    func `where stdout is full a command says so and ends with 141`(_ command: String) async throws {
        let ended = try await ended("$mtactl \(command) >/dev/full")

        #expect(ended.status == 141)
        #expect(ended.errors.hasSuffix("stdout could not be written: No space left on device\n"), "\(ended.errors)")
        Self.expectNoCrash(ended)
    }

    @Test(arguments: [
        "facts", "plan relay.yml", "apply relay.yml --yes", "check relay.yml", "backups", "plan no-such.yml",
    ])
    func `what cannot be said on stderr changes nothing else`(_ command: String) async throws {
        let usual = try await ended("$mtactl \(command)")
        for place in ["&-", "/dev/full"] {
            let ended = try await ended("$mtactl \(command) 2>\(place)")

            #expect(ended.status == usual.status)
            #expect(Self.withoutRun(ended.output) == Self.withoutRun(usual.output))
        }
    }

    /// A closed stdout must not become the number of a file or of a connection, which would then be written to.
    @Test func `what is printed to a closed stdout goes into no file`() async throws {
        let ended = try await ended("$mtactl plan relay.yml -o saved >&-; tail -c 2 saved; grep -c host1 saved")

        #expect(ended.output == "\n}2\n" || ended.output.hasSuffix("}1\n"), "\(ended.output)")
    }

    @Test func `a reader that reads little by little gets everything`() async throws {
        let ended = try await ended(
            "$mtactl schema playbook | { sleep 0.3; wc -c; }; $mtactl schema playbook >all; wc -c <all"
        )
        let sizes = ended.output.split(separator: "\n")

        #expect(sizes.count == 2 && sizes.first == sizes.last, "\(ended.output)")
    }

    /// Whoever started mtactl may have made the pipe non-blocking.
    @Test func `a pipe that does not block and is full is waited for`() async throws {
        let place = try Workplace()
        try place.write(
            "reader.py",
            """
            import fcntl, os, subprocess, sys, time
            r, w = os.pipe()
            fcntl.fcntl(w, fcntl.F_SETFL, fcntl.fcntl(w, fcntl.F_GETFL) | os.O_NONBLOCK)
            fcntl.fcntl(w, 1031, 4096)
            child = subprocess.Popen([os.environ["mtactl"], "schema", "playbook"], stdout=w)
            os.close(w)
            time.sleep(0.5)
            size = 0
            while part := os.read(r, 1000):
                size += len(part)
            print(child.wait(), size)
            """
        )

        let ended = try await place.shell("python3 reader.py; $mtactl schema playbook | wc -c")
        let words = ended.output.split { $0.isWhitespace }

        #expect(words.first == "0")
        #expect(words.count == 3 && words[1] == words[2], "\(ended.output)")
    }

    /// As a fault of ours would end it.
    @Test(arguments: ["ILL", "TRAP", "SEGV", "ABRT"])
    func `a crash shows no memory`(_ signal: String) async throws {
        let place = try Workplace()
        try place.writeStandIns(hosts: 1, program: "#!/bin/sh\nexec sleep 20")

        let ended = try await place.shell(
            "$mtactl facts >out 2>&1 & sleep 1; kill -\(signal) $!; wait $!; echo \"exit $?\"; cat out"
        )

        #expect(ended.output.hasPrefix("exit 1"))
        for word in ["rax", "Registers", "0x", "Backtrace"] { #expect(!ended.output.contains(word), "\(ended.output)") }
    }

    private static func expectNoCrash(_ ended: Program) {
        for word in ["atal error", "Crash", "Illegal"] { #expect(!ended.errors.contains(word), "\(ended.errors)") }
    }

    /// A run has a name of its own, and hosts end in any order.
    private static func withoutRun(_ text: String) -> String {
        text.split(separator: "\n").map { $0.split(separator: "  run ").first ?? "" }.sorted().joined(separator: "\n")
    }
}
