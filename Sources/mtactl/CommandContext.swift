import ArgumentParser
import Drivers
import Foundation
import Logging
import MTAApply
import MTAPlan
import MailServers

/// What a command works with: hosts with their plays, and the secrets.
struct CommandContext {
    let terminal: Terminal
    let interruption: Interruption
    let run: String
    /// In the order of the inventory, or of the saved plan.
    let hosts: [SiteRun]
    let fleet: Fleet
    let connector: Connector
    let recorder: Recorder
    private let observer: any RunObserver
    /// What the inventory says of hosts.
    let inventoryHosts: [String: InventoryHost]
    let json: Bool
    private let source: Source

    private enum Source {
        case playbook(Playbook, plays: [String: Play], mta: [String: MailServerChoice])
        case savedPlan(SavedPlan)
        case inventoryOnly

        static func of(_ playbook: Playbook, _ chosen: [Assignment]) -> Source {
            .playbook(
                playbook,
                plays: Dictionary(chosen.map { ($0.host.name, $0.playOfHost) }) { first, _ in first },
                mta: Dictionary(chosen.map { ($0.host.name, $0.host.mta ?? .auto) }) { first, _ in first }
            )
        }

        /// What a host's play says besides routes, or the inventory where there is no play.
        func extras(of host: InventoryHost) -> ServerExtras {
            if case .playbook(_, let plays, _) = self, let play = plays[host.name] { play.extras } else { host.extras }
        }
    }

    /// The hosts of a playbook's plays, or of a saved plan.
    ///
    /// `resuming`: The run that is resumed.
    init(playbook path: String, shared: SharedOptions, showsResults: Bool, resuming: String? = nil) async throws {
        let files = Files(terminal: shared.terminal)
        let (data, stat) = try files.read(path)
        let inventory = try await files.inventory(shared.sources, login: shared.login, playbook: path)
        if let saved = try files.checked({ () throws(Failure) in try SavedPlan.read(data, stat, file: path) }) {
            let limit = try await Self.limit(shared, files)
            let hosts = try files.checked { () throws(Failure) in
                try Self.hosts(of: saved, at: path, in: inventory, limit: limit)
            }
            try await self.init(
                shared,
                showsResults,
                inventory: inventory,
                hosts: hosts,
                secrets: saved.secrets,
                source: .savedPlan(saved),
                files: files,
                resuming: resuming
            )
        } else {
            let playbook = try files.checked { () throws(Failures) in
                try Playbook.load([UInt8](data), file: path, in: Catalog.language)
            }
            let limit = try await Self.limit(shared, files)
            let chosen = try files.checked { () throws(Failures) in
                try Assignment.all(of: playbook, in: inventory, limit: limit)
            }
            try await self.init(
                shared,
                showsResults,
                inventory: inventory,
                hosts: chosen.map(\.host),
                secrets: Set(playbook.secrets + chosen.flatMap(\.secrets)),
                source: .of(playbook, chosen),
                files: files,
                resuming: resuming
            )
        }
    }

    /// The hosts of a saved plan that `--limit` leaves.
    private static func hosts(
        of saved: SavedPlan,
        at path: String,
        in inventory: Inventory,
        limit: HostPattern?
    ) throws(Failure) -> [InventoryHost] {
        let names = saved.hosts.map(\.host) + saved.withoutPlan
        let known = Dictionary(inventory.hosts.map { ($0.name, $0) }) { first, _ in first }
        let left = try limit.map { limit throws(Failure) in Set(try inventory.hosts(leftBy: limit).map(\.name)) }
        let hosts = try names.filter { left?.contains($0) ?? true }.map { name throws(Failure) in
            guard let host = known[name] else {
                throw Failure("the plan's host \(name) is not in the inventory", at: path)
            }
            return host
        }
        if let limit, hosts.isEmpty { throw .nothingLeft(limit, of: "the plan") }
        return hosts
    }

    /// All hosts of the inventory that `--limit` leaves.
    ///
    /// `isPart`: Asked about on the way to something else, which starts the output. `needsSecrets`: What the inventory says of
    /// mail servers is used, with its passwords.
    init(
        inventoryOnly shared: SharedOptions,
        showsResults: Bool,
        isPart: Bool = false,
        needsSecrets: Bool = false
    ) async throws {
        let files = Files(terminal: shared.terminal)
        let inventory = try await files.inventory(shared.sources, login: shared.login)
        let limit = try await Self.limit(shared, files)
        let hosts = try files.checked { () throws(Failure) in
            let hosts = try limit.map { limit throws(Failure) in try inventory.hosts(leftBy: limit) } ?? inventory.hosts
            if let limit, hosts.isEmpty { throw .nothingLeft(limit, of: "the inventory") }
            return hosts
        }
        try await self.init(
            shared,
            showsResults,
            inventory: inventory,
            hosts: hosts,
            secrets: needsSecrets ? Set(hosts.flatMap { $0.extras.all.flatMap(\.logins).map(\.password) }) : [],
            source: .inventoryOnly,
            files: files,
            isPart: isPart
        )
    }

    private init(
        _ shared: SharedOptions,
        _ showsResults: Bool,
        inventory: Inventory,
        hosts: [InventoryHost],
        secrets references: Set<SecretReference>,
        source: Source,
        files: Files,
        resuming: String? = nil,
        isPart: Bool = false
    ) async throws {
        terminal = shared.terminal
        interruption = Interruption(terminal: terminal)
        json = shared.json
        observer = FlightObserver(observer: shared.observer(showingResults: showsResults), interruption: interruption)
        self.source = source
        inventoryHosts = Dictionary(hosts.map { ($0.name, $0) }) { first, _ in first }
        if json, !isPart { terminal.show(JSONReport.version(MTACtl.version)) }

        let budget = try Self.descriptorBudget(for: hosts, shared)
        let store = SecretStore(resolver: SecretResolver(terminal: terminal, interruption: interruption))
        let secrets: Secrets
        do throws(Failure) { secrets = try await store.values(of: references) } catch { throw files.stop(error) }
        let started = try Self.run(resuming, files)
        run = started.text
        recorder = Recorder(startedBy: started.startedBy)
        connector = Connector(
            unknownKeys: shared.acceptNew ? .acceptAndRemember : .refuse,
            inventory: inventory.hosts,
            logger: Logger(terminal, verbosity: shared.verbose),
            secret: { (reference) async throws(Failure) in try await store.value(of: reference) },
            passphrase: { (file) async throws(Failure) in
                try await store.value(of: .prompt("passphrase of \(file)")).text
            }
        )
        self.hosts = await Self.runs(of: hosts, source, connector, started, secrets, observer)
        let interruption = interruption
        fleet = Fleet(
            parallel: budget.atOnce,
            observer: observer,
            keepsConnections: budget.keepsConnections,
            mayBegin: { interruption.mayBegin }
        )
    }

    private static func runs(
        of hosts: [InventoryHost],
        _ source: Source,
        _ connector: Connector,
        _ run: RunID,
        _ secrets: Secrets,
        _ observer: any RunObserver
    ) async -> [SiteRun] {
        let (questions, neighbours) = (FactsScript(asking: Catalog.products), Neighbours())
        var runs: [SiteRun] = []
        for host in hosts {
            let extras = source.extras(of: host)
            let session = connector.session(
                for: host,
                questions: questions,
                windows: WindowsQuestions(of: extras),
                neighbours: neighbours,
                access: AdministrationAccess(of: extras)
            )
            await neighbours.add(session)
            runs.append(
                SiteRun(site: session, run: run, catalog: Catalog.products, secrets: secrets, observer: observer)
            )
        }
        return runs
    }

    private static func run(_ resuming: String?, _ files: Files) throws -> RunID {
        guard let resuming else { return RunID.new(at: Date()) }
        guard let run = RunID.resumed(resuming) else { throw files.stop(.notARun(resuming)) }
        return run
    }

    /// Closes the connections.
    func close() async {
        await fleet.close(hosts)
        await connector.close()
    }

    var isSavedPlan: Bool { if case .savedPlan = source { true } else { false } }

    /// Who receives a test message, where the playbook says so.
    var verify: TestMessageRequest? { if case .playbook(let playbook, _, _) = source { playbook.verify } else { nil } }

    /// Reports the result of a host that was not visited.
    func tell(_ result: SiteRecord) { observer.ended(result) }

    var runs: [String: SiteRun] {
        Dictionary(hosts.map { ($0.site.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var rollout: RolloutPolicy {
        switch source {
        case .playbook(let playbook, _, _): playbook.rollout
        case .savedPlan(let saved): saved.rollout
        case .inventoryOnly: RolloutPolicy()
        }
    }

    /// The plan of each host: made now, or as it was saved.
    func planned(for purpose: FactsPurpose = .plan) async -> [(plan: SitePlan?, result: SiteRecord)] {
        switch source {
        case .playbook(let playbook, let plays, let mta):
            Organisation.united(
                await fleet.plan(hosts) { host in
                    let name = host.site.name
                    guard let play = plays[name] else { return (nil, SiteRecord(host: name, outcome: .skipped)) }
                    return await host.plan(play, verify: playbook.verify, mta: mta[name] ?? .auto, for: purpose)
                }
            )
        case .savedPlan(let saved):
            planned(saved)
        case .inventoryOnly: []
        }
    }

    private func planned(_ saved: SavedPlan) -> [(plan: SitePlan?, result: SiteRecord)] {
        let plans = Dictionary(saved.hosts.map { ($0.host, $0) }) { first, _ in first }
        return hosts.map { host in
            let name = host.site.name
            guard let plan = plans[name] else {
                let failure = Failure("no plan for it was saved", hint: "plan again", at: name)
                return (nil, SiteRecord(host: name, outcome: .refused, failure: failure))
            }
            return (plan, SiteRecord(plan, duration: .zero))
        }
    }

    func verified(_ planned: [(plan: SitePlan?, result: SiteRecord)]) async -> [SiteRecord] {
        let plans = Dictionary(
            planned.compactMap { $0.plan.map { ($0.host, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        let results = Dictionary(planned.map { ($0.result.host, $0.result) }, uniquingKeysWith: { first, _ in first })
        return await interruption.watch {
            await fleet.each(hosts) { host in
                let name = host.site.name
                if let plan = plans[name] { return await host.verify(plan) }
                return results[name] ?? SiteRecord(host: name, outcome: .skipped)
            }
        }
    }

    func requireVerify() throws {
        if case .playbook(let playbook, _, _) = source, playbook.verify != nil { return }
        terminal.complain(
            Failure("there is no recipient for the test message", hint: "write `verify: {to: ADDRESS}` in the playbook")
        )
        throw ExitCode(ExitStatus.inputWrong.rawValue)
    }
}
