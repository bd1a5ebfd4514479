import Foundation
import Testing

@testable import Drivers

/// What `report` in restore.sh writes down and what Swift reads of it are the same.
@Suite struct RestoreReportTests {
    /// The codes that `report` knows.
    static let codes: [String] = {
        let program = String(decoding: PackageResources.restore_sh, as: UTF8.self)
        let report = program.components(separatedBy: "report() {")[1].components(separatedBy: "\n}\n")[0]
        return report.matches(of: /\n        ([a-z-]+)\)/).map { String($0.1) }
    }()

    @Test func `every code has a record`() {
        #expect(Self.codes.count == 21)
        for code in Self.codes {
            let reports = (0...5).map { count in
                RestoreReport(
                    Array("\(code)\(count > 0 ? " " : "")\((0..<count).map { "f\($0)" }.joined(separator: "\t"))".utf8)
                )
            }
            let known = reports.filter { if case .other = $0.records[0] { false } else { true } }
            #expect(known.count == 1, "\(code)")
        }
    }

    @Test(arguments: AgentShell.allCases)
    func `every code has English words for a person`(shell: AgentShell) async throws {
        let program = String(decoding: PackageResources.restore_sh, as: UTF8.self)
        let functions = program.components(separatedBy: "\nmain\n")[0]
        let calls = Self.codes.map { "report \($0) /a\\ b c d e f" }.joined(separator: "\n")
        let host = try AgentHost()
        try host.write("report", functions + "\n" + calls)

        let (_, english) = try await host.console(shell.words + [host.path("report")])
        let (_, records) = try await host.console(shell.words + [host.path("report"), "--records"])

        let lines = english.split(separator: "\n")
        #expect(lines.count >= Self.codes.count)
        #expect(!Self.codes.contains { code in lines.contains { $0.hasPrefix("\(code) /a b") } })
        #expect(records.split(separator: "\n").map { $0.split(separator: " ")[0] } == Self.codes.map { $0[...] })
    }

    @Test(arguments: AgentShell.allCases)
    func `a record is one line whatever a command printed`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        let words = Call("manifest", "reload", "sh", "-c", #"printf 'one\nundone\n\tthree'; exit 1"#)
        let talk = try await sample.host.agent(
            shell,
            sample.calls([words], before: "expect").map { $0.words == ["confirm"] ? Call("undo") : $0 }
        )

        #expect(talk.lines.contains("undone stranded"))
        let said = talk.restoreReport.records.compactMap { record in
            if case .failed(_, let said) = record { said } else { nil }
        }
        #expect(said == [#"one\nundone\n three"#], "\(talk.text("restore"))")
        #expect(!talk.restoreReport.records.contains(.undone))
    }

    @Test func `of a program in the shell only its arguments are shown`() throws {
        func trouble(_ command: String) -> String? {
            RestoreReport(Array("failed \(command)\tno such service".utf8)).trouble
        }

        #expect(
            trouble(#" 'sh' '-c' 'umask 022; exec "$@"' 'sh' '/opt/icewarp/icewarpd.sh' '--restart' 'smtp'"#)
                == "failed: '/opt/icewarp/icewarpd.sh' '--restart' 'smtp': no such service"
        )
        #expect(trouble(" 'sh' '-c' 'a page of it'") == "failed: a program of mtactl's: no such service")
        #expect(trouble(" 'postfix' 'reload'") == "failed: 'postfix' 'reload': no such service")
    }
}
