/// The one program that asks a host all that planning needs.
package enum FactsScript {
    /// The same text for every host of a play.
    ///
    /// `servers`: Whose questions are asked.
    ///
    /// `files`: Files that a playbook names, asked for besides.
    package static func text(asking servers: [any MailServer], files: [String] = []) -> [UInt8] {
        var script = PackageResources.facts_sh
        for server in servers { script += [UInt8(ascii: "\n")] + server.factsScript }
        for file in files { script += Array("\nfile \(file.shellQuoted)".utf8) }
        return script + Array("\nbye\n".utf8)
    }
}
