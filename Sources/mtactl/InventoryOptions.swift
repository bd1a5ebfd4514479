import ArgumentParser
import MTAPlan

/// Where hosts and their variables are to be had, for every command that looks hosts up.
struct InventoryOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        parsing: .singleValue,
        help: ArgumentHelp(
            "The inventory: a file, a folder, a program that prints JSON, or names with commas (`a.example,`). May be given several times. MTACTL_INVENTORY, else `Inventory`.",
            valueName: "path"
        ),
        completion: .file()
    )
    var inventory: [String] = []

    @Option(
        name: .customLong("playbook-dir"),
        help: ArgumentHelp(
            "The folder whose group_vars and host_vars count beside the inventory's. The playbook's, where there is one.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var playbookFolder: String?

    @Flag(name: .shortAndLong, help: "No warnings.")
    var quiet = false
}

/// Who logs in where the inventory does not say, as in Ansible, and how long that may take.
struct LoginOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "Who logs in on hosts whose user the inventory does not say.")
    var user: String?

    @Flag(
        name: [.customShort("k"), .customLong("ask-password"), .customLong("ask-pass")],
        help: "Ask once for the login's password, for hosts whose password the inventory does not say."
    )
    var askPassword = false

    @Flag(
        name: [.customShort("K"), .customLong("ask-become-password"), .customLong("ask-become-pass")],
        help: "Ask once for the password for sudo or doas, for hosts whose password the inventory does not say."
    )
    var askBecomePassword = false

    @Option(
        name: .customLong("connect-timeout"),
        help: ArgumentHelp(
            "How long a connection may take, for hosts whose `connect-timeout` the inventory does not say: `5`, `90s`.",
            valueName: "duration"
        )
    )
    var connectTimeout: String?

    func validate() throws {
        guard let connectTimeout else { return }
        do throws(Failure) {
            guard try DurationText.duration(DurationText.withUnit(connectTimeout)) > .zero else {
                throw Failure("`\(connectTimeout)` is no time at all", hint: "write `5` or `90s`")
            }
        } catch {
            throw ValidationError("--connect-timeout", error)
        }
    }
}
