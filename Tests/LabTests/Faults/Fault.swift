/// What goes wrong while a host is changed: a row of the table in the README.
enum Fault: String, Sendable, Codable, CaseIterable {
    case agentKilled = "kill -9 of the agent"
    case controllerKilled = "kill -9 of mtactl"
    case connectionReset = "connection reset"
    case connectionSilent = "packets dropped"
    case sshdRestarted = "sshd restarted"
    case backupsFull = "no room for backups"
    case configurationFull = "no room beside the configuration"
    case hostTerminated = "SIGTERM to every process, then a boot"
    case powerCut = "power cut, then a boot"
    case daemonKilled = "kill -9 of the daemon, from its reload on"
    case checkFailing = "the check fails"
    case reloadFailing = "the reload fails"
    case reloadFailingAlways = "the reload fails, then and when put back"
    case reloadHanging = "the reload hangs"

    /// Whether mtactl lives to tell.
    var leavesReport: Bool { self != .controllerKilled }

    /// Whether the host has to come to an end by its dead-man switch, which is armed at this line of a transaction.
    var needsSwitch: Bool { [.agentKilled, .connectionSilent].contains(self) }

    /// The lines at which it is tried, of those of a transaction without a fault.
    func points(in lines: [String]) -> [Int] {
        let runs = lines.indices.filter { lines[$0] == "done run" }
        switch self {
        case .agentKilled, .controllerKilled, .connectionReset, .connectionSilent, .sshdRestarted, .backupsFull,
            .configurationFull, .hostTerminated, .powerCut:
            return Array(lines.indices)
        case .daemonKilled: return Array(lines.indices.dropFirst(runs.last ?? lines.endIndex))
        // What is to fail is put in the command's place before the transaction begins.
        case .checkFailing, .reloadFailing, .reloadFailingAlways, .reloadHanging: return [0]
        }
    }
}

/// One transaction on one host with one fault at one line.
struct FaultPoint: Sendable, CustomStringConvertible {
    var fault: Fault
    /// How many lines of the transaction mtactl has not been kept from, before it happens.
    var line: Int
    var lines: [String]

    var description: String { "\(fault.rawValue) at line \(line), \(lines[line])" }

    /// Whether the run is confirmed by then.
    var isAfterConfirmation: Bool { line == lines.indices.last }

    /// What may become of the host, as mtactl's outcomes have it.
    var outcomes: Set<String> {
        switch fault {
        case .sshdRestarted: ["committed"]
        case .backupsFull, .configurationFull: ["committed", "rolled-back", "refused"]
        case .agentKilled, .controllerKilled, .connectionReset, .connectionSilent, .hostTerminated, .powerCut,
            .daemonKilled:
            isAfterConfirmation ? ["committed"] : ["rolled-back", "refused"]
        case .checkFailing: ["refused"]
        case .reloadFailing, .reloadHanging: ["rolled-back"]
        case .reloadFailingAlways: ["stranded"]
        }
    }
}
