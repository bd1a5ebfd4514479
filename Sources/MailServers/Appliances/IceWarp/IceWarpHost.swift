import MTAPlan

/// What IceWarp's host was found with, and the settings that a smarthost becomes there.
struct IceWarpHost {
    /// The folder that `tool.sh` is in.
    private let home: String
    private let port: String

    /// - Throws: Where `tool.sh` was not found, or the playbook names another one.
    init(_ facts: Facts, _ settings: IceWarpSettings) throws(Failure) {
        guard let home = facts.text("icewarp.home"), home.hasPrefix("/") else { throw .noTool }
        if let tool = settings.tool, tool != "\(home)/tool.sh" { throw .otherTool(tool, home) }
        self.home = home
        port = facts.text("icewarp.port").flatMap { Int($0) }.map(String.init) ?? "25"
    }

    /// One of its variables.
    ///
    /// Source: tool.help of 14.3.
    private enum Variable: String {
        case relay = "C_Mail_SMTP_General_RelayMailServer"
        /// `0`: the relay server; `1`: the recipients' own servers, found by DNS.
        case mode = "C_Mail_SMTP_General_DeliveryMode"
        /// Whether the relay server takes what could not be delivered directly; it needs DNS as the mode.
        case fallback = "C_Mail_SMTP_Delivery_MXReconnectFailure"
        /// Whether connections are encrypted where the other side offers it.
        case tls = "C_Mail_SMTP_Delivery_UseTLSSSL"

        var answer: String {
            switch self {
            case .relay: "icewarp.relay"
            case .mode: "icewarp.mode"
            case .fallback: "icewarp.fallback"
            case .tls: "icewarp.tls"
            }
        }
    }

    /// Only what differs; the relay server comes before the mode that makes use of it.
    func changes(
        to smarthost: Smarthost,
        _ use: IceWarpSettings.Use,
        _ facts: Facts,
        _ secrets: Secrets
    ) throws(Failure) -> [SettingChange] {
        let wanted: [(Variable, Content)] = [
            (.relay, IceWarpRelay.content(for: smarthost)),
            (.tls, Content(smarthost.tls == .none ? "0" : "1")),
            (.fallback, Content(use == .whenDirectFails ? "1" : "0")),
            (.mode, Content(Self.mode(use))),
        ]
        let relay = IceWarpRelay(found: facts.text(Variable.relay.answer) ?? "")
        var changes: [SettingChange] = []
        for (variable, content) in wanted {
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
            expectations: [POSIXWork.Expectation(read(.mode), prints: Self.mode(use))]
        )
        work.start = [module("--start", to: "start icewarp's smtp module")]
        return work
    }

    /// What the module writes is not to be closed to others as what the agent writes is.
    private func module(_ verb: String, to purpose: String) -> Command {
        Command(to: purpose, program: Array("umask 022; exec \"$@\"".utf8), [daemon, verb, "smtp"])
    }

    private static func mode(_ use: IceWarpSettings.Use) -> String { use == .always ? "0" : "1" }

    private var tool: String { "\(home)/tool.sh" }
    private var daemon: String { "\(home)/icewarpd.sh" }

    private func read(_ variable: Variable) -> Command {
        Command(
            to: "read \(variable.rawValue)",
            program: PackageResources.icewarp_read_sh,
            [tool, variable.rawValue]
        )
    }

    /// The files of the SMTP log, `sYYYYMMDD-NN.log`; `nil` where they do not tell what happens to a message.
    ///
    /// Source: docs.icewarp.com, "Logging"; C_System_Log_Services_SMTP in tool.help: 0 none, 1 debug, 2 summary, 3 both,
    /// 4 extended.
    static func log(_ facts: Facts) -> LogSource? {
        guard ["2", "3", "4"].contains(facts.text("icewarp.logging") ?? ""), var folder = facts.text("icewarp.logs"),
            folder.hasPrefix("/")
        else { return nil }
        if folder.hasSuffix("/") { folder.removeLast() }
        return .series(prefix: "\(folder)/smtp/s", suffix: ".log")
    }
}

extension Failure {
    fileprivate static var noTool: Failure {
        Failure(
            "icewarp's tool.sh was not found, neither in /opt/icewarp nor where /etc/icewarp/icewarp.conf says",
            hint: "check IWS_INSTALL_DIR in /etc/icewarp/icewarp.conf"
        )
    }

    fileprivate static func otherTool(_ tool: String, _ home: String) -> Failure {
        Failure(
            "the playbook names \(tool.escaped), but icewarp was found in \(home.escaped)",
            hint: "leave `tool` out, or let IWS_INSTALL_DIR in /etc/icewarp/icewarp.conf name the right folder"
        )
    }
}
