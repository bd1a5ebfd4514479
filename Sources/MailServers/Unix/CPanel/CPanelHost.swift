import MTAPlan

/// What one host's answers say of its cPanel.
struct CPanelHost: Sendable {
    static let build = "/usr/local/cpanel/scripts/buildeximconf"
    static let restart = "/usr/local/cpanel/scripts/restartsrv_exim"

    let facts: Facts
    let file: FoundFile
    let local: CPanelLocal
    /// Settings of the Basic Editor that decide in addition to ours.
    let settings: [String: String]

    /// - Throws: Where cPanel cannot be asked to make Exim's configuration, or ours would not be what it makes it from.
    init(_ facts: Facts) throws(Failure) {
        self.facts = facts
        switch facts.files[CPanelLocal.path] {
        case .file(let file)?: self.file = file
        case .unreadable(let why)?: throw .unreadable(CPanelLocal.path, why)
        case .absent?, nil: throw .noLocal
        }
        local = CPanelLocal(file.bytes)
        settings = Dictionary(
            (facts.text("cpanel.settings") ?? "").split(separator: "\n").compactMap { line in
                line.firstIndex(of: "=").map { at in
                    (String(line[..<at]), Array(line[line.index(after: at)...].utf8).trimmed.text)
                }
            },
            uniquingKeysWith: { $1 }
        )
        guard facts.answers["cpanel.build"]?.status == 0 else { throw .noScripts }
    }

    var generated: CPanelGenerated? {
        facts.file(CPanelGenerated.path).map { file in
            let template = (facts.text("cpanel.template") ?? "").split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            return CPanelGenerated(bytes: file.bytes, template: template.map(String.init))
        }
    }

    /// The drivers in the file that are not ours.
    func drivers() throws(Failure) -> [PanelDriver] {
        var drivers: [PanelDriver] = []
        for section in local.sections {
            guard let part = CPanelLocal.part(of: section.name) else { continue }
            drivers += try PanelDriver.all(in: local.text, lines: section.lines, part: part, file: CPanelLocal.path)
        }
        return drivers
    }

    /// - Throws: Where rebuilding would do more than what is asked, or could not be done.
    func check(_ routes: Routes) throws(Failure) {
        if let file = PanelFlags(facts.text("cpanel.flags")).immutable.first { throw .immutable(file) }
        if let name = (facts.text("cpanel.strange") ?? "").split(separator: "\n").first {
            throw .strange(String(name), at: line(of: String(name)))
        }
        try checkBuilt()
        guard let smarthost = settings["smarthost_routelist"], !smarthost.isEmpty, smarthost.lowercased() != "none",
            routes != Routes()
        else { return }
        throw .ownSmarthost(smarthost)
    }

    /// Whether what is in exim.conf.local is in force: the rebuild would put it there unasked.
    private func checkBuilt() throws(Failure) {
        guard let generated = facts.file(CPanelGenerated.path) else { throw .noGenerated }
        let lines = Set(EximText(generated.bytes).lines.map { $0.trimmed.text })
        for section in local.sections where CPanelLocal.part(of: section.name) != nil {
            for index in section.lines {
                let line = local.text.lines[index].trimmed.text
                if line.isEmpty || lines.contains(line) { continue }
                if let section = CPanelLocal.Section.allCases.first(where: { $0.mark == line }) {
                    throw local.missing(section)
                }
                throw .notBuilt(line, at: "\(CPanelLocal.path):\(index + 1)")
            }
        }
    }

    private func line(of name: String) -> String {
        let lines = facts.file(CPanelGenerated.path).map { EximText($0.bytes).lines } ?? []
        let index = lines.firstIndex { $0.trimmed.text == name }
        return CPanelGenerated.path + (index.map { ":\($0 + 1)" } ?? "")
    }
}

extension Failure {
    fileprivate static let noLocal = Failure(
        "/etc/exim.conf.local does not exist, so there are no markers to insert anything after",
        hint: "open and save WHM's Exim Configuration Manager, Advanced Editor, which writes it"
    )
    fileprivate static let noGenerated = Failure(
        "/etc/exim.conf does not exist",
        hint: "have cPanel generate it with \(CPanelHost.build)"
    )
    fileprivate static let noScripts = Failure(
        "the scripts that generate cPanel's Exim configuration and restart Exim are missing",
        hint: "is this a complete cPanel? look for \(CPanelHost.build) and \(CPanelHost.restart)"
    )
    fileprivate static func strange(_ name: String, at place: String) -> Failure {
        let name = name.hasSuffix(":") ? String(name.dropLast()) : name
        return Failure(
            "`\(name.escaped)` is only in the generated file, and the rebuild would drop it",
            hint: "put it into its section of WHM's Advanced Editor, or remove it",
            at: place
        )
    }
    fileprivate static func notBuilt(_ line: String, at place: String) -> Failure {
        Failure(
            "this line is not in /etc/exim.conf yet, and the rebuild would put it there",
            hint: "run \(CPanelHost.build) and check its output, then try again",
            at: place
        )
    }
    fileprivate static func ownSmarthost(_ routes: String) -> Failure {
        Failure(
            "cPanel has a smarthost of its own for all mail that goes direct: `\(routes.escaped)`",
            hint: "empty \"Smarthost support\" in WHM's Exim Configuration Manager, Basic Editor"
        )
    }
}
