import MTAPlan

/// What is run on the host, in sh.
struct SendmailCommands: Sendable {
    let host: SendmailHost

    /// Our lines of sendmail.cf.
    var lines: Command {
        ["grep", "-e", "^DSmtactl-", "-e", "^Kmtactl", "-e", "^Mmtactl-", "\(SendmailHost.folder)/sendmail.cf"]
    }

    /// Prints the way that each probe takes by Sendmail's own rules, one line each.
    func ways(of probes: [SendmailProbe]) -> Command {
        Command(program: PackageResources.sendmail_ways_sh, [host.program] + probes.flatMap(\.lines))
    }

    /// Makes a sendmail.cf of the staged source and has Sendmail read it.
    ///
    /// m4 exits 0 after an error of FEATURE, but tells it on stderr, where the agent looks.
    func check(_ source: String) -> Command {
        let name = source.split(separator: "/").last.map(String.init) ?? source
        return Command(
            to: "have m4 and Sendmail read the staged files",
            program: PackageResources.sendmail_staged_sh,
            ["{}", name, host.program, SendmailHost.folder] + host.argumentsBeforeSource
        )
    }

    /// Restarts the daemon with the new configuration, and waits until it takes mail again.
    ///
    /// On SIGHUP it executes itself, under a new process id: sendmail(8). It writes the id down once it listens; mail
    /// that is submitted before would wait in the submission queue for the next of its runs.
    var reload: Command {
        Command(
            to: "restart Sendmail",
            program: PackageResources.sendmail_reload_sh,
            [host.pidFile]
        )
    }

    var isRunning: Command {
        Command(to: "check that Sendmail is running", program: PackageResources.sendmail_health_sh, [host.pidFile])
    }
}
