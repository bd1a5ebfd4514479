import MTAPlan

/// A router, transport or authenticator in a file, or a part of one, that a panel leaves to its administrators.
struct PanelDriver: Sendable, Equatable {
    var name: String
    /// `routers`, `transports` or `authenticators`.
    var part: String
    /// What it sets; of an option that is given twice, the first.
    var options: [String: String]
    /// Its lines, from its name to its last option.
    var lines: Range<Int>
    /// As messages have it: `/etc/exim.conf.local:12`.
    var place: String
    /// Whether its lines can be removed without tearing an `.ifdef` apart.
    var isWhole: Bool

    /// The drivers in these lines that do not be between our marks, in order.
    static func all(in text: EximText, lines: Range<Int>, part: String, file: String) throws(Failure) -> [PanelDriver] {
        let ours: [ClosedRange<Int>]
        do { ours = try text.blocks() } catch { throw .unpairedMarks(at: "\(file):\(error.line)") }
        var drivers: [PanelDriver] = []
        var isOpen = false
        var depth = 0
        for statement in text.statements where lines.contains(statement.first) {
            if ours.contains(where: { $0.contains(statement.first) }) {
                isOpen = false
                continue
            }
            switch statement.kind {
            case .driver(let name):
                drivers.append(
                    PanelDriver(
                        name: name,
                        part: part,
                        options: [:],
                        lines: statement.first..<statement.last + 1,
                        place: "\(file):\(statement.first + 1)",
                        isWhole: true
                    )
                )
                (isOpen, depth) = (true, 0)
            case .option(let option, let value) where isOpen:
                let last = drivers.count - 1
                drivers[last].options[option] = drivers[last].options[option] ?? value ?? ""
                drivers[last].lines = drivers[last].lines.lowerBound..<statement.last + 1
                if depth != 0 { drivers[last].isWhole = false }
            case .directive(let word, _) where isOpen:
                if word.hasPrefix("if") { depth += 1 } else if word == "endif" { depth -= 1 }
                let last = drivers.count - 1
                if depth == 0 {
                    drivers[last].lines = drivers[last].lines.lowerBound..<statement.last + 1
                    drivers[last].isWhole = true
                }
            case .directive: break
            case .begin, .list, .macro, .option, .other: isOpen = false
            }
        }
        return drivers
    }

    /// Whether a router takes mail for domains that nobody named one by one.
    var takesAnyDomain: Bool {
        guard let domains = options["domains"] else { return true }
        return domains.contains("!") || domains.split { ": ;".contains($0) }.contains("*")
    }

    /// Whether an authenticator is for logging in elsewhere.
    var isClient: Bool { options.keys.contains { $0.hasPrefix("client_") } }
}
