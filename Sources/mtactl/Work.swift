import ArgumentParser
import Drivers
import Foundation
import Logging
import MTAApply
import MTAPlan
import MailServers

/// What a command works with: hosts with their plays, and the secrets.
struct Work {
    let terminal: Terminal
    let interruption: Interruption
    let run: String
    /// In the order of the inventory, or of the saved plan.
    let hosts: [SiteRun]
    let fleet: Fleet
    private let connector: Connector
    private let observer: any RunObserver
    let json: Bool
    private let source: Source

    private enum Source {
        case playbook(Playbook, plays: [String: Play], mta: [String: MailServerChoice])
        case savedPlan(SavedPlan)
        case inventoryOnly
    }

    /// The hosts of a playbook's plays, or of a saved plan.
    init(playbook path: String, shared: SharedOptions, showsResults: Bool) async throws {
        let files = Files(terminal: shared.terminal)
        let (data, stat) = try files.read(path)
        let inventory = try await files.inventory(shared.sources, login: shared.login, playbook: path)
        if let saved = try files.checked({ () throws(Failure) in try SavedPlan.read(data, stat, file: path) }) {
            let names = saved.hosts.map(\.host) + saved.withoutPlan
            let limit = try files.limit(shared.limit)
            let hosts = try files.checked { () throws(Failure) in
                let known = Dictionary(inventory.hosts.map { ($0.name, $0) }) { first, _ in first }
                let left = try limit.map { limit throws(Failure) in Set(try limit.hosts(in: inventory).map(\.name)) }
                let hosts = try names.filter { left?.contains($0) ?? true }.map { name throws(Failure) in
                    guard let host = known[name] else {
                        throw Failure("the plan's host \(name) is not in the inventory", at: path)
                    }
                    return host
                }
                if let limit, hosts.isEmpty { throw .nothingLeft(limit, of: "the plan") }
                return hosts
            }
            try await self.init(
                shared,
                showsResults,
                inventory: inventory,
                hosts: hosts,
                secrets: saved.secrets,
                source: .savedPlan(saved),
                files: files
            )
        } else {
            let playbook = try files.checked { () throws(Failures) in
                try Playbook.load([UInt8](data), file: path, in: Catalog.language)
            }
            let limit = try files.limit(shared.limit)
            let chosen = try files.checked { () throws(Failures) in
                try Assignment.all(of: playbook, in: inventory, limit: limit)
            }
            try await self.init(
                shared,
                showsResults,
                inventory: inventory,
                hosts: chosen.map(\.host),
                secrets: Set(playbook.secrets),
                source: .playbook(
                    playbook,
                    plays: Dictionary(
                        chosen.map { ($0.host.name, $0.playOfHost) },
                        uniquingKeysWith: { first, _ in first }
                    ),
                    mta: Dictionary(
                        chosen.map { ($0.host.name, $0.host.mta ?? .auto) },
                        uniquingKeysWith: { first, _ in first }
                    )
                ),
                files: files
            )
        }
    }

    /// All hosts of the inventory that `--limit` leaves.
    init(inventoryOnly shared: SharedOptions, showsResults: Bool) async throws {
        let files = Files(terminal: shared.terminal)
        let inventory = try await files.inventory(shared.sources, login: shared.login)
        let limit = try files.limit(shared.limit)
        let hosts = try files.checked { () throws(Failure) in
            let hosts = try limit?.hosts(in: inventory) ?? inventory.hosts
            if let limit, hosts.isEmpty { throw .nothingLeft(limit, of: "the inventory") }
            return hosts
        }
        try await self.init(
            shared,
            showsResults,
            inventory: inventory,
            hosts: hosts,
            secrets: [],
            source: .inventoryOnly,
            files: files
        )
    }

    private init(
        _ shared: SharedOptions,
        _ showsResults: Bool,
        inventory: Inventory,
        hosts: [InventoryHost],
        secrets references: Set<SecretReference>,
        source: Source,
        files: Files
    ) async throws {
        terminal = shared.terminal
        interruption = Interruption(terminal: terminal)
        json = shared.json
        observer = FlightObserver(observer: shared.observer(showingResults: showsResults), interruption: interruption)
        self.source = source
        if json { terminal.show(JSONReport.version(MTACtl.version)) }

        let room = try Self.room(for: hosts, shared)
        let store = SecretStore(resolver: SecretResolver(terminal: terminal, interruption: interruption))
        let secrets: Secrets
        do throws(Failure) { secrets = try await store.values(of: references) } catch { throw files.stop(error) }
        let started = RunID(startedAt: Date(), by: "\(NSUserName())@\(ProcessInfo.processInfo.hostName)")
        run = started.text
        connector = Connector(
            unknownKeys: shared.acceptNew ? .acceptAndRemember : .refuse,
            inventory: inventory.hosts,
            logger: Logger(terminal, verbosity: shared.verbose),
            secret: { (reference) async throws(Failure) in try await store.value(of: reference) },
            passphrase: { (file) async throws(Failure) in
                let secret = try await store.value(of: .prompt("passphrase of \(file)"))
                return String(decoding: secret.reveal(), as: UTF8.self)
            }
        )
        let observer = observer
        let questions = FactsScript(asking: Catalog.products)
        self.hosts = hosts.map { [connector] host in
            SiteRun(
                site: connector.session(for: host, questions: questions),
                run: started,
                catalog: Catalog.products,
                secrets: secrets,
                observer: observer
            )
        }
        let interruption = interruption
        fleet = Fleet(
            parallel: room.atOnce,
            observer: observer,
            keepsConnections: room.keepsConnections,
            mayBegin: { interruption.mayBegin }
        )
    }

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
    func planned() async -> [(plan: SitePlan?, result: SiteRecord)] {
        switch source {
        case .playbook(let playbook, let plays, let mta):
            await fleet.plan(hosts) { host in
                let name = host.site.name
                guard let play = plays[name] else { return (nil, SiteRecord(host: name, outcome: .skipped)) }
                return await host.plan(play, verify: playbook.verify, mta: mta[name] ?? .auto)
            }
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
                let failure = Failure("it had no plan when the plan was saved", hint: "plan again", at: name)
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

    /// Asks each host's agent something, and shows the answers in the order of the hosts.
    func asked<Answer: Sendable>(
        _ question: @escaping @Sendable (any Driver) async throws(Failure) -> Answer,
        show: (String, Answer) -> Void
    ) async -> [SiteRecord] {
        let answers = await fleet.ask(hosts) { host -> (String, Result<Answer, Failure>) in
            let answer: Result<Answer, Failure>
            do throws(Failure) {
                answer = .success(
                    try await host.site.withDriver(progress: { _ in }) { driver throws(Failure) in
                        try await question(driver)
                    }
                )
            } catch {
                answer = .failure(error.at(host.site.name))
            }
            return (host.site.name, answer)
        }
        return answers.compactMap { $0 }.map { name, answer in
            switch answer {
            case .success(let answer):
                show(name, answer)
                return SiteRecord(host: name, outcome: .asAsked)
            case .failure(let failure):
                if !json { terminal.complain(failure) }
                return SiteRecord(host: name, outcome: .unreachable, failure: failure)
            }
        }
    }

    static let breakLockHelp = ArgumentHelp(
        "First take away the lock of a run that ended without opening it.",
        discussion:
            "Not that of a run that is unfinished, which `mtactl rollback` puts back, nor one of the last minute."
    )

    /// Takes dead runs' locks away and says whose they were; where one cannot be, what follows meets it and refuses.
    func breakLocks() async {
        _ = await fleet.ask(hosts) { host in
            let name = host.site.name
            do throws(Failure) {
                try await host.site.withDriver(progress: { terminal.say("\(name)  \($0)") }) {
                    driver throws(Failure) in
                    try await driver.breakLock()
                }
            } catch {
                terminal.complain(error.at(name))
            }
        }
    }

    func requireVerify() throws {
        if case .playbook(let playbook, _, _) = source, playbook.verify != nil { return }
        terminal.complain(
            Failure("there is nobody to send a test message to", hint: "write `verify: {to: ADDRESS}` in the playbook")
        )
        throw ExitCode(ExitStatus.inputWrong.rawValue)
    }

    /// Closes all connections, sums up, and exits as the table says.
    func end(_ status: ExitStatus, results: [SiteRecord], run: String?, aborted: Failure? = nil) async throws {
        await fleet.close(hosts)
        await connector.close()
        let status = interruption.isAskedFor ? status.interrupted : status
        let record = RunRecord(run: run, sites: results, aborted: aborted, exit: status.rawValue)
        if json {
            terminal.show(JSONReport.summary(record))
        } else if let run, !results.isEmpty {
            terminal.show("\(ResultText.summary(results))  run \(run)")
        }
        try status.end()
    }
}
