package import MTAPlan

/// A call that the agent could not do, in words for the operator.
package struct AgentFailure {
    private let call: AgentCall
    private let code: String
    private let why: String

    package init(call: AgentCall, code: String, why: String) {
        self.call = call
        self.code = code
        self.why = why
    }

    package var failure: Failure {
        switch code {
        case "locked":
            Failure(
                "locked by another run: \(why)",
                hint:
                    "wait for it to end; `mtactl backups list` shows its state, and --break-lock removes a stale lock"
            )
        case "unfinished":
            Failure(
                "an earlier run is unfinished: \(why)",
                hint: "`mtactl rollback` puts the host back as it was before that run"
            )
        case "exposed" where why.hasSuffix(" is not a folder"):
            Failure(
                "there is something else where a folder has to be: \(why)",
                hint:
                    "replace it with a folder owned by root, or remove it: mtactl creates \(AgentSession.backups) itself"
            )
        case "exposed":
            Failure(
                "users other than root can write where mtactl changes or backs up files: \(why)",
                hint: "`chown root` and `chmod go-w` make it safe, if nobody else needs to write to it"
            )
        case "lacking":
            Failure("no run can begin: \(why)")
        case "taken":
            Failure(
                "this run is already on the host, and may be at work: \(why)",
                hint: "`mtactl backups list` shows it; without --resume your run gets a name of its own"
            )
        case "unwritable" where why.hasSuffix("Permission denied"):
            Failure(
                "the login user is not root: \(why)",
                hint: "set `become: sudo` or `become: doas` in the inventory, or log in as root"
            )
        case "unwritable":
            Failure("\(AgentSession.backups) cannot be written: \(why)", hint: "is the file system read-only or full?")
        case "moved":
            Failure(
                "changed since it was planned\(detail)",
                hint: "plan again and check the diff"
            )
        case "linked":
            Failure(why, hint: "replace it with a copy (`cp -p`), and plan again")
        case "fixed":
            Failure(
                "a file that was to change cannot be replaced: \(why)",
                hint:
                    "`lsattr -d` shows whether it or its folder is immutable or append-only (`chattr -i` and `-a` clear that), `findmnt` whether its file system is read-only"
            )
        case "mounted":
            Failure(why, hint: "`findmnt` shows from where: unmount it, or put the file itself there, and plan again")
        case "backup":
            Failure("the backup could not be written\(detail)", hint: "is there space under /var/backups?")
        case "setting":
            Failure(
                "a setting could not be changed\(detail)",
                hint: "run the command that `mtactl plan` shows for it on the host"
            )
        case "arm":
            Failure(
                "the dead-man switch could not be armed\(detail)",
                hint: "`systemctl list-timers` on the host shows whether its systemd works"
            )
        case "expired":
            Failure("the host put itself back before it was confirmed", hint: "write a longer `revert-after`")
        case "stage":
            Failure(
                "\(path) could not be written\(detail)",
                hint: "is the file system read-only or full, or the folder immutable? `lsattr -d` shows it"
            )
        case "apart":
            Failure(
                "\(why) belongs to another user, and no folder owned by root is on its file system to rename files from",
                hint:
                    "`findmnt -T \(why)` shows the file system: mount it one folder higher, so that its top folder is root's"
            )
        case "build":
            Failure("the index of \(path) could not be built\(detail)", hint: "try the command on the host by hand")
        case "check":
            Failure("the mail server rejects the new configuration\(detail)", hint: "nothing was put in place")
        case "swap":
            Failure(
                "a file could not be put in place\(detail)",
                hint: "`lsattr` shows whether it is immutable; `findmnt` whether it is a mount point or read-only"
            )
        case "differs":
            Failure(
                "`\(command)` does not print what the change should produce\(detail)",
                hint: "another setting overrides it; see the notes of `mtactl plan`"
            )
        case "rebuild", "reload", "health":
            Failure(
                call.command?.purpose.map { "the host could not \($0)\(detail)" } ?? "`\(command)` failed\(detail)",
                hint: "check the mail server's log on the host"
            )
        case "submit":
            Failure("sendmail did not accept the test message\(detail)", hint: "try `sendmail -bv root` on the host")
        case "hand":
            Failure(
                "the mail server did not accept the test message\(detail)",
                hint: "does it listen on its SMTP port?"
            )
        case "log":
            Failure("the mail log cannot be read\(detail)", hint: "`mtactl facts` shows which log the server writes")
        default:
            Failure("the host could not do `\(call.verb)`\(detail)")
        }
    }

    private var detail: String { why.isEmpty ? "" : ": \(said)" }

    /// What the mail server's own programs said may quote its configuration, so it is chosen what is shown of that.
    private var said: String {
        let quoting: Set = ["build", "check", "differs", "rebuild", "reload", "health", "setting", "submit"]
        guard quoting.contains(code) else { return why }
        return why.split(separator: "\n", omittingEmptySubsequences: false).map { Self.glossary.value($0) }
            .joined(separator: "\n")
    }

    private static let glossary = Glossary(Glossary.knownWords)
    /// The file that the call is about; of several the first.
    private var path: String {
        let place = call.verb == "build" ? 2 : 1
        return call.words.count > place ? call.words[place] : "a file"
    }
    private var command: String { call.command?.description ?? call.verb }
}
