import Logging

/// The lines of `-v` and `-vv`, on stderr, each with its host and step.
///
/// No secret is in them, as nothing that is logged knows one.
struct TerminalLog: LogHandler {
    let terminal: Terminal
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let place = ["host", "step"].compactMap { values[$0].map { "\($0)" } }
        terminal.say((place + ["\(event.message)"]).joined(separator: "  "))
    }
}

extension Logger {
    /// `verbosity`: how often `-v` was given.
    init(_ terminal: Terminal, verbosity: Int) {
        let level: Logger.Level? =
            switch verbosity {
            case ...0: nil
            case 1: .info
            default: .debug
            }
        self.init(label: "mtactl") { _ in
            guard let level else { return SwiftLogNoOpLogHandler() }
            return TerminalLog(terminal: terminal, logLevel: level)
        }
    }
}
