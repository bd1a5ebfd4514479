internal import MTAPlan

/// Exchange's configuration is in Active Directory, and a login by key cannot be passed on to it.
///
/// The texts are those of Win32-OpenSSH's issues 1881 (snap-in), 1115 (Exchange 2010) and 2100 (remote session).
enum SecondHop {
    /// What is behind the words of an error; `nil` where it is something else.
    static func failure(for words: String) -> Failure? {
        let isRefused =
            words.contains("Active Directory operation failed") && words.contains("supplied credential")
            || words.contains("Value cannot be null") && words.contains("Parameter name: parameters")
            || words.contains("0x8009030e") || words.contains("A specified logon session does not exist")
        guard isRefused else { return nil }
        return Failure(
            "Exchange does not let this login in, as a login by key cannot be passed on to Active Directory: "
                + Printable.line(words),
            hint: "log in with a password, or write `exchange: {shell-login: {username: …, password: …}}`, "
                + "or use `mtactl script` and run its file in Exchange's own shell"
        )
    }
}

extension ExecutorAnswer.Trouble {
    /// In words for the operator.
    ///
    /// `task`: What was tried: `reading the connectors`.
    func failure(_ task: String) -> Failure {
        if let failure = SecondHop.failure(for: message) { return failure }
        if category == "ObjectNotFound", id.contains("CommandNotFound") {
            return Failure(
                "\(task): \(Printable.line(message))",
                hint: "is the account of the login a member of `Organization Management`?"
            )
        }
        return Failure("\(task): \(Printable.line(message))")
    }
}
