/// What ansible.cfg says about hosts and how to reach them; the rest of it is Ansible's own business.
///
/// Source: ansible-core 2.19, “Ansible configuration settings”, and Python's configparser.
package struct AnsibleConfiguration: Sendable {
    /// Its inventories, as paths or lists of hosts.
    package private(set) var inventories: [String] = []
    package private(set) var asksPassword = false
    package private(set) var asksBecomePassword = false
    /// Under the names that inventories have for the same.
    private(set) var variables: [HostVariables.Entry] = []
    /// The settings that count, for the operator: `remote_user`.
    package private(set) var names: [String] = []

    private static let variableOf: [String: [String: String]] = [
        "defaults": [
            "remote_user": "ansible_user", "remote_port": "ansible_port", "timeout": "ansible_ssh_timeout",
            "private_key_file": "ansible_ssh_private_key_file", "transport": "ansible_connection",
        ],
        "privilege_escalation": [
            "become": "ansible_become", "become_method": "ansible_become_method", "become_user": "ansible_become_user",
        ],
        "ssh_connection": [
            "ssh_args": "ansible_ssh_args", "ssh_common_args": "ansible_ssh_common_args",
            "ssh_extra_args": "ansible_ssh_extra_args",
        ],
    ]

    /// - Throws: When the file is too large or UTF-16.
    package init(_ bytes: [UInt8], file: String) throws(Failure) {
        let text: INIText
        do throws(Complaint) { text = try INIText(bytes, file: file) } catch { throw error.failure }
        let folder = folder(of: file)
        for setting in Self.settings(text) {
            let value = setting.value
            switch (setting.section, setting.name) {
            case ("defaults", "inventory"), ("defaults", "hostfile"):
                inventories = Self.sources(value, in: folder)
            case ("defaults", "ask_pass"): asksPassword = Self.isTrue(value)
            case ("privilege_escalation", "become_ask_pass"): asksBecomePassword = Self.isTrue(value)
            default:
                guard let variable = Self.variableOf[setting.section]?[setting.name], !value.isEmpty else { continue }
                let isPath = setting.name == "private_key_file"
                let meant = isPath ? SecretReference.path(value, in: folder) : value
                variables.removeAll { $0.name == variable }
                variables.append(HostVariables.Entry(variable, YAMLNode(.quoted(meant), at: setting.place)))
            }
            names.append(setting.name)
        }
    }

    /// Paths with commas between them, from the file's folder; or, with a comma behind the last, a list of hosts.
    private static func sources(_ value: String, in folder: String) -> [String] {
        let parts = value.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        return parts.map { SecretReference.path($0, in: folder) }
    }

    private static func isTrue(_ value: String) -> Bool {
        ["true", "yes", "on", "y", "t", "1"].contains(value.lowercased())
    }

    private struct Setting {
        var section: String
        var name: String
        var value: String
        var place: Place
    }

    private static func settings(_ text: INIText) -> [Setting] {
        var section = ""
        var settings: [Setting] = []
        for line in text.lines {
            if line.text.isEmpty || line.text.hasPrefix("#") || line.text.hasPrefix(";") { continue }
            if line.text.hasPrefix("["), let close = line.text.firstIndex(of: "]") {
                section = String(line.text[line.text.index(after: line.text.startIndex)..<close])
            } else if line.place.column > 1, let last = settings.indices.last {
                // An indented line goes on with the value before.
                settings[last].value += " " + withoutComment(line.text)
            } else if let equals = line.text.firstIndex(where: { $0 == "=" || $0 == ":" }) {
                let name = line.text[..<equals].trimmed.lowercased()
                let value = unquoted(withoutComment(line.text[line.text.index(after: equals)...].trimmed))
                settings.append(Setting(section: section, name: name, value: value, place: line.place))
            }
        }
        return settings
    }

    /// A `;` after a blank begins a comment.
    private static func withoutComment(_ text: String) -> String {
        if text.hasPrefix(";") { return "" }
        guard let range = text.firstRange(of: " ;") else { return text }
        return text[..<range.lowerBound].trimmed
    }

    private static func unquoted(_ text: String) -> String {
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        return text
    }
}
