internal import Crypto

/// A rule by which a product sends mail to a relay: the first enabled one whose condition holds decides.
///
/// Source: the IDL of Kerio Connect's Administration API (`RelayDeliveryRule`), in whose comments the password is
/// write-only and stands for another rule's where it is that rule's id.
package struct RelayRule: Sendable, Hashable {
    /// As it was read, with members that mtactl does not know.
    package private(set) var value: APIValue
    package var isEnabled: Bool
    package var description: RuleDescription
    package let host: String
    package let port: Int
    /// `nil` where it does not log in and has no user name.
    package let username: String?
    package let condition: Condition

    package struct Condition: Sendable, Hashable, Codable {
        package var test: Test
        package var isNegated: Bool
        /// `*@example.com`; empty where nothing is tested.
        package var pattern: String

        package enum Test: String, Sendable, Hashable, Codable {
            case none = "RelayCondNone"
            case recipient = "RelayCondRecipient"
            case sender = "RelayCondSender"
        }

        package init(_ test: Test = .none, isNegated: Bool = false, pattern: String = "") {
            self.test = test
            self.isNegated = isNegated
            self.pattern = pattern
        }

        package var words: String {
            switch test {
            case .none: "all mail"
            case .recipient: "recipient \(isNegated ? "is not" : "is") \(pattern)"
            case .sender: "sender \(isNegated ? "is not" : "is") \(pattern)"
            }
        }
    }

    /// - Returns: `nil` if it is not a rule as documented.
    package init?(_ value: APIValue) {
        guard let isEnabled = value["isEnabled"]?.flag, let description = value["description"]?.text,
            let host = value["hostName"]?.text, let port = value["port"]?.integer,
            let login = value["authentication"], let isRequired = login["isRequired"]?.flag,
            let username = login["userName"]?.text, let condition = value["condition"],
            let test = condition["test"]?.text.flatMap({ Condition.Test(rawValue: $0) }),
            let comparator = condition["comparator"]?.text, let pattern = condition["pattern"]?.text,
            ["RelayCompEqual", "RelayCompNotEqual"].contains(comparator)
        else { return nil }
        self.value = value
        self.isEnabled = isEnabled
        self.description = RuleDescription(description)
        self.host = host
        self.port = port
        self.username = isRequired || !username.isEmpty ? username : nil
        self.condition =
            test == .none ? Condition() : Condition(test, isNegated: comparator != "RelayCompEqual", pattern: pattern)
    }

    /// A new rule, with a login or without; its password comes when it is written.
    package init(_ description: RuleDescription, host: String, port: Int, username: String?, _ condition: Condition) {
        isEnabled = true
        self.description = description
        self.host = host
        self.port = port
        self.username = username
        self.condition = condition
        value = .object([
            "id": .text(""), "hostName": .text(host), "port": .integer(port),
            "authentication": .object([
                "isRequired": .flag(username != nil), "userName": .text(username ?? ""), "password": .text(""),
                "authType": .text("Auth"),
            ]),
            "condition": .object([
                "test": .text(condition.test.rawValue),
                "comparator": .text(condition.isNegated ? "RelayCompNotEqual" : "RelayCompEqual"),
                "pattern": .text(condition.pattern),
            ]),
        ])
    }

    /// As it is written, with a password where it has a login.
    package func written(password: String?) -> APIValue {
        var members = current
        guard let password, case .object(var login)? = members["authentication"] else { return .object(members) }
        login["password"] = .text(password)
        members["authentication"] = .object(login)
        return .object(members)
    }

    private var current: [String: APIValue] {
        var members = value.object ?? [:]
        members["isEnabled"] = .flag(isEnabled)
        members["description"] = .text(description.text)
        return members
    }

    /// All of it but what the product makes up or hides: the id and the password.
    private var lasting: APIValue {
        var members = current
        members["id"] = nil
        guard case .object(var login)? = members["authentication"] else { return .object(members) }
        login["password"] = nil
        members["authentication"] = .object(login)
        return .object(members)
    }

    /// Whether two rules are one, but for the id and the password that nobody can read.
    package func isSame(as other: RelayRule) -> Bool { lasting == other.lasting }

    /// SHA-256, in hexadecimal, of what `isSame` compares, with marks or without.
    package func digest(withMarks: Bool) -> String {
        var rule = self
        if !withMarks { rule.description = RuleDescription(title: description.title) }
        return SHA256.hash(data: Array(rule.lasting.canonical.utf8)).hexadecimal
    }

    package var mark: String { String(digest(withMarks: false).prefix(8)) }

    /// Whether mtactl made it.
    package var isOurs: Bool { description.isOwn || description.marks.contains { $0.part == .new } }

    /// Whether mtactl has switched it off, and nobody has switched it on since.
    package var isOffByUs: Bool { !isEnabled && description.marks.last { $0.part != .new }?.part == .off }

    /// As messages and playbooks call it: its description, or where it has none, its host and port.
    package var name: String { description.title.isEmpty ? "\(host):\(port)" : description.title }

    /// Its properties as they are shown, sorted by name.
    package var shown: [String] {
        [
            "condition: \(condition.words)", "enabled: \(isEnabled ? "yes" : "no")", "host: \(host)",
            "login: \(username ?? "none")", "port: \(port)",
        ]
        .map(Printable.line)
    }

    /// What a plan shows of the rule that is made, where `before` is `nil`, or changed.
    package func edit(from before: RelayRule?) -> Edit {
        let bytes = { (lines: [String]) in Array(lines.map { $0 + "\n" }.joined().utf8) }
        let name = "relay rule \(Printable.line(name))"
        let diff = LineDiff.unified((before?.shown).map(bytes), bytes(shown), path: "/\(name)", context: 5)
        return Edit(.object, name, before == nil ? .create : .edit, diff: diff)
    }

    /// The same account: who knows its password knows that of this rule.
    package var account: RelayAccount? { username.map { RelayAccount(host: host, port: port, username: $0) } }
}

/// The account a rule logs in with, and where.
package struct RelayAccount: Sendable, Hashable, Codable {
    package var host: String
    package var port: Int
    package var username: String

    package init(host: String, port: Int, username: String) {
        self.host = host.lowercased()
        self.port = port
        self.username = username
    }
}

extension APIValue {
    /// One text for each value.
    fileprivate var canonical: String {
        switch self {
        case .null: "n"
        case .flag(let flag): flag ? "t" : "f"
        case .integer(let number): "i\(number);"
        case .number(let number): "d\(number);"
        case .text(let text): "s\(text.utf8.count):\(text)"
        case .list(let values): "l\(values.count):" + values.map(\.canonical).joined()
        case .object(let members):
            "o\(members.count):"
                + members.sorted { $0.key < $1.key }.map { "\($0.key.utf8.count):\($0.key)\($0.value.canonical)" }
                .joined()
        }
    }
}
