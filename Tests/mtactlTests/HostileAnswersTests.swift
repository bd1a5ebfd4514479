import Foundation
import Testing

/// A host that answers with orders to the terminal, in every field of every answer.
@Suite struct HostileAnswersTests {
    /// ESC sequences, their one-character forms, CR, BEL, backspace, NUL's neighbours, what turns writing round and what has no width.
    private static let orders =
        "\u{1B}[2J\u{1B}]0;owned\u{7}\u{9B}31m\u{85}\r\u{8}\u{7F}\u{1}\u{202E}\u{2066}\u{200B}\u{2028}\u{E0041}"

    /// Runs here what the host would, and spoils every word of every answer.
    ///
    /// Bodies that are counted stay as long as they are said to be: in them characters are put in the place of others.
    private static let host = """
        #!/usr/bin/env python3
        import os, subprocess, sys, threading
        orders = os.environ["orders"].encode()
        words = sys.argv[sys.argv.index("--") + 2:]
        child = subprocess.Popen(["sh", "-c", " ".join(words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

        def forward():
            while line := sys.stdin.buffer.readline():
                if line.startswith(b"B="): line = b"B='" + os.environ["backups"].encode() + b"'\\n"
                child.stdin.write(line)
                child.stdin.flush()
            child.stdin.close()

        def spoiled(text): return b" ".join(w + orders for w in text.split(b" "))

        threading.Thread(target=forward, daemon=True).start()
        body = None
        while line := child.stdout.readline():
            out = line.rstrip(b"\\n")
            parts = out.split(b" ")
            if parts[0].startswith(b"@"):
                verb = parts[1]
                if verb == b"begin" and parts[2] in (b"answer", b"errors"):
                    body = parts[3]
                    known = {b"mta.programs": b"postfix /usr/sbin/postfix", b"postfix.version": b"3.7.11",
                             b"sendmail.path": b"/usr/sbin/sendmail", b"sendmail.text": b"postdrop"}.get(body)
                    if known: os.write(1, out + b"\\n" + (known if b"mta.programs" == body else spoiled(known)) + b"\\n")
                    else: os.write(1, out + b"\\n" + spoiled(b"said") + b"\\n")
                    continue
                if verb == b"end" and body is not None:
                    body, out = None, parts[0] + b" end 0"
                elif verb in (b"at", b"stat", b"step", b"failed", b"done"): out = out + orders
                elif verb == b"run": parts[4] += orders; out = b" ".join(parts)
                elif verb == b"lock": out = out + orders
            elif body is not None:
                if body == b"mta.programs": continue
                out = spoiled(out)
            os.write(1, out + b"\\n")
        """

    @Test(
        arguments: [
            "facts", "facts --json", "plan relay.yml", "plan relay.yml --json", "check relay.yml",
            "apply relay.yml --yes",
            "backups list", "backups list --json", "backups check", "backups show 20260101T000000Z-0000 -v",
            "rollback 20260101T000000Z-0000 --yes -vv", "facts -vv --json",
        ]
    )
    func `nothing that a host says steers the terminal`(_ command: String) async throws {
        let place = try Workplace()
        try place.writeStandIns(hosts: 1, program: Self.host)
        try place.write("orders", Self.orders)
        let manifest = "run 20260101T000000Z-0000\\nserver postfix\\n"
        let setUp = """
            export orders="$(cat orders)" backups="$PWD/backups"
            mkdir -p backups/20260101T000000Z-0000
            printf '\(manifest)' >backups/20260101T000000Z-0000/manifest
            printf 'confirmed\\n' >backups/20260101T000000Z-0000/journal
            : >backups/20260101T000000Z-0000/state.confirmed
            printf '20260101T000000Z-0000 by me since now\\n' >backups/lock
            """

        let ended = try await place.shell("\(setUp)\n$mtactl \(command)")

        #expect(!ended.output.isEmpty || !ended.errors.isEmpty)
        for text in [ended.output, ended.errors] {
            let raw = text.unicodeScalars.filter { scalar in
                let category = scalar.properties.generalCategory
                return scalar != "\n" && [.control, .format, .lineSeparator, .paragraphSeparator].contains(category)
            }
            #expect(raw.isEmpty, "\(text.debugDescription)")
        }
        if ProcessInfo.processInfo.environment["MTACTL_SHOW"] == "1" { print(ended) }
    }
}
