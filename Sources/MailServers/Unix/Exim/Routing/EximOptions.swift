import MTAPlan

/// A router or transport with the options that are in force, macros replaced.
struct EximOptions: Sendable {
    let name: String
    /// As messages have it: `/etc/exim4/exim4.conf.template:12`.
    let place: String
    let isOurs: Bool
    /// In their order; a Boolean without a value has an empty one.
    ///
    /// `written`: As it is in the file, with the names of macros, which may hold secrets.
    let all: [(name: String, value: String, written: String)]

    init(_ driver: EximStructure.Driver) {
        name = driver.name
        place = driver.start.place.text
        isOurs = driver.start.isOurs
        // What a block of ours replaces is next to it, and is not in force.
        let replaced = Set(driver.items.filter { $0.isOurs && !driver.start.isOurs }.compactMap(\.optionName))
        var options: [(String, String, String)] = []
        for item in driver.items {
            guard case .option(let name, let written) = item.kind, case .option(_, let value) = item.inForce,
                !replaced.contains(name) || item.isOurs
            else { continue }
            options.append((name, value ?? "", written ?? ""))
        }
        all = options
    }

    subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    func values(_ name: String) -> [String] { all.filter { $0.name == name }.map(\.value) }

    /// The values of options: `senders = *@example.com`.
    func shown(_ names: [String]) -> [String] {
        names.flatMap { name in
            all.filter { $0.name == name }.map { "\(name) = \(Self.value($0.written, of: name))" }
        }
    }

    /// A value that is compared as it is, and shown only where the option is a harmless one.
    static func value(_ text: String, of name: String) -> String {
        Notation.eximHarmless.contains(name) ? text : Glossary.concealed(text)
    }

    /// A line of a configuration, of which the same is shown.
    static func line(_ text: some StringProtocol) -> String {
        guard let sign = text.firstIndex(of: "=") else {
            return text.hasSuffix(":") ? String(text) : Glossary.concealed(String(text))
        }
        let name = text[..<sign].split(separator: " ").last ?? ""
        let rest = text[text.index(after: sign)...].drop { $0 == " " }
        return "\(text[...sign]) \(value(String(rest), of: String(name)))"
    }

    /// Whether a Boolean option is set; `nil` where it is an expression.
    func isOn(_ name: String) -> Bool? {
        if self["no_\(name)"] != nil || self["not_\(name)"] != nil { return false }
        guard let value = self[name]?.lowercased() else { return false }
        if ["", "yes", "true"].contains(value) { return true }
        return ["no", "false"].contains(value) ? false : nil
    }
}

extension EximStructure.Item {
    fileprivate var optionName: String? { if case .option(let name, _) = kind { name } else { nil } }
}
