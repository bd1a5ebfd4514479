/// What holds for hosts of which the inventory does not say it: `-u`, `-k` and `-K`, as in Ansible.
package struct HostDefaults: Sendable {
    package var user: String?
    package var asksPassword: Bool
    package var asksBecomePassword: Bool

    package init(user: String? = nil, asksPassword: Bool = false, asksBecomePassword: Bool = false) {
        self.user = user
        self.asksPassword = asksPassword
        self.asksBecomePassword = asksBecomePassword
    }

    /// One answer for all hosts, so one question.
    static let password = SecretReference.prompt("password to log in")
    static let becomePassword = SecretReference.prompt("password to become root")

    /// A password that the inventory has and that cannot be read is asked for like one that it does not have.
    func complete(_ connection: inout HostConnection, _ withheld: inout [HostPassword: Complaint]) {
        connection.user = connection.user ?? user
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
