extension SecretReference {
    /// What may be where a password belongs.
    static let forms = "write `env:NAME`, `file:PATH`, `command:PROGRAM ARGS` or `\"prompt:\"`"

    /// The reference that a text is.
    ///
    /// Nothing of the text is in what is thrown: it may be a password.
    ///
    /// Relative paths start from `folder`, the playbook's or inventory's own. `what` is asked for where `prompt:`
    /// does not say.
    static func parse(_ text: String, folder: String = "", what: String = "password") throws(TextForm.Fault)
        -> SecretReference
    {
        guard let colon = text.firstIndex(of: ":") else { throw literal }
        let rest = String(text[text.index(after: colon)...])
        switch text[..<colon] {
        case "env":
            guard isVariableName(rest) else {
                throw TextForm.Fault("does not name an environment variable after `env:`", hint: "write `env:NAME`")
            }
            return .environment(rest)
        case "file":
            guard !rest.isEmpty else { throw TextForm.Fault("has no path after `file:`", hint: "write `file:PATH`") }
            return .file(path(rest, in: folder))
        case "command":
            guard let words = ShellWords.split(rest), !words.isEmpty else {
                throw TextForm.Fault(
                    "has no command after `command:`, or an unclosed quote",
                    hint: "write `command:PROGRAM ARGS`; it is not run by a shell"
                )
            }
            return .command(words)
        case "prompt": return .prompt(rest.isEmpty ? what : rest)
        default: throw literal
        }
    }

    private static let literal = TextForm.Fault("is a plain-text password, which is not allowed", hint: forms)

    /// A path as seen from the folder; `/…` and `~/…` as they are.
    package static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") || path.hasPrefix("~") || folder.isEmpty || folder == "." ? path : "\(folder)/\(path)"
    }

    private static func isVariableName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            switch $0 {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
            default: false
            }
        }
    }
}

/// Words as a shell divides them, with quotes and backslashes, and nothing else of a shell.
package enum ShellWords {
    /// `nil` where a quote is open at the end.
    package static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (quote, character) {
            case (nil, " "), (nil, "\t"):
                if let done = word { words.append(done) }
                word = nil
            case (nil, "'"), (nil, "\""):
                quote = character
                word = word ?? ""
            case (let open?, _) where open == character: quote = nil
            case (nil, "\\"), ("\"", "\\"):
                guard let next = rest.popFirst() else { return nil }
                let isKept = quote == "\"" && !"\\\"$`".contains(next)
                word = (word ?? "") + (isKept ? "\\" : "") + String(next)
            default: word = (word ?? "") + String(character)
            }
        }
        if let done = word { words.append(done) }
        return quote == nil ? words : nil
    }
}

/// The folder part of a path; empty where there is none.
func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
