package import Logging

extension Logger {
    /// Writes nothing.
    package static let none = Logger(label: "none", factory: { _ in SwiftLogNoOpLogHandler() })

    /// What a line is about, besides its host.
    package enum Step: String, Sendable {
        case connect, handshake, facts, agent
        case hostKey = "host-key"
        case logIn = "log-in"
    }

    /// For those who follow a run: what was done, and how long it took.
    package func info(_ step: Step, _ words: @autoclosure () -> String) {
        log(level: .info, "\(words())", metadata: ["step": .string(step.rawValue)])
    }

    /// For those who look for a fault: each attempt.
    package func debug(_ step: Step, _ words: @autoclosure () -> String) {
        log(level: .debug, "\(words())", metadata: ["step": .string(step.rawValue)])
    }

    /// The time since, as lines have it: `0.31 s`.
    package static func time(since start: ContinuousClock.Instant) -> String {
        let time = (ContinuousClock.now - start).components
        let hundredths = time.seconds * 100 + time.attoseconds / 10_000_000_000_000_000
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }
}
