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
            return "| case | what somebody had | what must come of it | what comes of it |\n|---|---|---|---|\n"
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
        # Inventories and ssh_config as people have them

        Written by the tests that hold these cases (`MTACTL_RECORD=1 swift test --filter Wild`). That hosts, groups, settings and order
        are Ansible's is held by a law besides: `InventoryLawTests` reads 300 generated inventories in all forms (INI, YAML, JSON,
        folders, programs, lists, several of them, with `group_vars` and `host_vars` beside them and beside a playbook) and compares
        with ansible-core 2.19, which `Tests/Oracle/setup` installs. `MTACTL_SEED=N` makes others. Nothing is read by itself, and no
        program is run, from a folder that others may write to.

        ## Inventories

        `Tests/mtactlTests/Inventories`: what is read, and what is said of it.

        """

    private static let ways = """
        ## Ways to the hosts

        `Tests/mtactlTests/Ways`: the program as a whole with real sshds on a machine of its own, and who was let in where. That several
        hundred generated ssh_configs mean what they mean to ssh is held by `GeneratedConfigurationTests`.

        """
}
