import MTAPlan

/// Exim's own reading of the configuration as it is to be, before it is put in place.
///
/// `-bV` finds what is no configuration, `-bt` what cannot be looked up: `-bV` says nothing of an unknown transport, of
/// two clients for one mechanism or of a condition that cannot be expanded, and `-bt` says the last only on stderr.
struct EximCheck {
    let host: EximHost
    let blocks: EximBlocks
    let files: [FileChange]

    /// Lookup files are read where they are staged: the folder takes the place of theirs in the copy.
    var staged: POSIXWork.StagedCheck {
        let sources = host.sources.map(\.file.realPath)
        let configuration = files.filter { $0.kind == .configuration }.map(\.path)
        let lookups = EximLookupFile.Name.allCases.map { blocks.site.file($0) }.filter { path in
            files.contains { $0.path == path } || host.facts.file(path) != nil
        }
        // A host that refuses domains that it does not know refuses this one too, before it comes to ours.
        let refuses = EximRouting(host).refusing != nil
        let probes = blocks.probes.filter { !refuses || $0.recipient != EximBlocks.anybody }
        let addresses = probes.flatMap { [$0.sender, $0.recipient] }
        switch host.layout {
        case .oneFile:
            let main = sources.last ?? ""
            let words = ["{}", host.program, host.folder, main] + addresses
            return POSIXWork.StagedCheck(
                files: [main] + lookups,
                commands: [Command(to: Self.purpose, program: PackageResources.exim_staged_file_sh + Self.ways, words)]
            )
        case .template, .split:
            let words = ["{}", host.program, host.folder, configuration.joined(separator: " ")] + addresses
            return POSIXWork.StagedCheck(
                files: configuration + lookups,
                commands: [
                    Command(to: Self.purpose, program: PackageResources.exim_staged_debian_sh + Self.ways, words)
                ]
            )
        }
    }

    static let purpose = "have Exim read the staged files and route with them"

    static let ways = PackageResources.exim_ways_sh
}

extension EximBlocks {
    fileprivate static let anybody = "mtactl@mtactl.example"

    /// A message for each kind of row, whose way `exim -bt` is asked for; none that needs the internet's names.
    var probes: [(sender: String, recipient: String)] {
        var probes: [(sender: String, recipient: String)] = []
        if routes.defaultRoute != .direct { probes.append((Self.anybody, Self.anybody)) }
        if let row = routes.recipients.first(where: { $0.route != .direct }) {
            probes.append((Self.anybody, "mtactl@\(row.domain.example)"))
        }
        if let row = routes.senders.first(where: { $0.route != .direct }) {
            probes.append((row.sender.example, Self.anybody))
        }
        return probes
    }
}

extension DomainPattern {
    fileprivate var example: String {
        switch self {
        case .exactly(let domain): domain
        case .subdomains(let domain): "mtactl.\(domain)"
        }
    }
}

extension SenderPattern {
    fileprivate var example: String {
        switch self {
        case .address(let address): address
        case .domain(let domain): "mtactl@\(domain)"
        }
    }
}
