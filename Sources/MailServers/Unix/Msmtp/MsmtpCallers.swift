import MTAPlan

/// Who sends through msmtp past the settings of the system, and so past the playbook's routes.
struct MsmtpCallers {
    private let facts: Facts

    init(_ facts: Facts) { self.facts = facts }

    /// How many are named in the plan.
    private static let most = 5

    /// A sentence for each.
    var notes: [String] {
        let all = php + users
        guard all.count > Self.most else { return all }
        return all.prefix(Self.most) + ["\(all.count - Self.most) more send through msmtp with settings of their own"]
    }

    // MARK: PHP

    /// PHP hands its mail to the command in `sendmail_path`: php.net, "Mail: runtime configuration".
    private var php: [String] {
        (facts.text("msmtp.php") ?? "").split(separator: "\n").compactMap { line in
            guard let colon = line.firstIndex(of: ":"), let equals = line[colon...].firstIndex(of: "=") else {
                return nil
            }
            let command = line[line.index(after: equals)...].filter { $0 != "\"" && $0 != "'" }
            guard let way = Self.way(command.split(whereSeparator: \.isWhitespace).map(String.init)) else { return nil }
            return "PHP sends with \(way), as \(String(line[..<colon]).escaped) says, and continues to do so"
        }
    }

    /// What a command takes in place of the system's default account; `nil` where it takes that, or is not msmtp.
    ///
    /// Source: msmtp(1), `-C`, `-a`, `--host`.
    static func way(_ words: [String]) -> String? {
        guard words.first?.split(separator: "/").last == "msmtp" else { return nil }
        for (index, word) in words.enumerated() {
            let following = index + 1 < words.count ? words[index + 1] : ""
            guard let (name, value) = choice(word, following) else { continue }
            return value == "default" ? nil : "\(name) `\(value.escaped)`"
        }
        return nil
    }

    private static let choices = [
        "-C": "the settings in", "--file": "the settings in", "-a": "the account", "--account": "the account",
        "--host": "the smarthost",
    ]

    /// `-a NAME`, `-aNAME`, `--account NAME`, `--account=NAME`.
    private static func choice(_ word: String, _ following: String) -> (name: String, value: String)? {
        if let name = choices[word] { return (name, following) }
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2, let name = choices[parts[0]] { return (name, parts[1]) }
        guard word.utf8.count > 2, let name = choices[String(word.prefix(2))] else { return nil }
        return (name, String(word.dropFirst(2)))
    }

    // MARK: Users

    /// A user's own settings come before the system's: msmtp(1), "FILES".
    private var users: [String] {
        (facts.text("msmtp.users") ?? "").split(separator: "\n").map {
            "\(String($0).escaped) takes precedence over the system's settings for its user's mail, and continues to do so"
        }
    }
}
