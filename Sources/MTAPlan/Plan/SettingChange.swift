internal import Crypto

/// One value that a program of a host reads and writes: what it is expected to be, and what it is to become.
///
/// A value is text, of one line or of several: what `read` prints, less the last line break. A setting always has one,
/// which may be empty. That a program can also forget a setting is not known here.
package struct SettingChange: Sendable, Hashable {
    /// What people know it by, on one line, and not beginning with `/`: `C_Mail_SMTP_General_RelayMailServer`.
    package var name: String
    /// Prints the value and a line break, and nothing else; run as often as the value has to be looked at.
    package var read: Command
    package var write: Write
    /// The answer of the facts that holds what `read` prints.
    package var answer: String
    /// SHA-256 of the value with a line break at its end, in hexadecimal; `nil` in a saved plan where the value that was
    /// found holds a secret, as a hash of it could be searched for a weak password.
    package internal(set) var expected: String?
    package internal(set) var wanted: Content
    /// Whether the value, as found or as wanted, may hold a secret: then nothing that its programs print is passed on.
    package var isSecret: Bool
    /// Whether the value as found holds no secret, so that it may be shown word by word, and hashed.
    package internal(set) var isHarmless: Bool
    /// The diff as it was chosen to be shown; `nil` until then.
    package internal(set) var shown: String?
    var origin: FileChange.Origin

    /// How the program takes a new value.
    package enum Write: Sendable, Hashable, Codable {
        /// On its standard input, with a line break at the end.
        case input(Command)
        /// As its last argument, as there are programs that take it in no other way. While such a program runs, everybody on
        /// the host who may see its processes sees the value; the plan says so where it is a secret.
        case argument(Command)

        package var command: Command {
            switch self {
            case .input(let command), .argument(let command): command
            }
        }

        /// What is run on the host, with the value and a line break on its standard input.
        ///
        /// As an administrator's shell does it: what such a program writes anew would else be closed to its own daemon.
        package var program: Command {
            switch self {
            case .input(let command): command
            case .argument(let command): Command(["sh", "-c", #"umask 022; exec "$@" "$(cat)""#, "sh"] + command.words)
            }
        }
    }

    /// Of `wanted`, which is without a last line break, bytes may be those of the value as found.
    ///
    /// `isHarmless`: Whether the server's definition knows that the value as found holds no secret.
    ///
    /// - Throws: When the facts have no such answer, or a secret of `wanted` was not looked up.
    package init(
        _ name: String,
        answer: String,
        in facts: Facts,
        read: Command,
        write: Write,
        wanted: Content,
        isHarmless: Bool = false
    ) throws(Failure) {
        guard let found = facts.value(of: answer) else { throw .unknown(name, read) }
        self.name = name
        self.answer = answer
        self.read = read
        self.write = write
        self.wanted = wanted
        expected = Self.digest(found)
        origin = .planned(over: found)
        self.isHarmless = isHarmless
        isSecret = !wanted.secrets.isEmpty || !isHarmless
    }

    /// The change as it is shown and counted.
    package var edit: Edit {
        Edit(.setting, name, .edit, diff: shown ?? "")
    }

    /// What a plan has to say of a secret that is in an argument list for a moment; `nil` where none does.
    package var exposure: String? {
        guard case .argument(let command) = write, isSecret, let program = command.words.first else { return nil }
        return
            "`\(name)`: `\(program)` takes the value only as an argument, so for a moment it is visible in the host's process list"
    }

    /// The new value and a line break, as the host is given it.
    package func rendered(with secrets: Secrets) throws(Failure) -> [UInt8] {
        try wanted.rendered(with: secrets) + [0x0A]
    }

    private static func digest(_ value: [UInt8]) -> String { SHA256.hash(data: value + [0x0A]).hexadecimal }

    /// The value as it was found, without its last line break; `nil` in a change of a saved plan.
    var found: [UInt8]? { if case .planned(let found) = origin { found } else { nil } }
}

extension Facts {
    /// What a command printed, less the last line break, if it was run and exited 0.
    fileprivate func value(of answer: String) -> [UInt8]? {
        guard let answer = answers[answer], answer.status == 0 else { return nil }
        return answer.output.last == 0x0A ? Array(answer.output.dropLast()) : answer.output
    }
}

/// A change in a saved plan: of the host's own bytes it holds none, but says which of them stay where.
extension SettingChange: Codable {
    private enum Key: CodingKey { case name, read, write, answer, expected, wanted, isSecret }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(name, forKey: .name)
        try values.encode(read, forKey: .read)
        try values.encode(write, forKey: .write)
        try values.encode(answer, forKey: .answer)
        try values.encodeIfPresent(knowable, forKey: .expected)
        try values.encode(origin.spared(wanted, linesAlone: isHarmless), forKey: .wanted)
        try values.encode(isSecret, forKey: .isSecret)
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        name = try values.decode(String.self, forKey: .name)
        read = try values.decode(Command.self, forKey: .read)
        write = try values.decode(Write.self, forKey: .write)
        answer = try values.decode(String.self, forKey: .answer)
        expected = try values.decodeIfPresent(String.self, forKey: .expected)
        wanted = try values.decode(Content.self, forKey: .wanted)
        isSecret = try values.decode(Bool.self, forKey: .isSecret)
        isHarmless = expected != nil
        origin = .saved
    }

    /// The hash of the value as found, where it may be known.
    private var knowable: String? { isHarmless ? expected : nil }

    /// The change with the host's bytes in their places.
    ///
    /// - Throws: When the value is not what it was when the plan was made, as far as that is known.
    package func filled(from facts: Facts) throws(Failure) -> SettingChange {
        guard case .saved = origin else { return self }
        guard let found = facts.value(of: answer) else { throw .unknown(name, read) }
        let digest = Self.digest(found)
        guard expected == nil || expected == digest else {
            throw Failure(
                "\(name) has changed since it was planned",
                hint: "plan again and check the diff"
            )
        }
        var filled = self
        filled.expected = digest
        filled.wanted = wanted.filled(from: found)
        filled.origin = .planned(over: found)
        return filled
    }

    /// Whether the host has the value already; `nil` where that cannot be determined.
    package func isDone(in facts: Facts, secrets: Secrets) throws(Failure) -> Bool? {
        if wanted.isSpared { return nil }
        return facts.value(of: answer) == (try wanted.rendered(with: secrets))
    }
}

extension FileChange.Origin {
    /// What is wanted, without the host's bytes.
    fileprivate func spared(_ wanted: Content, linesAlone: Bool) -> Content {
        if case .planned(let found) = self { wanted.sparing(found, linesAlone: linesAlone) } else { wanted }
    }
}

extension Failure {
    fileprivate static func unknown(_ name: String, _ read: Command) -> Failure {
        Failure("the value of \(name) is not known", hint: "on the host, `\(read)` must print it")
    }
}
