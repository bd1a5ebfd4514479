import ArgumentParser
import Foundation
import MTAApply
import MTAPlan

/// What a shell offers where a word of the command line is completed.
///
/// Where something cannot be read, nothing is offered: a shell that completes a word has no place for errors.
enum Candidates {
    /// The runs that were started on this machine, the newest first.
    static let runs = CompletionKind.custom(known)

    private static let known: @Sendable ([String], Int, String) -> [String] = { _, _, prefix in
        guard FileManager.default.fileExists(atPath: StateFolder.historyPath) else { return [] }
        do {
            var seen: Set<String> = []
            let runs = try StateFolder.history().entries().reversed().compactMap(\.run)
            return runs.filter { $0.hasPrefix(prefix) && seen.insert($0).inserted }
        } catch {
            return []
        }
    }

    /// The hosts and groups of the inventory that the command line names, else of the usual one.
    static let hosts = CompletionKind.custom { words, _, prefix async -> [String] in
        var reader = InventoryReader()
        do {
            let options = try InventoryOptions.parse(inventories(in: words))
            let inventory = try await reader.inventory(options, nil, playbookFolder: nil)
            return patterns(inventory.groups.map(\.name) + inventory.hosts.map(\.name), prefix)
        } catch {
            return []
        }
    }

    /// The options of a command line that name an inventory, each with its path.
    static func inventories(in words: [String]) -> [String] {
        var options: [String] = []
        for (word, next) in zip(words, words.dropFirst() + [""]) {
            if ["-i", "--inventory"].contains(word), !next.isEmpty { options += [word, next] }
            if word.hasPrefix("--inventory=") { options.append(word) }
        }
        return options
    }

    /// The names that can be where the last term of a pattern starts, with what is before it: `web:!` and `db1`.
    static func patterns(_ names: [String], _ prefix: String) -> [String] {
        let start = prefix.lastIndex { ",:!&".contains($0) }.map { prefix.index(after: $0) } ?? prefix.startIndex
        let (before, typed) = (prefix[..<start], prefix[start...])
        return names.filter { $0.hasPrefix(typed) }.map { before + $0 }
    }
}
