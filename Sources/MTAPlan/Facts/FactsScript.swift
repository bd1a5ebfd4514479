/// The one program that asks a host all that planning needs.
package enum FactsScript {
    /// The same text for every host of a play.
    ///
    /// `servers`: Whose questions are asked.
    ///
    /// `files`: Files that a playbook names, asked for besides.
    package static func text(asking servers: [any MailServer], files: [String] = []) -> [UInt8] {
        var script = Self.own
        for server in servers { script += ShellProgram.compact(server.factsScript) + [UInt8(ascii: "\n")] }
        if !files.isEmpty { script += Array("file \(files.map(\.shellQuoted).joined(separator: " "))\n".utf8) }
        return script + Array("bye\n".utf8)
    }

    private static let own = ShellProgram.compact(PackageResources.facts_sh) + [UInt8(ascii: "\n")]
}
