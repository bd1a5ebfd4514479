/// All that a host is to be changed by through its administration interface.
///
/// Only the API driver opens this. It holds our own rules and digests, and of the host's rules their places and names.
package struct APIWork: Sendable, Hashable, Codable {
    /// `RelayRules.digest` of the list as it was found: otherwise something was changed since the plan was made.
    package var found: String
    /// In the order in which they are to be.
    package var rules: [NewRule]
    /// The places, in the list as it was found, of rules that are switched off.
    package var off: [Int]
    /// The same of rules that earlier runs have switched off, and that are switched on again.
    package var on: [Int]
    /// Whether the server is told to use TLS where the other side offers it.
    package var switchesTLSOn: Bool
    /// The passwords that are known: a list is written as a whole, with that of each rule in it.
    package var passwords: [KnownPassword]

    package init(
        found: String,
        rules: [NewRule] = [],
        off: [Int] = [],
        on: [Int] = [],
        switchesTLSOn: Bool = false,
        passwords: [KnownPassword] = []
    ) {
        self.found = found
        self.rules = rules
        self.off = off
        self.on = on
        self.switchesTLSOn = switchesTLSOn
        self.passwords = passwords
    }

    package var isEmpty: Bool { !writesRules && !switchesTLSOn }
    package var writesRules: Bool { !rules.isEmpty || !off.isEmpty || !on.isEmpty }

    /// A rule that is made.
    package struct NewRule: Sendable, Hashable, Codable {
        package var title: String
        package var host: String
        package var port: Int
        package var username: String?
        package var condition: RelayRule.Condition
        /// The rule of the list as it was found that it is put before.
        package var place: Int

        package init(
            _ title: String,
            host: String,
            port: Int,
            username: String?,
            _ condition: RelayRule.Condition,
            place: Int = 0
        ) {
            self.title = title
            self.host = host
            self.port = port
            self.username = username
            self.condition = condition
            self.place = place
        }

        package var rule: RelayRule {
            RelayRule(RuleDescription(title: title), host: host, port: port, username: username, condition)
        }
    }

    /// Where to get the password of an account.
    package struct KnownPassword: Sendable, Hashable, Codable {
        package var account: RelayAccount
        package var password: SecretReference

        package init(_ account: RelayAccount, _ password: SecretReference) {
            self.account = account
            self.password = password
        }
    }

    package var secrets: Set<SecretReference> { Set(passwords.map(\.password)) }

    /// The calls as they are shown.
    var commands: [Command] {
        (writesRules ? [Command(["write the list of relay rules"])] : [])
            + (switchesTLSOn ? [Command(["switch on TLS for outgoing mail"])] : [])
    }

    /// What cannot be passed to a host: a name or value with a control character in it.
    var unsafeArgument: String? {
        let words = rules.flatMap { [$0.title, $0.host, $0.username ?? "", $0.condition.pattern] }
        return words.first { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } }
    }
}
