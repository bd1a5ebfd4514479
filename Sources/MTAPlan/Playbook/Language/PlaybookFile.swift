/// A playbook and where each part of it is.
package struct PlaybookFile: Sendable {
    package var file: String
    package var playbook: Playbook
    let root: YAMLNode
    let language: PlaybookLanguage

    /// Reads a playbook.
    ///
    /// Touches nothing but the bytes.
    ///
    /// `file` is its path, as it is to be in errors. Relative paths of secrets start from its folder.
    /// Throws everything that is wrong with it, in the order of its lines.
    package init(_ bytes: [UInt8], file: String, in language: PlaybookLanguage) throws(Failures) {
        let document: YAMLReader.Document
        do throws(Complaint) { document = try YAMLReader.document(bytes, file: file) } catch {
            throw Failures(error.failure)
        }
        guard let root = document.root else {
            throw Failures(Complaint(Place(file: file), "the playbook is empty", hint: "it needs `plays`").failure)
        }
        guard root.pairs != nil else { throw Failures(Complaint.noPlaybook(root).failure) }
        var loader = PlaybookLoader(folder: folder(of: file), language: language)
        let shape = PlaybookShape.playbook(in: language)
        loader.complaints = document.complaints + shape.complaints(root, name: "playbook")
        playbook = loader.playbook(root)
        if let failures = Failures(loader.complaints) { throw failures }
        self.file = file
        self.root = root
        self.language = language
    }

    /// Where a key is: `["plays", "0", "routes"]`.
    ///
    /// The nearest there is, where it is absent.
    func place(_ path: [String]) -> Place {
        var node = root
        var place = root.place
        for step in path {
            if let pair = node.pair(step) {
                place = pair.key.place
                node = pair.value
            } else if let list = node.list, let index = Int(step), list.indices.contains(index) {
                node = list[index]
                place = node.place
            } else {
                break
            }
        }
        return place
    }

    /// Whether the file itself says something there.
    func says(_ path: [String]) -> Bool {
        var node: YAMLNode? = root
        for step in path {
            guard let here = node else { return false }
            let index = Int(step) ?? -1
            let element = here.list.flatMap { $0.indices.contains(index) ? $0[index] : nil }
            node = element ?? here[step]
        }
        return node != nil
    }
}

extension Playbook {
    /// Reads a playbook.
    ///
    /// Touches nothing but the text.
    ///
    /// `file` is its path, as it is to be in errors. Relative paths of secrets start from its folder.
    /// Throws everything that is wrong with it, in the order of its lines.
    package static func load(
        text: String,
        file: String,
        in language: PlaybookLanguage
    ) throws(Failures) -> Playbook {
        try load(Array(text.utf8), file: file, in: language)
    }

    /// Reads a playbook from the bytes of its file, which need not be UTF-8.
    package static func load(
        _ bytes: [UInt8],
        file: String,
        in language: PlaybookLanguage
    ) throws(Failures) -> Playbook {
        try PlaybookFile(bytes, file: file, in: language).playbook
    }

    /// Every secret that the playbook refers to, each once, in the order of the file.
    package var secrets: [SecretReference] {
        var logins = smarthosts.map(\.login)
        for play in plays {
            logins += play.routes.senders.map(\.login) + play.extras.all.flatMap(\.logins)
        }
        var seen: Set<SecretReference> = []
        return logins.compactMap { $0?.password }.filter { seen.insert($0).inserted }
    }
}

extension Complaint {
    /// The root of the file is not a mapping.
    fileprivate static func noPlaybook(_ root: YAMLNode) -> Complaint {
        if root.list?.contains(where: { $0.pair("hosts") != nil }) == true {
            return Complaint(
                root.place,
                "this is an Ansible playbook",
                hint: "mtactl's playbooks begin with `plays:`; `mtactl schema playbook` prints the format"
            )
        }
        if root.scalar?.hasPrefix("$ANSIBLE_VAULT;") == true {
            return Complaint(
                root.place,
                "this file is encrypted with ansible-vault, which is not read here",
                hint: "leave it unencrypted: its passwords are references, such as `env:NAME`"
            )
        }
        return Complaint(root.place, "a playbook must be a mapping", hint: "it begins with `plays:`")
    }
}
