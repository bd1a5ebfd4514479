import Drivers
import Foundation
import MTAApply
import MTAPlan
import MailServers

/// Writes scripts for people, and keeps the plans that they were made from.
struct ScriptWriter {
    let folder: String
    let run: RunID
    /// The first line of each script.
    private let made: String

    init(folder: String, from source: String) {
        self.folder = folder
        let now = Date()
        run = RunID.new(at: now)
        let name = URL(filePath: source).lastPathComponent
        made = "Made by mtactl \(MTACtl.version) from \(name), \(Timestamp.compact(now)), run \(run.text)."
    }

    /// The script that asks a host.
    ///
    /// - Returns: What is said of it.
    func ask(_ host: String, _ questions: WindowsQuestions) throws(Failure) -> String {
        try write(.facts(run: run.text, site: host, asking: questions, made: made))
    }

    /// The script that does what a plan says.
    func write(_ plan: SitePlan) throws(Failure) -> String {
        try write(SiteScript.script(of: plan, run: run, made: made))
    }

    private func write(_ script: PowerShellScript) throws(Failure) -> String {
        let path = "\(folder)/\(script.file).ps1"
        try write(script.bytes, to: path)
        return "\(script.site)  \(path)  sha256 \(Digest.sha256(script.bytes))"
    }

    /// The changes of a directory, there and back.
    func write(_ change: LegacyExchangeChange, for host: String) throws(Failure) -> [String] {
        var said: [String] = []
        for (name, text) in [("forward", change.forward), ("back", change.back)] {
            let path = "\(folder)/\(PowerShellScript.file(of: host)).\(name).ldf"
            try write(Array(text.utf8), to: path)
            said.append("\(host)  \(path)")
        }
        return said
    }

    private func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure("it cannot be written: \(error.localizedDescription)", at: path)
        }
    }

    /// Keeps the plans for `mtactl report`, which judges answers by them.
    func keep(_ plans: [SitePlan], rollout: RolloutPolicy) throws(Failure) {
        let made = Timestamp.compact(Date())
        let plan = SavedPlan(made: made, rollout: rollout, hosts: plans, withoutPlan: [])
        try StateFolder.writePlan(plan, of: run.text)
    }
}

extension ScriptAnswer {
    /// The answer in a file.
    static func read(_ path: String) throws(Failure) -> ScriptAnswer {
        let bytes = try bytes(of: path)
        do throws(Failure) { return try ScriptAnswer(bytes) } catch { throw error.at(path) }
    }

    /// What is in a file, of which no more is read than an answer may have.
    static func bytes(of path: String) throws(Failure) -> [UInt8] {
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            let data = try file.read(upToCount: most + 1) ?? Data()
            try file.close()
            return [UInt8](data)
        } catch {
            throw Failure("it cannot be read: \(error.localizedDescription)", at: path)
        }
    }
}
