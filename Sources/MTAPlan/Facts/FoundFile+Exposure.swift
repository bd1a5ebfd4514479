extension FoundFile {
    /// Whether any user can change it.
    package var isOpenToAll: Bool { mode.rawValue & 0o002 != 0 }

    /// Who but root, a group of root's and these users can change it, in words; `nil` where nobody else can.
    ///
    /// Whoever owns a file may write to it, whatever its mode says.
    package func exposure(but owners: Set<String> = []) -> String? {
        if isOpenToAll { return "anyone can write to it" }
        if mode.rawValue & 0o020 != 0, !["root", "wheel", "0"].contains(group) {
            return "group \(Printable.text(group)) can write to it"
        }
        let isTrusted = ["root", "0"].contains(owner) || owners.contains(owner)
        return isTrusted ? nil : "it belongs to user \(Printable.text(owner))"
    }
}
