import MTAPlan

/// What IceWarp's host was found with, and the settings that a smarthost becomes there.
struct IceWarpHost {
    /// The folder that `tool.sh` is in.
    private let home: String
    private let port: String

    /// - Throws: Where `tool.sh` was not found, the playbook names another one, or icewarp's SMTP service does not run.
    init(_ facts: Facts, _ settings: IceWarpSettings) throws(Failure) {
        guard let home = facts.text("icewarp.home"), home.hasPrefix("/") else { throw .noTool }
        if let tool = settings.tool, tool != "\(home)/tool.sh" { throw .otherTool(tool, home) }
        self.home = home
        port = facts.text("icewarp.port").flatMap { Int($0) }.map(String.init) ?? "25"
        if port == "25", facts.hasListenerOnPort25 == false { throw .icewarpStopped }
    }

    /// Only what differs; the relay server comes before the mode that makes use of it.
    func changes(
        to smarthost: Smarthost,
        _ use: IceWarpSettings.Use,
        _ facts: Facts,
        _ secrets: Secrets
    ) throws(Failure) -> [SettingChange] {
        let relay = IceWarpRelay(found: facts.text(IceWarpVariable.relay.answer) ?? "")
        var changes: [SettingChange] = []
        for (variable, content) in IceWarpVariable.wanted(for: smarthost, use) {
            let change = try SettingChange(
                variable.rawValue,
                answer: variable.answer,
                in: facts,
                read: read(variable),
                write: .argument([tool, "set", "system", variable.rawValue]),
                wanted: content,
                isHarmless: variable != .relay || !relay.hasLogin
            )
            if try change.isDone(in: facts, secrets: secrets) != true { changes.append(change) }
        }
        return changes
    }

    /// The mode is read once more after the restart.
    func work(_ changes: [SettingChange], _ use: IceWarpSettings.Use) -> POSIXWork {
        var work = POSIXWork(
            files: [],
            settings: changes,
            reload: changes.isEmpty ? [] : [module("--restart", to: "restart icewarp's smtp module")],
            health: [
                Command(
                    to: "check that icewarp listens on port \(port)",
                    in: "bash",
                    program: PackageResources.icewarp_health_sh,
                    [port]
                )
            ],
            expectations: [POSIXWork.Expectation(read(.mode), prints: IceWarpVariable.mode(use))]
        )
        work.start = [module("--start", to: "start icewarp's smtp module")]
        return work
    }

    /// What the module writes is not to be closed to others as what the agent writes is.
    private func module(_ verb: String, to purpose: String) -> Command {
        Command(to: purpose, program: Array("umask 022; exec \"$@\"".utf8), [daemon, verb, "smtp"])
    }

    private var tool: String { "\(home)/tool.sh" }
    private var daemon: String { "\(home)/icewarpd.sh" }

    private func read(_ variable: IceWarpVariable) -> Command {
        Command(
            to: "read \(variable.rawValue)",
            program: PackageResources.icewarp_read_sh,
            [tool, variable.rawValue]
        )
    }
}

extension Failure {
    fileprivate static var noTool: Failure {
        Failure(
            "icewarp's tool.sh was not found, neither in /opt/icewarp nor where /etc/icewarp/icewarp.conf says",
            hint: "check IWS_INSTALL_DIR in /etc/icewarp/icewarp.conf"
        )
    }

    fileprivate static var icewarpStopped: Failure {
        Failure(
            "icewarp is not running, as nobody listens on port 25 of the host, so no route could be proved",
            hint: "start it: `systemctl start icewarp`, `service icewarp start`"
        )
    }

    fileprivate static func otherTool(_ tool: String, _ home: String) -> Failure {
        Failure(
            "the playbook names \(tool.escaped), but icewarp was found in \(home.escaped)",
            hint: "leave `tool` out, or set IWS_INSTALL_DIR in /etc/icewarp/icewarp.conf to the right folder"
        )
    }
}
