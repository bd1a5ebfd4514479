/// What holds for hosts of which the inventory does not say it: `-u`, `-k` and `-K`, and ansible.cfg.
package struct HostDefaults: Sendable {
    /// Variables that are weaker than all of the inventory.
    let entries: [HostVariables.Entry]
    private let asksPassword: Bool
    private let asksBecomePassword: Bool

    /// `user`: Who logs in, as `-u` says; stronger than what ansible.cfg says.
    ///
    /// `connectTimeout`: As `--connect-timeout` says it: seconds, or a duration.
    package init(
        user: String? = nil,
        connectTimeout: String? = nil,
        asksPassword: Bool = false,
        asksBecomePassword: Bool = false,
        configuration: AnsibleConfiguration? = nil
    ) {
        let option = user.map { HostVariables.Entry("user", YAMLNode(.quoted($0), at: Place(file: "--user"))) }
        let limit = connectTimeout.map { text in
            HostVariables.Entry(
                "connect-timeout",
                YAMLNode(.quoted(DurationText.withUnit(text)), at: Place(file: "--connect-timeout"))
            )
        }
        entries = [option, limit].compactMap(\.self) + (configuration?.variables ?? [])
        self.asksPassword = asksPassword || configuration?.asksPassword == true
        self.asksBecomePassword = asksBecomePassword || configuration?.asksBecomePassword == true
    }

    /// One answer for all hosts, so one question.
    package static let password = SecretReference.prompt("password to log in")
    package static let becomePassword = SecretReference.prompt("password to become root")

    /// A password that the inventory has and that cannot be read is asked for like one that it does not have.
    func complete(_ connection: inout HostConnection, _ withheld: inout [HostPassword: Complaint]) {
        if asksPassword, connection.password == nil {
            connection.password = Self.password
            withheld[.login] = nil
        }
        if asksBecomePassword, connection.becomePassword == nil {
            connection.becomePassword = Self.becomePassword
            withheld[.become] = nil
        }
    }
}
