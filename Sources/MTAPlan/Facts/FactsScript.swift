/// The one program that asks a host all that planning needs.
package enum FactsScript {
    /// The same text for every host of a play.
    ///
    /// `purpose`: What is asked besides for a person's look at the host.
    ///
    /// `servers`: Whose questions are asked.
    ///
    /// `files`: Files that a playbook names, asked for besides.
    package static func text(
        for purpose: Purpose,
        asking servers: [any MailServer],
        files: [String] = []
    ) -> [UInt8] {
        var script = Array((purpose == .survey ? "S=survey\n" : "").utf8) + Self.own
        for server in servers { script += ShellProgram.compact(server.factsScript) + [UInt8(ascii: "\n")] }
        if !files.isEmpty { script += Array("file \(files.map(\.shellQuoted).joined(separator: " "))\n".utf8) }
        return script + Array("bye\n".utf8)
    }

    package enum Purpose: Sendable {
        case plan
        /// `mtactl facts`: also the queue, and whatever else takes time and no plan needs.
        case survey
    }

    private static let own = ShellProgram.compact(PackageResources.facts_sh) + [UInt8(ascii: "\n")]
}
