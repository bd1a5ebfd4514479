import MTAPlan

/// From wanted routes to the changes of one host's Exim.
struct EximProposal {
    let routes: Routes
    let host: EximHost
    let secrets: Secrets

    func make() throws(Failure) -> Proposal {
        let blocks = EximBlocks(routes, on: try site())
        var files = try lookupFiles(blocks)
        files += try configuration(EximEditor(host: host, blocks: blocks).files())
        // What is looked up is there before what looks it up.
        files.sort { ($0.kind, $0.path) < ($1.kind, $1.path) }
        return Proposal(changeSet(files, blocks), notes: EximNotes(routes: routes, host: host, blocks: blocks).all)
    }

    /// What holds for every Exim; a panel adds to it.
    ///
    /// - Throws: What keeps it from doing what is asked.
    func site() throws(Failure) -> EximSite {
        try EximRefusals(routes: routes, host: host, secrets: secrets).checked()
    }

    // MARK: Files

    func lookupFiles(_ blocks: EximBlocks) throws(Failure) -> [FileChange] {
        let rootGroup = host.sources.last?.file.group == "wheel" ? "wheel" : "root"
        let wanted = blocks.files(rootGroup: rootGroup)
        var changes: [FileChange] = []
        for file in wanted { if let change = try change(to: file) { changes.append(change) } }
        for name in EximLookupFile.Name.allCases where !wanted.contains(where: { $0.name == name }) {
            let path = blocks.site.file(name)
            guard let file = host.facts.file(path) else { continue }
            changes.append(
                try FileChange(
                    path: file.realPath,
                    found: .file(file),
                    wanted: .absent,
                    kind: name.kind,
                    secrets: secrets
                )
            )
        }
        return changes
    }

    private func change(to wanted: EximLookupFile) throws(Failure) -> FileChange? {
        let file = host.facts.file(wanted.path)
        if case .file(let content, let mode, let owner, let group) = wanted.wanted, let file, file.mode == mode,
            file.owner == owner, file.group == group, file.bytes == (try content.rendered(with: secrets))
        {
            return nil
        }
        return try FileChange(
            path: file?.realPath ?? wanted.path,
            found: file.map(FileChange.Found.file) ?? .absent,
            wanted: wanted.wanted,
            kind: wanted.kind,
            secrets: secrets
        )
    }

    private func configuration(_ texts: [(path: String, text: EximText?)]) throws(Failure) -> [FileChange] {
        let edited = texts.filter { host.facts.file($0.path)?.bytes != $0.text?.bytes }
        guard !edited.isEmpty else { return [] }
        var changes: [FileChange] = []
        for (path, text) in edited {
            let file = host.facts.file(path)
            let model = file ?? host.sources.last?.file
            let wanted: FileChange.Wanted =
                text.map { text in
                    .file(
                        Content(text.bytes),
                        mode: model?.mode ?? FileMode(rawValue: 0o644),
                        owner: model?.owner ?? "root",
                        group: model?.group ?? "root"
                    )
                } ?? .absent
            changes.append(
                try FileChange(
                    path: file?.realPath ?? path,
                    found: file.map(FileChange.Found.file) ?? .absent,
                    wanted: wanted,
                    kind: .configuration,
                    secrets: secrets
                )
            )
        }
        return changes
    }

    // MARK: Commands

    private func changeSet(_ files: [FileChange], _ blocks: EximBlocks) -> POSIXWork {
        var set = POSIXWork(files: files, reload: [], expectations: expectations(blocks))
        guard !files.isEmpty else { return set }
        let isGenerated = host.layout != .oneFile
        if isGenerated {
            set.derived = [EximHost.generated]
            set.rebuild = [["update-exim4.conf"]]
        }
        set.check = EximCheck(host: host, blocks: blocks, files: files).staged
        set.reload = forgetting(blocks) + signal("HUP", to: "restart Exim")
        set.health = signal("0", to: "check that Exim is running")
        if pidFile != nil { set.start = [.starting(service)] }
        return set
    }

    /// What the service manager calls Exim: Debian's is `exim4`, all others' `exim`.
    var service: String { host.folder == "/etc/exim4" ? "exim4" : "exim" }

    /// Sends the daemon a signal, if there is one.
    func signal(_ signal: String, to purpose: String) -> [Command] {
        guard let pidFile else { return [] }
        return [Command(to: purpose, program: PackageResources.exim_signal_sh, [pidFile, signal])]
    }

    /// The file with the daemon's process id, if it runs.
    var pidFile: String? {
        let daemon = (host.facts.text("exim.daemon") ?? "").split(separator: " ").map(String.init)
        return daemon.count == 2 && daemon[0] == "running" ? daemon[1] : nil
    }

    /// Makes Exim forget that it could not reach a smarthost, or log in there, or it would not try for a while.
    ///
    /// Source: Exim specification, chapter 32, "Retry configuration", and chapter 54, exim_dumpdb and exim_fixdb; keys are
    /// `T:HOST:ADDRESS:PORT`. Tried with 4.96 and 4.98.2: after a wrong password the right one was not tried for 15 minutes.
    ///
    /// Where nothing goes to a smarthost any more: what it knows of our transports, which it keeps in files of their names.
    func forgetting(_ blocks: EximBlocks) -> [Command] {
        guard let spool = EximHost.values(in: host.facts)["spool_directory"] else { return [] }
        let hosts = Set(blocks.services.flatMap(\.smarthost.hosts)).sorted()
        guard !hosts.isEmpty else {
            return [
                Command(
                    to: "remove what Exim knows of transports that are gone",
                    program: PackageResources.exim_leave_sh,
                    [spool]
                )
            ]
        }
        return [
            Command(
                to: "delete what Exim remembers of failed attempts at the smarthost",
                program: PackageResources.exim_forget_sh,
                [spool] + hosts
            )
        ]
    }

    /// What Exim must say of each transport of ours, and that its panic log has nothing new about no message.
    func expectations(_ blocks: EximBlocks) -> [POSIXWork.Expectation] {
        let panic = (host.facts.text("exim.panic") ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        let quiet =
            panic.count < 2
            ? []
            : [
                POSIXWork.Expectation(
                    Command(program: PackageResources.exim_panic_sh, [panic[1], panic[0]]),
                    prints: "nothing new"
                )
            ]
        return blocks.services.map { service in
            POSIXWork.Expectation(
                Command(program: PackageResources.exim_route_list_sh, [host.program, service.name]),
                prints: "route_list = \(service.routeList)"
            )
        } + quiet
    }
}
