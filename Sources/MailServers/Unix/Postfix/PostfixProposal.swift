import MTAPlan

/// From wanted routes to the changes of one host's Postfix.
///
/// Every table of ours is rewritten, so that what is asked replaces what was asked before; of main.cf and
/// master.cf only what is ours is touched.
struct PostfixProposal {
    let routes: Routes
    let host: PostfixHost
    let secrets: Secrets

    func make() throws(Failure) -> Proposal {
        try PostfixRefusals(routes: routes, host: host, secrets: secrets).check()
        let wanted = try PostfixRoutes(routes, on: host)
        let tables = OwnTable.all(wanted, for: routes, on: host)
        let main: MainCF
        do {
            main = try edited(wanted, tables)
            let references = PostfixReferences(host: host, main: main)
            try references.check()
            if wanted.defaultTransport != nil { try references.checkRelays() }
        } catch { throw error.at(host.mainFile.realPath) }
        var master = host.master
        let type = PostfixTable.type(on: host)
        let services: [MasterCF.Service]
        do {
            let direct = wanted.direct?.lines(on: host) ?? []
            try master.setOurs(wanted.services.flatMap { $0.lines(on: host, tableType: type) } + direct)
            services = try master.services().filter(\.isOurs)
        } catch { throw error.at(host.masterFile.realPath) }

        let files = try changes(tables, main: main, master: master)
        let notes = PostfixNotes(routes: routes, wanted: wanted, host: host, main: main).all
        return Proposal(changeSet(files, main: main, services: services, wanted: wanted), notes: notes)
    }

    // MARK: main.cf

    private func edited(_ wanted: PostfixRoutes, _ tables: [OwnTable]) throws(Failure) -> MainCF {
        var main = host.main
        try main.checkMarks()
        if let route = wanted.defaultTransport {
            // Rows that say `smtp:` have no next hop, and the relays would give them one: postconf(5), relayhost.
            let inwards = wanted.relayTransport.map { _ in ["relay_transport"] } ?? []
            try main.replace(only: ["default_transport"] + Self.relays + inwards)
            try main.set("default_transport", to: route)
        } else {
            try main.replace(only: [])
            try main.remove("default_transport") { $0.hasPrefix("mtactl-") }
        }
        try main.setOwn("relay_transport", to: wanted.relayTransport)
        for (name, value) in limits(wanted) { try main.set(name, to: value) }
        let names = Set(limits(wanted).map(\.name))
        for name in main.names where name.hasPrefix("mtactl-") && !names.contains(name) {
            try main.remove(name) { _ in true }
        }
        try main.setOurs(items(OwnTable.recipients, tables), in: "transport_maps", isOurs: Postfix.isOurs)
        try main.setOurs(
            items(OwnTable.senders, tables) + [wanted.sendersFile].compactMap { $0 },
            in: "sender_dependent_default_transport_maps",
            isOurs: Postfix.isOurs
        )
        try main.setOurs(items(OwnTable.returnPath, tables), in: "sender_canonical_maps", isOurs: Postfix.isOurs)
        if wanted.returnPath.isEmpty {
            if try main.isInBlock("sender_canonical_classes") {
                try main.remove("sender_canonical_classes") { _ in true }
            }
        } else {
            try main.set("sender_canonical_classes", to: "envelope_sender")
        }
        return main
    }

    /// Limits that the host has for its own client of SMTP, for each of ours.
    private func limits(_ wanted: PostfixRoutes) -> [(name: String, value: String)] {
        let client = host.client?.name ?? "smtp"
        let isPlain = client.utf8.allSatisfy { $0.isASCIIWord }
        let limits = PostfixClients.limits.compactMap { name in
            // A `-` ends the name behind a `$`.
            host.own.written("\(client)_\(name)").map { (name, isPlain ? "$\(client)_\(name)" : $0) }
        }
        let services = wanted.services.map(\.name) + (wanted.direct == nil ? [] : [DirectService.name])
        return services.flatMap { service in limits.map { ("\(service)_\($0.0)", $0.1) } }
    }

    static let relays = ["relayhost", "sender_dependent_relayhost_maps"]

    private func items(_ name: String, _ tables: [OwnTable]) -> [String] {
        tables.filter { $0.path == "\(host.folder)/\(name)" }.map(\.item)
    }

    // MARK: Changes

    private func changes(_ tables: [OwnTable], main: MainCF, master: MasterCF) throws(Failure) -> [FileChange] {
        var files: [FileChange] = []
        for table in tables { if let change = try table.change(on: host, secrets: secrets) { files.append(change) } }
        files += try OwnTable.removals(but: tables, on: host, secrets: secrets)
        let edited = [(host.masterFile, master.bytes), (host.mainFile, main.bytes)].filter { $0.bytes != $1 }
        for (file, bytes) in edited {
            files.append(
                try FileChange(
                    path: file.realPath,
                    found: .file(file),
                    wanted: .file(Content(bytes), mode: file.mode, owner: file.owner, group: file.group),
                    kind: .configuration,
                    secrets: secrets
                )
            )
        }
        // Within a kind the order above stays, so that no name in main.cf comes before its service.
        return FileChange.Kind.inOrder.flatMap { kind in files.filter { $0.kind == kind } }
    }

    private func changeSet(
        _ files: [FileChange],
        main: MainCF,
        services: [MasterCF.Service],
        wanted: PostfixRoutes
    ) -> POSIXWork {
        var set = POSIXWork(
            files: files,
            reload: files.isEmpty ? [] : [host.reload],
            health: [host.health],
            expectations: expectations(main, wanted, services)
        )
        set.daemon = host.daemon
        if !files.isEmpty { set.start = [.starting("postfix")] }
        if files.contains(where: { $0.kind == .configuration }) {
            set.check = host.stagedCheck(services)
        }
        if files.contains(where: { $0.path == host.masterFile.realPath }) {
            let gone = Set(host.services.filter(\.isOurs).map(\.name)).subtracting(services.map(\.name))
            if gone.isEmpty { set.afterRestore = [Self.endOrphans] } else { set.reload.append(Self.endOrphans) }
        }
        return set
    }

    /// Ends what still delivers for a service of ours that is gone from master.cf, as after putting it back.
    ///
    /// master(8) ends such processes itself when it reloads, and does nothing else until they are gone. Debian 13's
    /// unit takes CAP_KILL from it, so it turned at full load, without any mail, for as long as a smarthost that says
    /// nothing kept the client: seen in the lab with postfix 3.10.13-0+deb13u1. The message stays in the queue.
    /// Sockets and locks of services that are gone stay forever, whichever version removed them.
    private static let endOrphans = Command(
        to: "stop deliveries for a removed service",
        program: PackageResources.postfix_orphans_sh
    )

    /// What `postconf` has to print of each setting and service that the routes depend on.
    private func expectations(
        _ main: MainCF,
        _ wanted: PostfixRoutes,
        _ services: [MasterCF.Service]
    ) -> [POSIXWork.Expectation] {
        var names: [String] = []
        if wanted.defaultTransport != nil {
            names += ["default_transport"] + Self.relays
            if wanted.relayTransport != nil { names.append("relay_transport") }
        }
        if !wanted.recipients.isEmpty { names.append("transport_maps") }
        if !wanted.senders.isEmpty || wanted.sendersFile != nil {
            names.append("sender_dependent_default_transport_maps")
        }
        if !wanted.returnPath.isEmpty { names += ["sender_canonical_maps", "sender_canonical_classes"] }
        // One call for all settings, and one for all services: postconf takes some ms to read both files.
        var expectations: [POSIXWork.Expectation] = []
        if !names.isEmpty {
            let values = names.map { MainCF.printed(main.value(of: $0) ?? "") }
            expectations.append(
                POSIXWork.Expectation(Command(["postconf", "-h"] + names), prints: values.joined(separator: "\n"))
            )
        }
        if !services.isEmpty {
            expectations.append(
                POSIXWork.Expectation(
                    Command(["postconf", "-P"] + services.map { "\($0.name)/unix" }),
                    prints: services.map(\.printedOptions).filter { !$0.isEmpty }.joined(separator: "\n")
                )
            )
        }
        return expectations
    }
}

extension FileChange.Kind {
    fileprivate static let inOrder: [Self] = [.secret, .table, .configuration]
}

extension PostfixHost {
    /// `postfix status`, without its ten processes where the daemon runs.
    ///
    /// By the process that the lock's file names, where there is Linux's `/proc`, else by the lock: master(8), `-t`, exits
    /// 1 where it is held, and with words on errors.
    fileprivate var health: Command {
        let (folder, queue) = (value("daemon_directory"), value("queue_directory"))
        guard folder.hasPrefix("/"), queue.hasPrefix("/") else { return ["postfix", "status"] }
        return Command(
            to: "check that Postfix is running",
            program: PackageResources.postfix_health_sh,
            [folder, queue]
        )
    }

    /// `postfix reload`, which takes ten programs, by a signal to the process that the lock's file names where there is one.
    fileprivate var reload: Command {
        let queue = value("queue_directory")
        guard queue.hasPrefix("/") else { return ["postfix", "reload"] }
        return Command(to: "reload Postfix", program: PackageResources.postfix_reload_sh, [queue])
    }

    /// master(8), by the file that holds its lock.
    fileprivate var daemon: POSIXWork.Daemon? {
        let queue = value("queue_directory")
        return queue.hasPrefix("/") ? POSIXWork.Daemon(file: "\(queue)/pid/master.pid", name: "master") : nil
    }

    /// Whether a relay that may be removed is written with macros of the host's own.
    private var isMacroLost: Bool {
        (PostfixProposal.relays + ["default_transport"]).contains { own.written($0)?.contains("$") == true }
    }

    /// Whether our services have settings that Postfix warns of, and takes: postconf(5), Postfix 3.9 and later.
    private func isOld(_ services: [MasterCF.Service]) -> Bool {
        let old: Set = ["disable_dns_lookups", "smtp_enforce_tls", "smtp_use_tls", "smtp_tls_enforce_peername"]
        return services.contains { service in
            service.arguments.contains { argument in
                guard case .option(let name, _) = argument else { return false }
                return old.contains(name) || name == "smtp_tls_per_site" || name.hasPrefix("smtp_cname_overrides_")
            }
        }
    }

    /// Postfix's own reading of both files, in a folder in which they have the names that it looks for.
    ///
    /// `-n` reads master.cf too, for the parameters that its services name, and dies of what `-M` would die of: tried
    /// with 3.7.11 and 3.10.13.
    ///
    /// `services`: Ours, as they are to be.
    fileprivate func stagedCheck(_ services: [MasterCF.Service]) -> POSIXWork.StagedCheck {
        let names = [mainFile, masterFile].map { $0.realPath.split(separator: "/").last.map(String.init) ?? "" }
        // Behind a link a file has another name.
        let staged = PackageResources.postfix_staged_sh
        let purpose = "have postconf read the staged files"
        let command =
            names == ["main.cf", "master.cf"] && !isMacroLost && !isOld(services)
            ? Command(to: purpose, words: ["postconf", "-c", "{}", "-n"])
            : Command(to: purpose, program: staged, ["{}"] + names)
        return POSIXWork.StagedCheck(files: [mainFile.realPath, masterFile.realPath], commands: [command])
    }
}

extension UInt8 {
    /// Of a name that may stand behind a `$`: postconf(5).
    fileprivate var isASCIIWord: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || self == UInt8(ascii: "_")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
