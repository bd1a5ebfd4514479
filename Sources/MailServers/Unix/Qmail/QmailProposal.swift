import MTAPlan

/// From wanted routes to the changes of one host's qmail.
///
/// Only rows between our marks are written. qmail-remote reads its control files for each message, so nothing is
/// reloaded.
struct QmailProposal {
    let routes: Routes
    let host: QmailHost
    let secrets: Secrets

    func make() throws(Failure) -> Proposal {
        try QmailRefusals(routes: routes, host: host, secrets: secrets).check()
        let wanted = QmailRoutes(routes, on: host)
        let files = [
            try change("smtproutes", host.routes, wanted.routes),
            try change("authsenders", host.senders, wanted.senders),
        ].compactMap { $0 }
        var set = POSIXWork(
            files: files.filter { $0.kind == .secret } + files.filter { $0.kind != .secret },
            reload: [],
            health: [
                Command(to: "check that qmail-send is running", program: PackageResources.qmail_health_sh)
            ]
        )
        // Control files may be those of qmail's own users.
        set.owners = Set(files.compactMap { host.facts.file($0.path)?.owner }).intersection(QmailHost.users).sorted()
        return Proposal(set, notes: QmailNotes(routes: routes, wanted: wanted, host: host).all)
    }

    private func change(_ name: String, _ now: ControlFile, _ lines: [Content]) throws(Failure) -> FileChange? {
        let found = host.facts.file(host.path(name))
        let content = now.setting(lines)
        let bytes = try content.rendered(with: secrets)
        let hasLogins = !content.secrets.isEmpty || now.rows.contains { QmailMask.hides($0.value) }
        let wanted: FileChange.Wanted
        if let found {
            let access = Access(of: found, hasLogins: hasLogins)
            // Rows of ours are all that was in it: there was no file before.
            let isOursAlone = bytes.isEmpty && !now.bytes.isEmpty
            if !isOursAlone, bytes == found.bytes, lines.isEmpty || access == Access(found) { return nil }
            wanted =
                isOursAlone ? .absent : .file(content, mode: access.mode, owner: access.owner, group: access.group)
        } else {
            if bytes.isEmpty { return nil }
            let mode = FileMode(rawValue: hasLogins ? 0o640 : 0o644)
            wanted = .file(content, mode: mode, owner: "root", group: QmailHost.group)
        }
        return try FileChange(
            path: found?.realPath ?? host.path(name),
            found: found.map(FileChange.Found.file) ?? .absent,
            wanted: wanted,
            kind: hasLogins ? .secret : .table,
            secrets: secrets
        )
    }

    /// Who may read a control file.
    private struct Access: Equatable {
        var mode: FileMode
        var owner: String
        var group: String

        init(_ file: FoundFile) {
            mode = file.mode
            owner = file.owner
            group = file.group
        }

        /// As found, unless others can read a login or qmail-remote, which runs as qmailr, cannot read the file.
        init(of file: FoundFile, hasLogins: Bool) {
            self.init(file)
            let bits = mode.rawValue
            let isForQmail = group == QmailHost.group && bits & 0o040 != 0 || owner == "qmailr" && bits & 0o400 != 0
            if hasLogins, bits & 0o027 != 0 || !isForQmail {
                mode = FileMode(rawValue: 0o640)
                owner = "root"
                group = QmailHost.group
            } else if !hasLogins, bits & 0o004 == 0, !isForQmail {
                mode = FileMode(rawValue: 0o644)
            }
        }
    }
}

extension QmailMask {
    /// Whether there is a password in a row's value, be it one that this build ignores.
    static func hides(_ value: [UInt8]) -> Bool {
        let row = Array("key:".utf8) + value
        return QmailMask.line(row[...]) != row
    }
}
