/// What playbooks and inventories can say: words for every mail server, and what single products add to them.
package struct PlaybookLanguage: Sendable {
    /// What may be after `mta:`, besides `auto`.
    let servers: [String]
    /// What is under a product's name.
    let sections: [any ServerSettings.Type]

    package init(servers: [String], sections: [any ServerSettings.Type]) {
        self.servers = servers
        self.sections = sections
    }

    var mta: Shape { .words(["auto"] + servers) }

    var sectionKeys: [Key] { sections.map { Key($0.key, $0.shape, $0.note) } }
}

extension MailServerChoice {
    init(_ word: String) { self = word == "auto" ? .auto : .named(word) }
}

/// The nodes of a product's section; whatever is not as its `keys` have it has been complained about before.
package struct SectionReader: Sendable {
    private let node: YAMLNode
    private let folder: String

    init(_ node: YAMLNode, folder: String) {
        self.node = node
        self.folder = folder
    }

    package func text(_ key: String) -> String? { node[key]?.text }

    package func texts(_ key: String) -> [String] { (node[key]?.list ?? []).compactMap(\.text) }

    package func integer(_ key: String) -> Int? { node[key]?.integer }

    package func boolean(_ key: String) -> Bool? { node[key]?.boolean }

    package func word<Value: RawRepresentable<String>>(_ key: String) -> Value? { node[key]?.word() }

    /// The secrets of a table, by the names that they are under.
    ///
    /// `what`: What each is, as it is to be in a question, before its name.
    package func secrets(_ key: String, what: String) -> [String: SecretReference] {
        var secrets: [String: SecretReference] = [:]
        for pair in node[key]?.pairs ?? [] {
            guard let name = pair.key.scalar, let text = pair.value.text else { continue }
            // What is no reference has been complained about before.
            secrets[name] = try? SecretReference.parse(text, folder: folder, what: "\(what) \(name.shortened)")
        }
        return secrets
    }

    /// A path on this machine, as seen from the folder of the file that it is in.
    package func path(_ key: String) -> String? { text(key).map { SecretReference.path($0, in: folder) } }

    /// A host's name in lower case, or its address without brackets.
    package func host(_ key: String) -> String? { node[key]?.value(by: HostAddress.parse) }

    /// `what`: What the login is for, as it is to be in a question: `for the Exchange shell`.
    package func login(_ key: String, what: String) -> Login? { Login(node[key], folder: folder, what: what) }
}
