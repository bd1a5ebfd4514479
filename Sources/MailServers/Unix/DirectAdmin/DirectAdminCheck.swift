import MTAPlan

/// Exim's own reading of the panel's configuration with the files that it includes as they are to be.
struct DirectAdminCheck {
    let panel: DirectAdminHost
    let blocks: EximBlocks
    let host: EximHost
    let files: [FileChange]

    /// The included files and the lookup files are read where they are staged: the folder takes the place of theirs in
    /// the copies.
    var staged: POSIXWork.StagedCheck {
        let includes = DirectAdminHost.Include.allCases.map(\.rawValue)
        let lookups = EximLookupFile.Name.allCases.map { blocks.site.file($0) }
        let known = { (path: String) in files.contains { $0.path == path } || panel.facts.file(path) != nil }
        let staged = ([DirectAdminHost.configuration] + includes + lookups).filter(known)
        let words = ["{}", host.program] + blocks.probes.flatMap { [$0.sender, $0.recipient] }
        return POSIXWork.StagedCheck(
            files: staged,
            commands: [Command(to: EximCheck.purpose, script: Self.script + EximCheck.tests, words)]
        )
    }

    /// Leaves the configuration in config.
    private static let script =
        #"d=$1 exim=$2 folder=/etc; shift 2; for f in "$d"/exim.*.conf; do [ ! -f "$f" ] || sed "s|/etc/mtactl_|$d/mtactl_|g" "$f" >"#
        + #""$f.staged" || exit; done; sed -e "s|/etc/\(exim\.routers\.pre\.conf\)|$d/\1.staged|" -e "#
        + #""s|/etc/\(exim\.transports\.pre\.conf\)|$d/\1.staged|" -e "#
        + #""s|/etc/\(exim\.authenticators\.post\.conf\)|$d/\1.staged|" "$d/exim.conf" >"$d/config" || exit; "#
}
