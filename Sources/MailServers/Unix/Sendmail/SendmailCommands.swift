import MTAPlan

/// What is run on the host, in sh.
struct SendmailCommands: Sendable {
    let host: SendmailHost

    /// Our lines of sendmail.cf.
    var lines: Command {
        ["grep", "-e", "^DSmtactl-", "-e", "^Kmtactl", "-e", "^Mmtactl-", "\(SendmailHost.folder)/sendmail.cf"]
    }

    /// Prints the way that each probe takes by Sendmail's own rules, a line each.
    func ways(of probes: [SendmailProbe]) -> Command {
        Command(["sh", "-c", Self.ways, "sh", host.program] + probes.flatMap(\.lines))
    }

    private static let ways =
        #"program=$1; shift; printf '%s\n' "$@" | "$program" -bt 2>/dev/null | "#
        + #"sed -n 's/^\(> \)*Parse1 *returns: *//p' | tr -d ' ' | "#
        + #"sed -e 's/\$:.*//' -e 's/^\$#\(mtactl-[^$]*\)\$@/\1 /' -e 's/^\$#[^$]*\$@/direct /'"#

    /// Makes a sendmail.cf of the staged source and has Sendmail read it.
    ///
    /// m4 exits 0 after an error of FEATURE, but tells it on stderr, where the agent looks.
    func check(_ source: String) -> Command {
        let name = source.split(separator: "/").last.map(String.init) ?? source
        let m4 = (["m4"] + host.arguments(of: "\"$1/$2\"")).joined(separator: " ")
        let script =
            "cd \(SendmailHost.folder) && \(m4) >\"$1/sendmail.cf\" && exec \"$3\" -C \"$1/sendmail.cf\" -bv root >/dev/null"
        return Command(to: "let m4 and Sendmail read the staged files", script: script, ["{}", name, host.program])
    }

    /// Has the daemon begin anew with the new configuration, and waits until it takes mail again.
    ///
    /// On SIGHUP it executes itself, under a new process id: sendmail(8). It writes the id down once it listens; mail
    /// that is submitted before would wait in the submission queue for the next of its runs.
    var reload: Command {
        Command(
            to: "have Sendmail begin anew",
            script:
                #"read -r old <"$1" && kill -HUP "$old" || exit; n=0; while [ $n -lt 100 ]; do "#
                + #"if read -r new 2>/dev/null <"$1" && [ "$new" != "$old" ] && kill -0 "$new" 2>/dev/null; then exit 0; fi; "#
                + "n=$((n + 1)); sleep 0.1 2>/dev/null || sleep 1; done; "
                + #"kill -0 "$old" || { echo 'sendmail did not come back' >&2; exit 1; }"#,
            [host.pidFile]
        )
    }

    var isRunning: Command {
        Command(to: "see that Sendmail runs", script: #"read -r pid <"$1" && kill -0 "$pid""#, [host.pidFile])
    }
}
