import ArgumentParser
import MTAPlan

/// Where to find hosts and their variables, for every command that looks hosts up.
struct InventoryOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        parsing: .singleValue,
        help: ArgumentHelp(
            "The inventory: a file, a folder, a program that prints JSON, or a list of names with a comma (`a.example,`). Can be repeated. Default: MTACTL_INVENTORY, else `Inventory`.",
            valueName: "path"
        ),
        completion: .file()
    )
    var inventory: [String] = []

    @Option(
        name: .customLong("playbook-dir"),
        help: ArgumentHelp(
            "The folder whose group_vars and host_vars are used in addition to the inventory's. Default: the playbook's folder.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var playbookFolder: String?

    @Flag(name: .shortAndLong, help: "Print no warnings.")
    var quiet = false
}

/// Who logs in where the inventory does not say, as in Ansible, and how long that may take.
struct LoginOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "The user to log in as, for hosts without one in the inventory.")
    var user: String?

    @Flag(
        name: [.customShort("k"), .customLong("ask-password"), .customLong("ask-pass")],
        help: "Ask once for the login password, for hosts without one in the inventory."
    )
    var askPassword = false

    @Flag(
        name: [.customShort("K"), .customLong("ask-become-password"), .customLong("ask-become-pass")],
        help: "Ask once for the sudo or doas password, for hosts without one in the inventory."
    )
    var askBecomePassword = false

    @Option(
        name: .customLong("connect-timeout"),
        help: ArgumentHelp(
            "How long to wait for a connection (`5`, `90s`), for hosts without a `connect-timeout` in the inventory.",
            valueName: "duration"
        )
    )
    var connectTimeout: String?

    func validate() throws {
        guard let connectTimeout else { return }
        let seconds = Int(connectTimeout).map { "\($0)s" } ?? connectTimeout
        do throws(Failure) {
            guard try DurationText.duration(seconds) > .zero else {
                throw Failure("`\(connectTimeout)` is not a positive duration")
            }
        } catch {
            throw ValidationError("--connect-timeout: \(error.problem)")
        }
    }
}
