import Foundation

/// A case of `Inventories` or `Ways`: what somebody had, what must come of it, and what does.
struct WildCase {
    var name: String
    var had = ""
    var must = ""
    /// As the case's own test holds it.
    var seen = ""

    static func names(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/runs") }.sorted()
    }

    init(_ name: String, in folder: String) throws {
        self.name = name
        for line in try String(contentsOfFile: "\(folder)/\(name)/case", encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            switch words.first {
            case "had": had = words.last ?? ""
            case "must": must = words.last ?? ""
            default: continue
            }
        }
        seen = Self.summary(try String(contentsOfFile: "\(folder)/\(name)/expected", encoding: .utf8))
    }

    /// The row of a table.
    var row: String {
        "| \([name, had, must, seen].map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |\n"
    }

    /// What comes of each run, without places and hints, each kind once.
    private static func summary(_ expected: String) -> String {
        let runs = expected.split(separator: "# ").map { $0.split(separator: "\n").map(String.init) }
        return runs.map { lines in
            var hosts = 0
            var said: [String] = []
            for line in lines.dropFirst() where !line.hasPrefix("  hint:") && !line.hasPrefix("exit ") {
                if line.hasPrefix("  ") || line.contains(": ") {
                    let text = withoutPlaces(line.trimmingCharacters(in: .whitespaces))
                    if !said.contains(text) { said.append(text) }
                } else {
                    hosts += 1
                }
            }
            let counted = hosts == 0 ? [] : [hosts == 1 ? "1 host" : "\(hosts) hosts"]
            return "`\(lines.first ?? "")`: \((counted + said).joined(separator: "; "))"
        }.joined(separator: "<br>")
    }

    private static func withoutPlaces(_ text: String) -> String {
        text.replacing(#/[^ `]+:\d+(:\d+)?: /#, with: "")
    }
}
