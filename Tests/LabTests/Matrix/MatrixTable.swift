import Foundation

/// The table of `docs/mail-servers.md`: which server does what, and below it, in a sentence each, what it concedes or refuses.
enum MatrixTable {
    private static let section = MarkedSection(file: "docs/mail-servers.md", name: "servers")

    static func written() throws -> String { try section.text() }

    static func write(_ table: String) throws { try section.replace(with: table) }

    static func table(_ servers: [LabServer], _ cells: [Cell]) -> String {
        let shared = Scenario.all.filter { $0.only == nil }
        let heading = ["mail server"] + shared.map { "\(link($0)) \($0.title)" } + ["its own"]
        let met = servers.filter { server in cells.contains { $0.server == server.name } }
        let rows = met.map { server in
            let found = { (scenario: Scenario) in
                cells.first { $0.scenario == scenario.number && $0.server == server.name }
            }
            let own = Scenario.all.first { $0.only?.contains(server.name) == true }
            return [name(server)] + shared.map { found($0).map(answer) ?? "" }
                + [own.flatMap { own in found(own).map { "\(link(own)) \(answer($0))" } } ?? ""]
        }
        let lines = markdown(heading, rows)
        return (lines + met.flatMap { sentences($0, cells) }).joined(separator: "\n") + "\n"
    }

    private static func link(_ scenario: Scenario) -> String {
        "[\(scenario.number)](../Playbooks/\(scenario.playbook).yml)"
    }

    private static func name(_ server: LabServer) -> String {
        let versions = Set(server.hosts.values).sorted { $0.compare($1, options: .numeric) == .orderedAscending }
        return "\(server.name) \(versions.joined(separator: ", "))\(server.standsInFor.map { " (\($0))" } ?? "")"
    }

    private static func answer(_ cell: Cell) -> String {
        if cell.refusal != nil { return "no" }
        return cell.conceding == nil ? "yes" : "yes, if"
    }

    /// Scenarios that share an answer share a sentence.
    private static func sentences(_ server: LabServer, _ cells: [Cell]) -> [String] {
        var answers: [(scenarios: [String], words: String)] = []
        for scenario in Scenario.all {
            guard let cell = cells.first(where: { $0.scenario == scenario.number && $0.server == server.name }),
                let words = words(for: cell)
            else { continue }
            if let place = answers.firstIndex(where: { $0.words == words }) {
                answers[place].scenarios.append(scenario.title)
            } else {
                answers.append(([scenario.title], words))
            }
        }
        guard !answers.isEmpty else { return [] }
        return ["", "**\(server.name)**", ""] + answers.map { "- \($0.scenarios.joined(separator: ", ")): \($0.words)" }
    }

    private static func words(for cell: Cell) -> String? {
        let conceded = cell.conceding.map { "with \($0.joined(separator: " and "))" }
        let refused = cell.refusal.map { "refused: \($0.reason). Hint: \($0.hint)" }
        let words = [conceded, refused].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: ", ") + "."
    }
}
