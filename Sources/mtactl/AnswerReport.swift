import ArgumentParser
import Drivers
import Foundation
import MTAApply
import MTAPlan
import MailServers

/// What the answers of scripts say, which `mtactl script` has made on this machine.
struct AnswerReport {
    let terminal: Terminal
    let json: Bool

    /// Shows them, and ends with the worst of what happened to the hosts.
    func show(_ paths: [String]) throws {
        let files = Files(terminal: terminal)
        if json { terminal.show(JSONReport.version(MTACtl.version)) }
        var worst = ExitStatus.done
        for path in paths {
            let answer = try files.checked { () throws(Failure) in try ScriptAnswer.read(path) }
            if answer.action == .facts {
                try files.checked { () throws(Failure) in try show(answer) }
                continue
            }
            let plan = try plan(for: answer, at: path, files)
            let record = try files.checked { () throws(Failure) in
                try SiteScript.record(of: answer, to: plan, catalog: Catalog.products)
            }
            if json {
                terminal.show(JSONReport.host(record))
            } else {
                terminal.show("\(record.host)  -\(answer.action.rawValue) on \(answer.computer) by \(answer.user)")
                terminal.show(ResultText.lines(record))
            }
            let status = ExitStatus(of: [record], for: answer.purpose)
            if status.severity > worst.severity { worst = status }
        }
        try worst.end()
    }

    private func show(_ answer: ScriptAnswer) throws(Failure) {
        let facts = try answer.facts(asking: WindowsQuestions(of: ServerExtras()))
        let survey = HostSurvey(host: answer.site, facts: facts, catalog: Catalog.products)
        if json { terminal.show(JSONReport.survey(survey)) } else { terminal.show(SurveyText.lines([survey])) }
    }

    private func plan(for answer: ScriptAnswer, at path: String, _ files: Files) throws -> SitePlan {
        let kept = StateFolder.plan(of: answer.run)
        guard FileManager.default.fileExists(atPath: kept) else {
            throw files.stop(.notMadeHere(answer.run, at: path))
        }
        let (data, stat) = try files.read(kept)
        let saved = try files.checked { () throws(Failure) in try SavedPlan.read(data, stat, file: kept) }
        guard let plan = saved?.hosts.first(where: { $0.host == answer.site }) else {
            throw files.stop(.notMadeHere(answer.run, at: path))
        }
        return plan
    }
}

extension ScriptAnswer {
    fileprivate var purpose: ExitStatus.Purpose {
        switch action {
        case .facts, .check: .ask
        case .apply: .change
        case .verify: .verify
        case .undo: .rollBack
        }
    }
}

extension ExitStatus {
    /// Of several answers the worst counts.
    fileprivate var severity: Int {
        switch self {
        case .stranded: 4
        case .asFound: 3
        case .notDelivered: 2
        case .done: 0
        default: 1
        }
    }
}

extension Failure {
    fileprivate static func notMadeHere(_ run: String, at path: String) -> Failure {
        Failure(
            "this machine has no plan of run \(run) for this host",
            hint:
                "read the answer on the machine and as the user that ran `mtactl script`; the newest \(StateFolder.most) plans are kept",
            at: path
        )
    }
}
