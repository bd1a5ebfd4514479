package import MTAPlan

extension PowerShellScript {
    /// Asks what a host is and has, for `mtactl script --facts`.
    ///
    /// Changes nothing. `made`: When and from what, for the first line.
    package static func facts(run: String, site: String, asking questions: WindowsQuestions, made: String)
        -> PowerShellScript
    {
        let head = [
            made, "", "It collects what mtactl needs to plan a change. It changes nothing.", "",
            "Run it on \(site) in the Exchange Management Shell, or in PowerShell as an administrator:", "",
            "    powershell -ExecutionPolicy Bypass -File .\\\(file(of: site))-facts.ps1", "",
            "It writes \(file(of: site)).facts.answer beside itself. Send that back. No password is in it.",
        ]
        let look = Part("Look", "What is asked.", questions.calls(for: .survey))
        return PowerShellScript(run: run, site: site, head: head, parts: [look])
    }

    /// Does what a plan says, and takes it back.
    ///
    /// `message`: Sent by `-Verify`; `nil` where the playbook has no `verify`.
    package static func change(
        run: String,
        plan: SitePlan,
        _ work: PowerShellWork,
        message: ScriptMessage?,
        made: String
    ) -> PowerShellScript {
        var script = PowerShellScript(
            run: run,
            site: plan.host,
            head: [made] + purpose(of: plan, work) + usage(plan.host, sends: message != nil),
            parts: parts(of: work, message)
        )
        script.switches = ["Check", "Apply"] + (message == nil ? [] : ["Verify"]) + ["Undo"]
        script.snapshots = work.snapshot.count
        script.logins = ScriptLogins(of: work.steps.map(\.change))
        var told = ToldProperties()
        for part in script.parts { for line in part.lines { _ = told.word(for: line.call.call.properties) } }
        script.expected =
            expected(work.expectations, "expect", &told) + expected(work.checks, "check", &told)
        return script
    }

    private static func purpose(of plan: SitePlan, _ work: PowerShellWork) -> [String] {
        var lines = ["", "What it changes, and nothing else:", ""]
        lines += work.steps.enumerated().map { "  \($0.offset + 1). \($0.element.title)" }
        lines += work.restarts.map { "  then it restarts the transport service on \($0)" }
        guard case .change(let edits, _) = plan.disposition else { return lines }
        for edit in edits { lines += [""] + asking(edit.diff, work).split(separator: "\n").map { "    \($0)" } }
        return lines + (plan.notes.isEmpty ? [] : [""]) + plan.notes.map { "  Note: \($0)" }
    }

    /// A difference without where the operator has a password.
    private static func asking(_ diff: String, _ work: PowerShellWork) -> String {
        work.secrets.reduce(diff) { $0.replacing("[secret \($1)]", with: "[asked for]") }
    }

    private static func usage(_ site: String, sends: Bool) -> [String] {
        let file = file(of: site)
        let call = "    powershell -ExecutionPolicy Bypass -File .\\\(file).ps1"
        return [
            "",
            "Run it on \(site) in the Exchange Management Shell, or in PowerShell as an administrator, with an account that is in",
            "Organization Management (on an Edge server: an administrator).", "",
            "\(call) -Check    compares the host with what it was when this was made; changes nothing",
            "\(call) -Apply    compares, changes, compares again; puts everything back if something fails",
        ] + (sends ? ["\(call) -Verify   sends the test message, and waits for its result"] : []) + [
            "\(call) -Undo     puts back what -Apply has changed", "",
            "Each writes an answer beside this file, which `mtactl report` reads. No password is in an answer or in this file: it",
            "asks for each. Keep \(file).kept, which -Apply writes: -Undo needs it. Nothing puts the host back by itself.",
        ]
    }

    private static func parts(of work: PowerShellWork, _ message: ScriptMessage?) -> [Part] {
        var change = Part("Change", "The change. After a failed step the others are skipped.", work.changing)
        for number in work.steps.indices { change.lines[number].comment = "\(number + 1). \(work.steps[number].title)" }
        let undoing = work.steps.reversed().enumerated().map { number, step in
            ExecutorCall("undo-\(number)", step.undo, isNeeded: false)
        }
        var back = Part("TakeBack", "How it is undone, in reverse order.", undoing)
        for number in back.lines.indices { back.lines[number].step = "step-\(work.steps.count - 1 - number)" }
        let again = work.snapshot.enumerated().map { number, call in
            ExecutorCall("again-\(number)", call, isNeeded: false)
        }
        return [
            Part("Look", "What is compared first. It changes nothing.", work.looking), change,
            restarts("Restarts", "Servers that have to read a new port.", "restart", work.restarts), back,
            restarts("RestartAgain", "The same after undoing it.", "again-restart", work.restarts),
            Part("Again", "What is compared after undoing it.", again),
            Part("Send", "The test message, and what happens to it.", message?.calls ?? []),
        ]
    }

    private static func restarts(_ name: String, _ comment: String, _ id: String, _ servers: [String]) -> Part {
        let calls = servers.enumerated().map { number, server in
            ExecutorCall("\(id)-\(number)", restart, [("Server", .text(server))])
        }
        return Part(name, comment, calls)
    }

    /// A function of `script.ps1`.
    static let restart = "RestartTransport"

    private static func expected(
        _ all: [PowerShellWork.Expectation],
        _ id: String,
        _ told: inout ToldProperties
    ) -> [String] {
        all.enumerated().flatMap { number, expectation in
            let names = told.word(for: expectation.call.properties)
            return expectation.objects.map { object in
                var fields = ["In = '\(id)-\(number)'", "Name = \(quoted(object.name))"]
                if case .guid(let guid) = object.identity { fields.append("Guid = \(quoted(guid))") }
                switch object.state {
                case .absent: fields.append("Absent = $true")
                case .unchanged(let digest): fields += ["Digest = '\(digest)'", "Told =\(names)"]
                case .with(let wanted): fields.append("With = @(\(wanted.map(row).joined(separator: "; ")))")
                }
                return "    @{ \(fields.joined(separator: "; ")) }"
            }
        }
    }

    private static func row(_ wanted: ObjectExpectation.Wanted) -> String {
        let value = wanted.value.map(quoted) ?? "$null"
        return
            "@{ Property = \(quoted(wanted.property.name)); Form = '\(wanted.property.form.rawValue)'; Value = \(value) }"
    }
}

/// The test message of a script.
package struct ScriptMessage: Sendable {
    /// Without angle brackets; with `{TOKEN}` where each message differs.
    let messageID: String
    /// With `{TOKEN}` and `{DATE}`.
    let text: String
    let servers: [String]
    let pickup: String
    let seconds: Int

    /// `log`: As a plan has it.
    ///
    /// - Returns: `nil` where the log is another one than Exchange's.
    package init?(messageID: String, text: String, log: LogSource, seconds: Int) {
        guard case .tracking(let servers, let pickup) = log else { return nil }
        self.messageID = messageID
        self.text = text
        self.servers = servers
        self.pickup = pickup
        self.seconds = seconds
    }

    var calls: [ExecutorCall] {
        let picked = PickedUp(name: "mtactl-{TOKEN}", messageID: messageID)
        return [PowerShellDriver.handing(over: text, as: picked, pickup)]
            + PowerShellDriver.watching(picked, servers, pickup, seconds: seconds)
    }
}
