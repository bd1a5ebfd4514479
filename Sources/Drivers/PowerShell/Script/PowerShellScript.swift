internal import MTAPlan

/// A script for people whose hosts SSH does not reach: the calls of a transaction, to be read, approved and run by them.
///
/// Pure. It holds no secret: it asks for each. What a person has to approve is first, as the shell would be typed; the
/// executor's own functions follow, and `script.ps1`, which are the same in every script.
package struct PowerShellScript: Sendable {
    /// Under which name answers come back.
    package let run: String
    /// The host's name in the inventory.
    package let site: String
    /// What its file, and those that it writes, are called, without an ending.
    package var file: String { Self.file(of: site) + (switches.isEmpty ? "-facts" : "") }
    /// What is above everything, one line each.
    var head: [String]
    var parts: [Part]
    var expected: [String] = []
    var snapshots = 0
    /// The logins that are asked for before anything is changed.
    var logins = ScriptLogins()
    var switches: [String] = []

    /// A function of the script.
    struct Part: Sendable {
        var name: String
        var comment: String
        var lines: [(comment: String?, call: ExecutorCall, step: String?)]

        init(_ name: String, _ comment: String, _ calls: [ExecutorCall]) {
            self.name = name
            self.comment = comment
            lines = calls.map { (nil, $0, nil) }
        }
    }

    /// The file: UTF-8 with its mark, as PowerShell 2.0 reads other files in the code page of the host, and with the
    /// line breaks of Windows.
    package var bytes: [UInt8] {
        var told = ToldProperties()
        // The end of the file is the same in every script, and speaks of all of them.
        let missing = Self.names.filter { name in !parts.contains { $0.name == name } }
        let all = parts + missing.map { Part($0, "Nothing, in this one.", []) }
        let functions = all.map { part in
            ["# \(part.comment)", "function \(part.name) {"] + part.rendered(&told, logins) + ["}", ""]
        }
        var lines = head.map { $0.isEmpty ? "#" : "# \(Printable.line($0))" }
        lines += ["param(\(switches.map { "[switch]$\($0)" }.joined(separator: ", ")))", ""]
        lines += ["$run = \(Self.quoted(run))", "$site = \(Self.quoted(site))", "$file = '\(Self.file(of: site))'"]
        lines += ["$kind = '\(switches.isEmpty ? "facts" : "change")'", "$snapshots = \(snapshots)", ""]
        lines += told.lines + [""] + functions.flatMap(\.self)
        lines +=
            ["# What is asked for before anything is changed.", "function Passwords {"] + logins.asking + ["}", ""]
        lines +=
            ["# How connectors must be found before the change, and after it.", "$expected = @("] + expected + [
                ")", "",
            ]
        lines += Self.functions.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines += String(decoding: PowerShellProgram.script, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // A text of several lines has them as Windows has them too.
        let text = lines.joined(separator: "\n").replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        return [0xEF, 0xBB, 0xBF] + Array(text.utf8)
    }

    /// The functions that every script has.
    private static let names = ["Look", "Change", "Restarts", "TakeBack", "RestartAgain", "Again", "Send"]

    /// What the executor has before it reads a document: its functions, word for word.
    static let functions: String = {
        let text = String(decoding: PowerShellProgram.executor, as: UTF8.self)
        guard let start = text.firstRange(of: "$ErrorActionPreference"),
            let end = text.firstRange(of: "# The document:")
        else { preconditionFailure("the executor has no such marks") }
        return "# The functions of mtactl's executor, word for word.\n" + text[start.lowerBound..<end.lowerBound]
    }()

    /// Of a name what may be in the names of files anywhere.
    package static func file(of site: String) -> String {
        String(site.map { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) ? $0 : "_" })
    }

    static func quoted(_ text: String) -> String { text.powerShellQuoted }
}

/// Lists of properties that calls tell, each under a name of its own; and the forms in which they are compared.
struct ToldProperties {
    private var lists: [[String]] = []
    private var forms: [String: PowerShellForm] = [:]

    /// How a list is behind a call.
    mutating func word(for properties: [PowerShellCall.Property]) -> String {
        for property in properties where property.form != .exact { forms[property.name] = property.form }
        let names = properties.map(\.name)
        if names.isEmpty { return "" }
        if names.count <= 4 { return " " + names.map(PowerShellScript.quoted).joined(separator: ", ") }
        let number = lists.firstIndex(of: names) ?? lists.count
        if number == lists.count { lists.append(names) }
        return " $told\(number)"
    }

    /// What is set before the functions.
    var lines: [String] {
        let lists = lists.enumerated().map { number, names in
            "$told\(number) = \(names.map(PowerShellScript.quoted).joined(separator: ", "))"
        }
        let pairs = forms.sorted { $0.key < $1.key }.map {
            "\(PowerShellScript.quoted($0.key)) = '\($0.value.rawValue)'"
        }
        return lists + ["$forms = @{ \(pairs.joined(separator: "; ")) }"]
    }
}

/// The logins of a script.
///
/// Where the operator has a password is nobody's business on the host, so each has a number there.
struct ScriptLogins: Sendable {
    private var all: [Login] = []

    private struct Login: Hashable {
        var username: String
        var secret: SecretReference
    }

    init() {}

    /// Of these calls, in their order.
    init(of calls: [PowerShellCall]) {
        for parameter in calls.flatMap(\.parameters) {
            guard case .credential(let username, let secret) = parameter.value else { continue }
            let login = Login(username: username, secret: secret)
            if !all.contains(login) { all.append(login) }
        }
    }

    var asking: [String] { all.map { "    [void](\(word(for: $0.username, $0.secret)))" } }

    func word(for username: String, _ secret: SecretReference) -> String {
        let number = (all.firstIndex(of: Login(username: username, secret: secret)) ?? 0) + 1
        return "Login \(PowerShellScript.quoted(username)) 'login \(number)'"
    }
}

extension PowerShellScript.Part {
    fileprivate func rendered(_ told: inout ToldProperties, _ logins: ScriptLogins) -> [String] {
        var lines: [String] = []
        for (comment, call, step) in self.lines {
            if let comment { lines.append("    # \(Printable.line(comment))") }
            lines.append("    Call '\(call.id)' \(call.isNeeded ? "must" : "may") {")
            lines += call.call.typed(step: step, logins).map { "        \($0)" }
            lines.append("    }\(told.word(for: call.call.properties))")
        }
        return lines
    }
}

extension PowerShellCall {
    /// As it would be typed, a line for each parameter.
    ///
    /// `step`: Whose answer the call is about.
    fileprivate func typed(step: String?, _ logins: ScriptLogins) -> [String] {
        if cmdlet.contains(".") {
            let pairs = parameters.map { "\($0.name) = \($0.value.scripted(step, logins, isNative: true))" }
            return ["& $natives['\(cmdlet)'] @{ \(pairs.joined(separator: "; ")) }"]
        }
        let words = parameters.map { parameter in
            if case .flag(let isOn) = parameter.value { return "-\(parameter.name):\(isOn ? "$true" : "$false")" }
            return "-\(parameter.name) \(parameter.value.scripted(step, logins, isNative: false))"
        }
        // A function of the script itself has no such parameter.
        let all = [cmdlet] + words.map { "    \($0)" } + (cmdlet.contains("-") ? ["    -ErrorAction Stop"] : [])
        return all.enumerated().map { $0.offset == all.count - 1 ? $0.element : $0.element + " `" }
    }
}

extension PowerShellCall.Value {
    fileprivate func scripted(_ step: String?, _ logins: ScriptLogins, isNative: Bool) -> String {
        let quoted = PowerShellScript.quoted
        switch self {
        case .text(let text) where isNative && text.contains("{TOKEN}"): return "(Filled \(quoted(text)))"
        case .text(let text): return quoted(text)
        case .list(let texts):
            let items = texts.map(quoted).joined(separator: ", ")
            return isNative || texts.count < 2 ? "@(\(items))" : items
        case .flag(let isOn): return isOn ? "$true" : "$false"
        case .number(let number): return "\(number)"
        case .nothing: return "$null"
        case .content, .found: preconditionFailure("no script is written for such work: SiteScript")
        case .credential(let username, let password):
            return "(\(logins.word(for: username, password)))"
        case .answered(let property, let otherwise):
            guard let step else { return quoted(otherwise) }
            return "(Answered '\(step)' \(quoted(property)) \(quoted(otherwise)))"
        }
    }
}
