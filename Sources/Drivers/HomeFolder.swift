internal import SSH

/// The operator's home, as ssh has it: that of the password database, whatever `HOME` says.
package enum HomeFolder {
    /// A path with `~` or `~user` at its front as that user's home.
    package static func expanded(_ path: String) -> String { UserAccount.expanded(path) }
}
