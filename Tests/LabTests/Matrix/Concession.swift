/// What a playbook has to say for a mail server that cannot do the same without, and refuses it without.
struct Concession: Sendable, Equatable {
    /// As in the table.
    var words: String
    /// What is replaced in the playbook, where it is there.
    var edits: [Edit]
    /// Senders whose mail is not looked at.
    var without: [String] = []
    /// How mail goes instead.
    var turn: @Sendable (Letter.Way) -> Letter.Way = { $0 }

    static func == (one: Concession, other: Concession) -> Bool { one.words == other.words }

    /// For servers that can neither encrypt nor log in.
    static let clear = Concession(
        words: "`tls: none`",
        edits: [
            Edit(
                "    host: relay.example.net\n    port: 587\n",
                "    host: relay.example.net\n    port: 25\n    tls: none\n"
            ),
            Edit("    host: relay.example.net\n\n", "    host: relay.example.net\n    port: 25\n    tls: none\n\n"),
        ],
        turn: { $0 == .smarthost(port: 587, login: nil) ? .smarthost(port: 25, login: nil, tls: false) : $0 }
    )

    /// For servers that send nothing directly.
    static let withoutExceptions = Concession(
        words: "no `direct` exceptions",
        edits: [Edit("        reports@example.com: direct    # the most exact row wins\n", "")],
        without: ["reports@example.com"]
    )

    /// For servers that look at no certificate.
    static let unverified = Concession(
        words: "`tls: required`",
        edits: [Edit("    tls: verified\n", "    tls: required\n")]
    )

    /// For servers that leave blanks, `#` and `=` in passwords out; all other characters of the awkward one are in it.
    static let withoutBlanks = Concession(
        words: "a password without blanks, `#` and `=`",
        edits: [
            Edit("username: awkward", "username: unblemished"),
            Edit("env:AWKWARD_PASSWORD", "env:UNBLEMISHED_PASSWORD"),
        ],
        turn: { $0 == .smarthost(port: 587, login: "awkward") ? .smarthost(port: 587, login: "unblemished") : $0 }
    )
}

/// One replacement in a playbook's text.
struct Edit: Sendable, Equatable {
    var old: String
    var new: String

    init(_ old: String, _ new: String) { self.old = old; self.new = new }
}
