/// Values that only Ansible can read, and passwords.
extension HostReader {
    /// Why a value cannot be known without Ansible.
    func unreadable(_ entry: HostVariables.Entry) -> Complaint? {
        if let text = entry.value.scalar, text.unicodeScalars.contains("\u{FFFD}") {
            return Complaint(entry.value.place, "`\(entry.name)` is not UTF-8", hint: "save the file as UTF-8")
        }
        guard entry.isUnreadable else { return nil }
        let isEncrypted = entry.value.scalar?.contains("{") != true
        let what =
            isEncrypted
            ? "is encrypted with ansible-vault, which mtactl does not read"
            : "is a template, which mtactl does not evaluate"
        return Complaint(entry.value.place, "`\(entry.name)` \(what)", hint: wayOut(entry))
    }

    /// How mtactl can come to the value all the same.
    private func wayOut(_ entry: HostVariables.Entry) -> String {
        let setting = HostSetting.named(entry.name)
        let isArguments = setting.map { [.arguments, .commonArguments, .extraArguments].contains($0) } ?? false
        let plain = isArguments ? "jump" : setting?.rawValue ?? entry.name
        let option: String
        switch setting {
        case .becomePassword: option = "-K"
        case .password: option = "-k"
        default: return "write the value for mtactl next to it: `\(plain): …`"
        }
        guard let command = vaultCommand(entry) else {
            return "use \(option), or for mtactl \(SecretReference.forms) as `\(plain)`"
        }
        return "use \(option), or write below it `\(plain): \(command)`"
    }

    /// A `command:` that prints the value, where it is in the vault.
    private func vaultCommand(_ entry: HostVariables.Entry) -> String? {
        if let command = Self.command(decrypting: entry.value) { return command }
        guard let text = entry.value.scalar?.trimmed, text.hasPrefix("{{"), text.hasSuffix("}}") else { return nil }
        let name = text.dropFirst(2).dropLast(2).trimmed
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
        if let other = variables.strongest[name] { return Self.command(decrypting: other.value) }
        guard let file = encrypted.last?.file, file.utf8.allSatisfy(Self.isPathByte) else { return nil }
        let pattern = #"s/^\#(name): *[\"]*\([^\"]*\).*/\1/p"#
        return "command:sh -c \"ansible-vault view \(file) | sed -n '\(pattern)'\""
    }

    /// The lines of an encrypted value, without what YAML puts before them, are what ansible-vault takes.
    private static func command(decrypting value: YAMLNode) -> String? {
        guard value.tag == "!vault", let text = value.scalar, value.place.file.utf8.allSatisfy(isPathByte) else {
            return nil
        }
        let lines = text.split(separator: "\n")
        guard lines.count > 1, lines[0].hasPrefix("$ANSIBLE_VAULT;") else { return nil }
        let (first, last) = (value.place.line + 1, value.place.line + lines.count)
        return "command:sh -c \"sed -n \(first),\(last)p \(value.place.file) | tr -d ' ' | "
            + "ansible-vault decrypt --output - -\""
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }

    /// Bytes that mean themselves in a shell, in quotes and outside.
    private static func isPathByte(_ byte: UInt8) -> Bool { isNameByte(byte) || "/.-+@,".utf8.contains(byte) }

    mutating func password(_ name: HostSetting.Name, _ password: HostPassword) -> SecretReference? {
        guard let entry = variables.settings[name], entry.value.scalar?.isEmpty != true else { return nil }
        if let reason = unreadable(entry) {
            withheld[password] = reason
            return nil
        }
        let folder = folder(of: entry.value.place.file)
        let what = password == .login ? "password of \(self.name)" : "password to become root on \(self.name)"
        if let text = entry.value.scalar, !text.unicodeScalars.contains(where: TextForm.isControl) {
            do throws(TextForm.Fault) { return try SecretReference.parse(text, folder: folder, what: what) } catch {}
        }
        let complaint = Complaint(
            entry.value.place,
            "`\(entry.name)` holds a password, which mtactl does not read from files",
            hint: "\(SecretReference.forms) as `\(name.rawValue)`"
        )
        withheld[password] = complaint
        warnings.append(complaint)
        return nil
    }
}
