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
            commands: [
                Command(
                    to: EximCheck.purpose,
                    program: PackageResources.directadmin_staged_sh + EximCheck.ways,
                    words
                )
            ]
        )
    }
}
