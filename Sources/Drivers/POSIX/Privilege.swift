package import MTAPlan

/// How a login user becomes the one who may change a mail server.
package enum Privilege: Sendable, Equatable {
    /// The login user is root.
    case none
    /// sudo(8). The password is asked for only when sudo asks.
    ///
    /// `missing`: Why there is none, where the inventory has one that cannot be read.
    case sudo(password: Secret?, missing: Failure? = nil)
    /// doas(1), which reads passwords from a terminal only, so it has to be `nopass`.
    case doas
}

extension Host {
    /// Starts `/bin/sh -s`, with the rights that `privilege` gives, and hands it over ready to read a program.
    package func startRootShell(
        _ privilege: Privilege,
        marks: AdmissionMarks = .random()
    ) async throws(Failure) -> any Shell {
        let announced = "/bin/sh -c 'echo; echo \(marks.entry); exec /bin/sh -s'"
        let command: String
        let admission: Admission
        switch privilege {
        case .none:
            return try await start("exec /bin/sh -s")
        case .sudo(let password, let missing):
            command = "exec sudo -S -p \(marks.prompt) -- \(announced)"
            admission = Admission(marks: marks, program: "sudo", password: password, missing: missing)
        case .doas:
            command = "exec doas -n \(announced)"
            admission = Admission(marks: marks, program: "doas", password: nil, missing: nil)
        }
        let shell = try await start(command)
        do throws(Failure) {
            try await admission.pass(shell)
            return shell
        } catch {
            await shell.close()
            throw error
        }
    }
}

/// By which a new shell is seen to ask for a password, and to be there.
///
/// They are in a command line, where everybody on the host can read them, so they are good for this one moment: what
/// frames a host's answers is another secret, which goes through the shell's input alone.
package struct AdmissionMarks: Sendable, Equatable {
    package var prompt: String
    package var entry: String

    package init(prompt: String, entry: String) {
        self.prompt = prompt
        self.entry = entry
    }

    /// Independent of each other and of everything else.
    package static func random() -> AdmissionMarks {
        AdmissionMarks(prompt: Token.random(bytes: 16) + "password", entry: Token.random(bytes: 16) + "in")
    }
}

/// Waits until sudo or doas accepts, and gives the password at most once.
private struct Admission {
    let marks: AdmissionMarks
    let program: String
    let password: Secret?
    let missing: Failure?

    func pass(_ shell: any Shell) async throws(Failure) {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var asked = 0
        while let next = try await shell.read(within: .seconds(30)) {
            switch next {
            case .output(let bytes): output += bytes
            case .errors(let bytes): errors += bytes
            }
            // What a login shell prints by itself comes before our line.
            if output.contains(line: marks.entry) { return }
            let prompts = errors.occurrences(of: marks.prompt)
            if prompts > asked {
                asked = prompts
                guard asked == 1 else { throw .wrongPassword(program) }
                guard let password else { throw .passwordWanted(program, missing) }
                try await shell.write(password.reveal() + [UInt8(ascii: "\n")])
            }
            if output.count + errors.count > 1 << 20 { throw .noise(program) }
        }
        throw .notAdmitted(program, words: errors)
    }
}

extension [UInt8] {
    fileprivate func contains(line: String) -> Bool {
        split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
            .contains { $0.elementsEqual(line.utf8) }
    }

    fileprivate func occurrences(of text: String) -> Int {
        let text = Array(text.utf8)
        guard count >= text.count else { return 0 }
        return indices.dropLast(text.count - 1).count { self[$0..<$0 + text.count].elementsEqual(text) }
    }
}

extension Failure {
    fileprivate static func wrongPassword(_ program: String) -> Failure {
        Failure("\(program) did not accept the password", hint: "check `become-password` in the inventory")
    }

    fileprivate static func passwordWanted(_ program: String, _ missing: Failure?) -> Failure {
        if let missing {
            let place = missing.place.map { "\($0): " } ?? ""
            return Failure("\(program) asks for a password, and \(place)\(missing.problem)", hint: missing.hint)
        }
        return Failure(
            "\(program) asks for a password and there is none",
            hint: "set `become-password: env:NAME` in the inventory, or allow the user NOPASSWD"
        )
    }

    fileprivate static func noise(_ program: String) -> Failure {
        Failure("\(program) printed more than a megabyte instead of starting a shell")
    }

    fileprivate static func notAdmitted(_ program: String, words: [UInt8]) -> Failure {
        let said = Printable.text(words.suffix(300)).split(separator: "\n").last.map(String.init) ?? "nothing"
        let hint =
            program == "doas"
            ? "doas takes no password without a terminal: write `permit nopass USER` in doas.conf, or use sudo"
            : "log in and try `sudo -l`; where sudo is missing, set `become: none` and log in as root"
        return Failure("\(program) did not start a root shell, it said: \(said)", hint: hint)
    }
}
