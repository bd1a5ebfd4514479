import MTAPlan

/// What is run on the host, in sh.
struct SendmailCommands: Sendable {
    let host: SendmailHost

    /// Prints our lines of sendmail.cf, and the way that each probe takes.
    func says(_ probes: [SendmailProbe]) -> Command {
        Command(
            ["sh", "-c", Self.say + "say \"$@\"", "sh", "\(SendmailHost.folder)/sendmail.cf", host.program]
                + probes.flatMap(\.lines)
        )
    }

    /// Makes a sendmail.cf of the staged source, has Sendmail read it, and compares what it says.
    ///
    /// m4 exits 0 after an error of FEATURE, but tells it on stderr, where the agent looks.
    func check(_ source: String, says output: String, _ probes: [SendmailProbe]) -> Command {
        let name = source.split(separator: "/").last.map(String.init) ?? source
        let m4 = (["m4"] + host.arguments(of: "\"$d/$name\"")).joined(separator: " ")
        let script =
            Self.say + "d=$1 want=$2 program=$3 name=$4; shift 4\ncd \(SendmailHost.folder) || exit\n"
            + "\(m4) >\"$d/sendmail.cf\" || exit\n" + Self.compare
        return Command(["sh", "-c", script, "sh", "{}", output, host.program, name] + probes.flatMap(\.lines))
    }

    /// say CF PROGRAM LINE…: what the check before and the expectation after the swap compare.
    private static let say = #"""
        say() {
            cf=$1 program=$2; shift 2
            grep -e '^DSmtactl-' -e '^Kmtactl' -e '^Mmtactl-' "$cf"
            [ $# -eq 0 ] || printf '%s\n' "$@" | "$program" -C "$cf" -bt 2>/dev/null |
                sed -n 's/^\(> \)*Parse1 *returns: *//p' | tr -d ' ' |
                sed -e 's/\$:.*//' -e 's/^\$#\(mtactl-[^$]*\)\$@/\1 /' -e 's/^\$#[^$]*\$@/direct /'
            :
        }

        """#

    /// The tables are read where they are staged.
    private static let compare = #"""
        sed "s#/etc/mail/mtactl-#$d/mtactl-#" "$d/sendmail.cf" >"$d/staged.cf" || exit
        "$program" -C "$d/staged.cf" -bv root >/dev/null || exit
        got=$(say "$d/staged.cf" "$program" "$@" | sed "s#$d/mtactl-#/etc/mail/mtactl-#")
        [ "$got" = "$want" ] || { printf 'not what was asked for, but:\n%s\n' "$got" >&2; exit 1; }
        """#

    /// Has the daemon begin anew with the new configuration, and waits until it takes mail again.
    ///
    /// On SIGHUP it executes itself, under a new process id: sendmail(8). It writes the id down once it listens; mail
    /// that is submitted before would wait in the submission queue for the next of its runs.
    var reload: Command {
        [
            "sh", "-c",
            #"read -r old <"$1" && kill -HUP "$old" || exit; n=0; while [ $n -lt 100 ]; do "#
                + #"if read -r new 2>/dev/null <"$1" && [ "$new" != "$old" ] && kill -0 "$new" 2>/dev/null; then exit 0; fi; "#
                + "n=$((n + 1)); sleep 0.1 2>/dev/null || sleep 1; done; "
                + #"kill -0 "$old" || { echo 'sendmail did not come back' >&2; exit 1; }"#,
            "sh", host.pidFile,
        ]
    }

    var isRunning: Command { ["sh", "-c", #"read -r pid <"$1" && kill -0 "$pid""#, "sh", host.pidFile] }
}
