import Foundation
import MTAPlan
import Testing

@testable import mtactl

/// What mtactl keeps of its own runs on the machine that it is started on.
@Suite struct StateFolderTests {
    private static let runs = (10..<70).map { "202511\($0)T000000Z-0000" }

    @Test(arguments: StateFolder.RunFile.allCases)
    func `of each kind of file the newest are kept, and no other kind is touched`(_ kind: StateFolder.RunFile) throws {
        let place = try Workplace()
        for run in Self.runs.shuffled() {
            for kind in StateFolder.RunFile.allCases { try place.write("\(run).\(kind.rawValue)", "") }
        }

        try StateFolder.removeOld(kind, in: place.folder)

        let left = try FileManager.default.contentsOfDirectory(atPath: place.folder).sorted()
        for one in StateFolder.RunFile.allCases {
            let expected = one == kind ? Self.runs.suffix(StateFolder.most) : Self.runs[...]
            #expect(left.filter { $0.hasSuffix(".\(one.rawValue)") } == expected.map { "\($0).\(one.rawValue)" })
        }
    }

    /// The plan of a change that a script can make.
    private static func plan() -> SavedPlan {
        let call = PowerShellCall("Set-SendConnector", [])
        let work = PowerShellWork(
            expectations: [],
            snapshot: [],
            steps: [.init("change the connector", call, undo: call)],
            checks: []
        )
        let edit = Edit(.object, "connector \"A\"", .edit, diff: "-a\n+b\n")
        let plan = SitePlan(
            host: "ex01",
            play: "p",
            server: .init("exchange", "15.2"),
            disposition: .change([edit], .powerShell(work))
        )
        return SavedPlan(made: "2026-11-27T00:00:00Z", rollout: RolloutPolicy(), hosts: [plan], withoutPlan: [])
    }

    /// Every other thread would create its files under the same mask.
    @Test func `a plan is for its owner alone, and the process's mask stays`() throws {
        let place = try Workplace()
        let file = "\(place.folder)/ex.plan"
        let mask = try Self.mask()

        try Self.plan().write(to: file)

        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try Self.mask() == mask)
    }

    private static func mask() throws -> String {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        return try #require(status.split(separator: "\n").first { $0.hasPrefix("Umask:") }.map(String.init))
    }

    @Test func `a new script and a failed run remove the files of old ones`() async throws {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 1)
        try Self.plan().write(to: "\(place.folder)/ex.plan")

        let ended = try await place.shell(
            """
            mkdir -p state/mtactl && cd state/mtactl || exit
            for run in \(Self.runs.joined(separator: " ")); do : >"$run.plan"; : >"$run.failed"; done
            cd ../..
            $mtactl script ex.plan -o out || exit
            $mtactl apply relay.yml --yes >/dev/null
            ls state/mtactl | sed 's/.*[.]//' | sort | uniq -c
            test -s "$(ls state/mtactl/*.plan | tail -n 1)" && test -s "$(ls state/mtactl/*.failed | tail -n 1)" && echo newest
            """
        )

        #expect(ended.output.contains("     50 failed"), "\(ended)")
        #expect(ended.output.contains("     50 plan\n"), "\(ended)")
        #expect(ended.output.hasSuffix("newest\n"), "\(ended)")
    }
}
