import MTAPlan

/// The settings that a smarthost becomes on a Windows host: what is shown of them, and the calls that write them.
struct IceWarpWindowsWork {
    private let site: IceWarpOnWindows
    private let rows: [Row]
    /// What is shown of the values that are there.
    private let glossary: Glossary

    private struct Row {
        var variable: IceWarpVariable
        var content: Content
        var found: String
        var isDifferent: Bool

        /// Whether a password may be in what was found, or will be in what is written.
        var isSecret: Bool { !content.secrets.isEmpty || variable == .relay && IceWarpRelay(found: found).hasLogin }
    }

    /// - Throws: Where the tool does not know one of the variables.
    init(
        _ site: IceWarpOnWindows,
        to smarthost: Smarthost,
        _ use: IceWarpSettings.Use,
        secrets: Secrets
    ) throws(Failure) {
        self.site = site
        glossary = Glossary(for: Routes(defaultRoute: .via(smarthost)))
        var rows: [Row] = []
        for (variable, content) in IceWarpVariable.wanted(for: smarthost, use) {
            guard let found = site[variable] else { throw .unknown(variable) }
            let isDifferent = Array(found.utf8) != (try content.rendered(with: secrets))
            rows.append(Row(variable: variable, content: content, found: found, isDifferent: isDifferent))
        }
        self.rows = rows
    }

    private var changed: [Row] { rows.filter(\.isDifferent) }

    /// Why somebody on the host may see the password for a moment; `nil` where none is written.
    var exposure: String? {
        guard changed.contains(where: { !$0.content.secrets.isEmpty }) else { return nil }
        return
            "tool.exe takes the value only as an argument: for a moment it is visible in the host's process list, and it stays in the event log if that records command lines (event 4688)"
    }

    var edits: [Edit] {
        if changed.isEmpty { return [] }
        let lines = { (line: (Row) -> String) in
            Array(rows.map { "\($0.variable.rawValue): \(line($0))\n" }.joined().utf8)
        }
        let before = lines {
            $0.isDifferent ? glossary.value(IceWarpRelay(found: $0.found).masked) : Self.shown($0.content)
        }
        let diff = LineDiff.unified(before, lines { Self.shown($0.content) }, path: "/IceWarp's relay server")
        return [Edit(.object, "IceWarp's relay server", .edit, diff: diff)]
    }

    private static func shown(_ content: Content) -> String {
        content.pieces.map { piece in
            switch piece {
            case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
            case .secret(let reference, _): "[secret \(reference)]"
            case .kept, .copied: ""
            }
        }
        .joined()
    }

    var work: PowerShellWork {
        if changed.isEmpty { return PowerShellWork(expectations: [], snapshot: [], steps: [], checks: []) }
        let name = PowerShellCall.Property("Name")
        let (open, closed) = (changed.filter { !$0.isSecret }, changed.filter(\.isSecret))
        // Of a password a plan holds no hash, as weak ones could be searched for.
        return PowerShellWork(
            expectations: [
                unchanged(open, reading(IceWarpOnWindows.properties)), unchanged(closed, reading([name])),
            ],
            snapshot: [reading([name, PowerShellCall.Property("Value", .digest)])],
            steps: changed.map(step),
            restarts: [site.computer],
            service: IceWarpOnWindows.service.name,
            checks: [
                PowerShellWork.Expectation(
                    site.place.factsKey,
                    reading(IceWarpOnWindows.properties),
                    open.map(Self.check)
                )
            ]
        )
    }

    private func reading(_ properties: [PowerShellCall.Property]) -> PowerShellCall {
        IceWarpOnWindows.reading(site.place, changed.map(\.variable), tells: properties)
    }

    private func unchanged(_ rows: [Row], _ call: PowerShellCall) -> PowerShellWork.Expectation {
        let objects = rows.map { row in
            let object = PowerShellObject(["Name": .text(row.variable.rawValue), "Value": .text(row.found)])
            return ObjectExpectation(
                row.variable.rawValue,
                .name(row.variable.rawValue),
                .unchanged(digest: object.digest(of: call.properties))
            )
        }
        return PowerShellWork.Expectation(site.place.factsKey, call, objects)
    }

    private static func check(_ row: Row) -> ObjectExpectation {
        let wanted = ObjectExpectation.Wanted(PowerShellCall.Property("Value"), shown(row.content))
        return ObjectExpectation(row.variable.rawValue, .name(row.variable.rawValue), .with([wanted]))
    }

    private func step(_ row: Row) -> PowerShellWork.Step {
        let write = { (value: PowerShellCall.Value) in
            PowerShellCall(
                "setting.write",
                [
                    PowerShellCall.Parameter("Program", .text(site.place.program)),
                    PowerShellCall.Parameter("Name", .text(row.variable.rawValue)),
                    PowerShellCall.Parameter("Value", value),
                ]
            )
        }
        return PowerShellWork.Step(
            "set \(row.variable.rawValue)",
            write(row.content.secrets.isEmpty ? .text(Self.shown(row.content)) : .content(row.content)),
            undo: write(.found(name: row.variable.rawValue))
        )
    }
}

extension Failure {
    fileprivate static func unknown(_ variable: IceWarpVariable) -> Failure {
        Failure(
            "icewarp's tool.exe did not report \(variable.rawValue), so it cannot be set",
            hint: "what does `tool display system \(variable.rawValue)` say on the host?"
        )
    }
}
