import Foundation
import Testing

/// The page of the docs about inventories is made of what the cases hold, and of nothing else.
@Suite struct WildTableTests {
    private static let page = "\(Program.root)/docs/inventories.md"

    /// `MTACTL_RECORD=1` writes it again.
    @Test func `the docs say what comes of each case`() throws {
        func rows(_ folder: String) throws -> String {
            let cases = try WildCase.names(in: folder).map { try WildCase($0, in: folder) }
            for one in cases { #expect(!one.had.isEmpty && !one.must.isEmpty, "\(one.name)") }
            return "| case | what somebody had | what should happen | what happens |\n|---|---|---|---|\n"
                + cases.map(\.row).joined()
        }
        let text =
            Self.introduction + "\n" + (try rows(WildInventoryTests.folder)) + "\n" + Self.ways + "\n"
            + (try rows(WildWayTests.folder))
        if ProcessInfo.processInfo.environment["MTACTL_RECORD"] == "1" {
            try text.write(toFile: Self.page, atomically: true, encoding: .utf8)
        }

        #expect(text == (try String(contentsOfFile: Self.page, encoding: .utf8)))
    }

    private static let introduction = """
        # Unusual inventories and ssh_config

        The tests of these cases write this page (`MTACTL_RECORD=1 swift test --filter Wild`). In addition, `InventoryLawTests` generates
        300 inventories in all forms (INI, YAML, JSON, folders, programs, lists, several at once, with `group_vars` and `host_vars` beside
        them and beside a playbook), and checks that mtactl finds the same hosts, groups, settings and order as ansible-core 2.19, which
        `Tests/Oracle/setup` installs; `MTACTL_SEED=N` generates others. mtactl reads no file on its own, and runs no program, in a folder
        that others may write to.

        ## Inventories

        `Tests/mtactlTests/Inventories`: what mtactl reads, and what it says about it.

        """

    private static let ways = """
        ## Ways to the hosts

        `Tests/mtactlTests/Ways`: the whole program with real sshds in a network of their own, and who logged in where.
        `GeneratedConfigurationTests` checks that mtactl reads several hundred generated ssh_configs as ssh does.

        """
}
