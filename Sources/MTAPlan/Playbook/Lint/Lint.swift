/// Looks for what is wrong or risky in a playbook, without any host.
package struct Lint {
    let file: PlaybookFile
    let inventory: Inventory?
    let limit: HostPattern?
    private var findings: [(place: Place, finding: Finding)] = []

    /// Everything there is to say, in the order of the playbook's lines, then about the inventory.
    ///
    /// Without an inventory nothing is said about hosts; with a `limit` only of those that it leaves. Whatever ends a plan before a
    /// host is met is an error here.
    package static func findings(
        _ file: PlaybookFile,
        inventory: Inventory? = nil,
        limit: HostPattern? = nil
    ) -> [Finding] {
        var lint = Lint(file: file, inventory: inventory, limit: limit)
        lint.checkSmarthosts()
        lint.checkPlays()
        lint.checkVerification()
        lint.checkHosts()
        let sorted = lint.findings.enumerated().sorted {
            ($0.element.place, $0.element.finding.severity, $0.offset)
                < ($1.element.place, $1.element.finding.severity, $1.offset)
        }
        return sorted.map(\.element.finding) + lint.inventoryFindings
    }

    private init(file: PlaybookFile, inventory: Inventory?, limit: HostPattern?) {
        self.file = file
        self.inventory = inventory
        self.limit = limit
    }

    var playbook: Playbook { file.playbook }

    /// Adds a finding.
    ///
    /// `path` is the key of the playbook that it is about, `elsewhere` the place where that is no part of the playbook.
    mutating func find(
        _ id: String,
        _ severity: Finding.Severity,
        _ path: [String],
        at elsewhere: String? = nil,
        _ problem: String,
        hint: String? = nil
    ) {
        let place = file.place(path)
        findings.append(
            (
                place,
                Finding(
                    id: id,
                    severity: severity,
                    place: elsewhere ?? place.description,
                    problem: problem,
                    hint: hint
                )
            )
        )
    }

    private var inventoryFindings: [Finding] {
        FailureSummary.ofKinds(inventory?.warnings ?? []).map { warning in
            Finding(
                id: "inventory",
                severity: .warning,
                place: warning.place ?? "inventory",
                problem: warning.problem,
                hint: warning.hint
            )
        }
    }
}
