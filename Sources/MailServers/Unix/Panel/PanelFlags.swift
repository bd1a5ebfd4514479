import MTAPlan

/// What lsattr(1) prints of files: those with `i` or `a` cannot be changed, not even by root.
struct PanelFlags {
    let immutable: [(path: String, flags: String)]

    init(_ output: String?) {
        immutable = (output ?? "").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0].contains("i") || words[0].contains("a") else { return nil }
            return (String(words[1]), String(words[0]))
        }
    }
}

extension Failure {
    static func immutable(_ file: (path: String, flags: String)) -> Failure {
        let flag = file.flags.contains("i") ? "i" : "a"
        return Failure(
            "\(file.path) cannot be changed: lsattr shows `\(file.flags)`",
            hint: "it was set on purpose; clear it with `chattr -\(flag) \(file.path)` if you want that"
        )
    }
}
