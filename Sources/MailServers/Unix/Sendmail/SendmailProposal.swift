import MTAPlan

/// From wanted routes to the changes of one host's Sendmail.
///
/// Our tables are rewritten; of sendmail.mc only our block is touched, and the distribution makes sendmail.cf of it.
struct SendmailProposal {
    let routes: Routes
    let host: SendmailHost
    let secrets: Secrets

    func make() throws(Failure) -> Proposal {
        try SendmailRefusals(routes: routes, host: host, secrets: secrets).check()
        let wanted = try SendmailRoutes(routes)
        guard let type = host.tableType else { throw SendmailRefusal.noTables }
        let block = SendmailBlock(routes: wanted, host: host)
        var source = host.lines
        do { try source.setBlock(block.lines.map { Array($0.utf8) }) } catch { throw error.at(host.source.realPath) }

        let tables = OwnSendmailTable.all(wanted)
        var files: [FileChange] = []
        for table in tables {
            if let change = try table.change(on: host, type: type, secrets: secrets) { files.append(change) }
        }
        files += try OwnSendmailTable.removals(but: tables, on: host, type: type, secrets: secrets)
        if source.bytes != host.source.bytes { files.append(try sourceChange(source.bytes)) }
        // Within a kind the order above stays.
        let inOrder: [FileChange.Kind] = [.secret, .table, .configuration]
        files = inOrder.flatMap { kind in files.filter { $0.kind == kind } }
        let notes = SendmailNotes(routes: routes, wanted: wanted, host: host).all
        return Proposal(changeSet(files, block: block), notes: notes)
    }

    private func sourceChange(_ bytes: [UInt8]) throws(Failure) -> FileChange {
        let file = host.source
        return try FileChange(
            path: file.realPath,
            found: .file(file),
            wanted: .file(Content(bytes), mode: file.mode, owner: file.owner, group: file.group),
            kind: .configuration,
            secrets: secrets
        )
    }

    private func changeSet(_ files: [FileChange], block: SendmailBlock) -> POSIXWork {
        let commands = SendmailCommands(host: host)
        let probes = SendmailProbe.all(routes)
        var set = POSIXWork(files: files, reload: [], health: [commands.isRunning])
        if !block.lines.isEmpty {
            if !block.printed.isEmpty {
                set.expectations.append(.init(commands.lines, prints: block.printed.joined(separator: "\n")))
            }
            if !probes.isEmpty {
                let ways = probes.map(\.way).joined(separator: "\n")
                set.expectations.append(.init(commands.ways(of: probes), prints: ways))
            }
        }
        guard !files.isEmpty else { return set }
        set.reload = [commands.reload]
        // On Debian /etc/mail belongs to the daemon's user.
        set.owners = ["smmta"]
        set.start = [.starting("sendmail")]
        guard let source = files.first(where: { $0.kind == .configuration }) else { return set }
        set.derived = host.derived
        set.rebuild = host.rebuild
        set.check = POSIXWork.StagedCheck(files: [source.path], commands: [commands.check(source.path)])
        return set
    }
}

extension SendmailHost {
    /// What the distribution's tools regenerate, and what Debian's leaves where the disk is full (`update_db`, 8.18.1).
    fileprivate var derived: [String] {
        let folder = Self.folder
        switch layout {
        case .debian: return ["sendmail.cf", "sendmail.cf.errors", "sendmail.cf.new"].map { "\(folder)/\($0)" }
        case .redhat: return ["\(folder)/sendmail.cf", "\(folder)/sendmail.cf.bak"]
        case .freebsd: return ["\(folder)/sendmail.cf", cf]
        }
    }

    /// The distribution's way to make sendmail.cf.
    ///
    /// make goes by time. Ours may be put in place in the second in which sendmail.cf was made, so that is made old.
    fileprivate var rebuild: [Command] {
        let old = Command(["touch", "-t", "200001010000", cf])
        switch layout {
        case .debian: return [old, ["make", "-C", Self.folder, "\(Self.folder)/sendmail.cf"]]
        case .redhat: return [old, ["make", "-C", Self.folder, "sendmail.cf"]]
        case .freebsd: return [old, ["make", "-C", Self.folder, "cf", "install"]]
        }
    }

    /// What m4 writes to.
    private var cf: String {
        layout == .freebsd ? String(sourcePath.dropLast(2)) + "cf" : "\(Self.folder)/sendmail.cf"
    }
}
