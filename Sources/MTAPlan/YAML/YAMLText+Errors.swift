import Yams

extension YAMLText {
    /// A parser's error in the words of an operator.
    ///
    /// Its own words never quote the file.
    func complaint(_ error: YamlError) -> Complaint {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = Place(file: file, line: mark.line, column: mark.column)
            if problem == "but found another document" {
                return Complaint(
                    place,
                    "a second document begins here",
                    hint: "a file holds only one; remove the `---`"
                )
            }
            let words = context.map { "\($0.text), \(problem)" } ?? problem
            return Complaint(place, "this is not YAML: \(words)", hint: hint(problem, context: context, at: mark))
        case .duplicatedKeysInMapping(let keys, let context):
            let place = Place(file: file, line: context.mark.line, column: context.mark.column)
            let name = keys.first.map { "`\($0)`" } ?? "this key"
            return Complaint(place, "\(name) is defined here, and again further down", hint: "remove one")
        default:
            return Complaint(Place(file: file), "this is not YAML")
        }
    }

    private func hint(_ problem: String, context: YamlError.Context?, at mark: Mark) -> String? {
        let lines = Self.lines(text)
        let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : []
        let rest = line.dropFirst(mark.column - 1)
        if rest.first == "\t" || line.first == "\t" { return "there is a tab here; YAML is indented with spaces only" }
        let context = context?.text ?? ""
        if context.contains("alias") || problem.contains("undefined alias") {
            return "put text that begins with `*` in quotes"
        }
        if context.contains("tag") { return "put text that begins with `!` in quotes" }
        if context.contains("anchor") { return "put text that begins with `&` in quotes" }
        if problem.contains("cannot start any token"), let first = rest.first {
            return "put text that begins with `\(first)` in quotes"
        }
        if problem.contains("mapping values are not allowed") {
            return "put text with `: ` in it, or `:` at its end, in quotes; or this line is indented too far"
        }
        if problem.contains("did not find expected key") || problem.contains("block end") {
            return "this line is not indented like the others of its block"
        }
        return problem.contains("could not find expected ':'") ? "the line before may lack a `:`" : nil
    }
}
