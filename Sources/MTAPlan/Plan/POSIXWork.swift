internal import Crypto

/// All that a POSIX host is to be changed by, in the words that the agent performs.
package struct POSIXWork: Sendable, Hashable, Codable {
    /// Only what differs from what was found, in the order of `FileChange.Kind`.
    package var files: [FileChange]
    /// Only what differs from what was found; written one after another, when the files are in their places and before
    /// those that go are removed.
    package var settings: [SettingChange] = []
    /// Whole paths of files that `rebuild` or the server makes from others: backed up, and put back, with them.
    package var derived: [String]
    /// Those of them that can be determined beforehand, to be shown.
    ///
    /// Not in a saved plan, whose edits show them.
    package var foreseen: [ForeseenFile] = []
    /// Run on copies before anything is put in place.
    package var check: StagedCheck?
    /// Run after the files are in place, before the reload.
    package var rebuild: [Command]
    package var reload: [Command]
    /// Run only where the host is put back, after the reload, which restoring does too.
    package var afterRestore: [Command] = []
    /// Starts a daemon that does not run any more: when files were put back and cannot be reloaded.
    package var start: [Command] = []
    /// Commands that exit 0 when the daemon runs.
    package var health: [Command]
    /// The process that `health` is about, where its number is kept in a file: then a look at it may do for the command.
    package var daemon: Daemon?
    /// The mail server's own users, where its files are in folders of theirs: nobody else's are relied on, but root's.
    package var owners: [String] = []
    /// What the mail server must say of itself afterwards.
    package var expectations: [Expectation]

    private enum CodingKeys: CodingKey {
        case files, settings, derived, check, rebuild, reload, afterRestore, start, health, daemon, owners, expectations
    }

    package init(
        files: [FileChange],
        settings: [SettingChange] = [],
        derived: [String] = [],
        check: StagedCheck? = nil,
        rebuild: [Command] = [],
        reload: [Command],
        health: [Command] = [],
        expectations: [Expectation] = []
    ) {
        self.files = files
        self.settings = settings
        self.derived = derived
        self.check = check
        self.rebuild = rebuild
        self.reload = reload
        self.health = health
        self.expectations = expectations
    }

    /// What changes, as it is shown: the files that are put in place, the settings, then files that the host makes of them.
    package var edits: [Edit] { files.map(\.edit) + settings.map(\.edit) + foreseen.map(\.edit) }

    /// All that is run on the host, in order, with the file that a command is about in place of `{}`.
    package var commands: [Command] {
        (check?.commands.map { $0.filled("STAGED") } ?? [])
            + files.compactMap { file in
                if case .file = file.wanted { file.index?.build.filled(file.path) } else { nil }
            } + settings.map(\.write.command) + rebuild + reload + health
    }

    /// References to the secrets that are in the files and settings.
    package var secrets: Set<SecretReference> {
        var secrets = Set(settings.flatMap(\.wanted.secrets))
        for file in files {
            if case .file(let content, _, _, _) = file.wanted { secrets.formUnion(content.secrets) }
        }
        return secrets
    }

    /// A folder with copies of `files`, staged where they are to change, in which the server's own check runs.
    ///
    /// The check fails when a command exits non-zero, or prints a line on stderr that it does not print for the
    /// files as they are now. `{}` in a word stands for the folder.
    package struct StagedCheck: Sendable, Hashable, Codable {
        package var files: [String]
        package var commands: [Command]

        package init(files: [String], commands: [Command]) {
            self.files = files
            self.commands = commands
        }
    }

    /// A process, by the file with its number, and by its name as Linux has it in `/proc/NUMBER/comm`.
    package struct Daemon: Sendable, Hashable, Codable {
        package var file: String
        package var name: String

        package init(file: String, name: String) {
            self.file = file
            self.name = name
        }
    }

    package struct Expectation: Sendable, Hashable, Codable {
        package var command: Command
        /// Its whole output, less the last line break; empty in a saved plan, as it may be the host's words.
        package var output = ""
        /// SHA-256 of the output with a line break at its end, in hexadecimal.
        package var digest: String

        private enum CodingKeys: CodingKey { case command, digest }

        package init(_ command: Command, prints output: String) {
            self.command = command
            self.output = output
            digest = SHA256.hash(data: Array("\(output)\n".utf8)).hexadecimal
        }
    }
}
