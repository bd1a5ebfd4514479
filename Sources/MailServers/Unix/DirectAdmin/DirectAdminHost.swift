import MTAPlan

/// What one host's answers say of its DirectAdmin.
struct DirectAdminHost: Sendable {
    static let configuration = "/etc/exim.conf"

    /// A file that the panel's exim.conf includes and never writes.
    enum Include: String, Sendable, CaseIterable {
        case authenticators = "/etc/exim.authenticators.post.conf"
        case routers = "/etc/exim.routers.pre.conf"
        case transports = "/etc/exim.transports.pre.conf"

        var part: String { "\(self)" }
    }

    let facts: Facts
    let texts: [Include: EximText]

    /// - Throws: Where a file cannot be read.
    init(_ facts: Facts) throws(Failure) {
        self.facts = facts
        var texts: [Include: EximText] = [:]
        for include in Include.allCases {
            switch facts.files[include.rawValue] {
            case .file(let file)?: texts[include] = EximText(file.bytes)
            case .unreadable(let why)?: throw .unreadable(include.rawValue, why)
            case .absent?, nil: texts[include] = EximText([])
            }
        }
        self.texts = texts
    }

    func text(_ include: Include) -> EximText { texts[include] ?? EximText([]) }

    /// The drivers in the files that are not ours.
    func drivers() throws(Failure) -> [PanelDriver] {
        var drivers: [PanelDriver] = []
        for include in Include.allCases {
            let text = text(include)
            drivers += try PanelDriver.all(
                in: text,
                lines: text.lines.indices,
                part: include.part,
                file: include.rawValue
            )
        }
        return drivers
    }

    /// The line before which our routers go: behind those that copy, refuse, hold or filter.
    func place(in text: EximText, before senders: Set<String>) throws(Failure) -> Int {
        let file = Include.routers.rawValue
        let drivers = try PanelDriver.all(in: text, lines: text.lines.indices, part: "routers", file: file)
        let before = drivers.prefix { !senders.contains($0.name) }
        return before.last.map { $0.isWhole ? $0.lines.upperBound : text.lines.count } ?? 0
    }

    /// - Throws: Where what we write would have no effect, or lose it with the next build.
    func check(_ routes: Routes) throws(Failure) {
        if let file = PanelFlags(facts.text("directadmin.flags")).immutable.first { throw .immutable(file) }
        guard let file = facts.file(Self.configuration) else { throw .noConfiguration(Self.configuration) }
        let text = EximText(file.bytes)
        for include in Include.allCases {
            guard text.includes(include) else { throw .notIncluded(include) }
        }
        // A template of the administrator's own, which the next build would take.
        if let template = facts.answers["directadmin.template"], template.status == 0 {
            let included = Set(template.output.text.split(separator: "\n").map { Array($0.utf8).trimmed.text })
            for include in Include.allCases where !included.contains(include.rawValue) { throw .notInTemplate(include) }
        }
        try checkOthers(text)
    }

    /// A smarthost in exim.conf itself, which the next build takes out.
    private func checkOthers(_ text: EximText) throws(Failure) {
        let drivers = try PanelDriver.all(
            in: text,
            lines: text.lines.indices,
            part: "routers",
            file: Self.configuration
        )
        let other = drivers.first { $0.options["driver"] == "manualroute" && $0.takesAnyDomain }
        if let other { throw .inGenerated(other) }
    }
}

extension EximText {
    /// Whether the file is included in the section that it is for.
    fileprivate func includes(_ include: DirectAdminHost.Include) -> Bool {
        var section = "main"
        for statement in statements {
            if case .begin(let name) = statement.kind { section = name }
            if statement.kind == .directive(word: "include_if_exists", argument: include.rawValue),
                section == include.part
            {
                return true
            }
        }
        return false
    }
}

extension Failure {
    fileprivate static func noConfiguration(_ path: String) -> Failure {
        Failure("\(path) does not exist", hint: "have DirectAdmin generate it with `da build exim_conf`")
    }
    fileprivate static func notIncluded(_ include: DirectAdminHost.Include) -> Failure {
        Failure(
            "/etc/exim.conf does not include \(include.rawValue) in its \(include.part), so nothing there would have an effect",
            hint: "have DirectAdmin regenerate exim.conf with `da build exim_conf`",
            at: DirectAdminHost.configuration
        )
    }
    fileprivate static func notInTemplate(_ include: DirectAdminHost.Include) -> Failure {
        Failure(
            "the host's own template does not include \(include.rawValue), so the next build would undo the change",
            hint: "add `.include_if_exists \(include.rawValue)` to its \(include.part)",
            at: "/usr/local/directadmin/custombuild/custom/exim/exim.conf"
        )
    }
    fileprivate static func inGenerated(_ driver: PanelDriver) -> Failure {
        Failure(
            "the router `\(driver.name)` sends mail to a smarthost from /etc/exim.conf itself, until the next build removes it",
            hint: "remove it, or have DirectAdmin regenerate exim.conf with `da build exim_conf`",
            at: driver.place
        )
    }
}
