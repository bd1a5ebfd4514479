package import MTAPlan

/// What goes to the standard input of the executor: see `docs/windows-executor.md`.
///
/// Secrets are written out here, and nowhere else on their way to a Windows host.
package struct ExecutorDocument: Sendable {
    /// How to get the cmdlets of Exchange, for calls that need them.
    package enum Shell: String, Sendable {
        case none, auto
    }

    package var nonce: String
    package var shell: Shell
    package var login: ShellLogin?
    package var calls: [ExecutorCall]

    package init(nonce: String, shell: Shell = .auto, login: ShellLogin? = nil, calls: [ExecutorCall]) {
        self.nonce = nonce
        self.shell = shell
        self.login = login
        self.calls = calls
    }

    /// The document's text.
    ///
    /// - Throws: When a secret was not looked up, or is not text.
    package func text(secrets: Secrets) throws(Failure) -> String {
        var logins = Logins()
        var body: [String] = []
        for call in calls {
            body.append(["call", call.id, call.call.cmdlet, call.isNeeded ? "must" : "may"].joined(separator: "\t"))
            for parameter in call.call.parameters {
                body.append(try Self.line(of: parameter, &logins, secrets))
            }
            body += call.call.properties.map { "get\t\($0.name)" }
        }
        var head = ["nonce\t\(nonce)"]
        var opening = "shell\t\(shell.rawValue)"
        if let login { opening += "\t" + (try logins.id(login.username, login.password)) }
        head += logins.lines
        return (head + [opening] + body).map { $0 + "\n" }.joined()
    }

    /// The two lines that the bootstrap reads.
    package func input(secrets: Secrets) throws(Failure) -> [UInt8] {
        let lines = [PowerShellProgram.executor, Array(try text(secrets: secrets).utf8)]
        return lines.flatMap { Base64.bytes($0) + [UInt8(ascii: "\n")] }
    }

    private static func line(
        of parameter: PowerShellCall.Parameter,
        _ logins: inout Logins,
        _ secrets: Secrets
    ) throws(Failure) -> String {
        let value: [String]
        switch parameter.value {
        case .text(let text), .answered(_, let text): value = ["text", encoded(text)]
        case .list(let texts): value = ["list", texts.map(encoded).joined(separator: ",")]
        case .flag(let isOn): value = ["flag", isOn ? "1" : "0"]
        case .number(let number): value = ["number", "\(number)"]
        case .nothing: value = ["null"]
        case .credential(let username, let password):
            value = ["login", try logins.id(username, try secrets.value(of: password))]
        }
        return (["arg", parameter.name] + value).joined(separator: "\t")
    }

    static func encoded(_ text: String) -> String { String(decoding: Base64.bytes(Array(text.utf8)), as: UTF8.self) }

    /// The credentials of a document, each once.
    private struct Logins {
        var lines: [String] = []

        mutating func id(_ username: String, _ password: Secret) throws(Failure) -> String {
            guard String(validating: password.reveal(), as: UTF8.self) != nil else {
                throw Failure(
                    "the password of \(Printable.line(username)) is not text",
                    hint: "Exchange accepts only text"
                )
            }
            let id = "l\(lines.count + 1)"
            let secret = String(decoding: Base64.bytes(password.reveal()), as: UTF8.self)
            lines.append(["login", id, encoded(username), secret].joined(separator: "\t"))
            return id
        }
    }
}
