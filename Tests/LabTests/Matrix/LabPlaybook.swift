import Foundation

/// A playbook of `Playbooks/` as it is applied in the lab: all hosts at once, and waiting for no one.
enum LabPlaybook {
    /// The playbook's text with what the lab has otherwise.
    ///
    /// - Throws: Where a text that is to be replaced is not there.
    static func text(of scenario: Scenario, conceding concessions: [Concession] = []) throws -> String {
        var text = try Lab.text(of: "\(Lab.root)Playbooks/\(scenario.playbook).yml")
        if let rollout = text.range(of: "rollout:\n") { text.removeSubrange(rollout.lowerBound...) }
        text = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("  within: ") }.joined(separator: "\n")
        let pace = Edit("verify:\n", "rollout: {waves: [100%], max-failures: 100%}\nverify:\n  within: 40s\n")
        for edit in [pace] + scenario.edits {
            guard text.contains(edit.old) else { throw LabFailure(text: "\(scenario.playbook): no `\(edit.old)`") }
            text = text.replacing(edit.old, with: edit.new)
        }
        let asked = text
        for concession in concessions where concession.unless.map(asked.contains) != true {
            for edit in concession.edits { text = text.replacing(edit.old, with: edit.new) }
        }
        return text
    }

    /// What the playbooks' secrets are in the lab, but for those that `05-login-per-sender.yml` reads elsewhere.
    static let secrets = [
        "FILTER_PASSWORD": "secret of out", "EXAMPLE_COM": "secret of out", "FILTER_TEST_PASSWORD": "secret of test",
        "AWKWARD_PASSWORD": Lab.awkwardPassword, "UNBLEMISHED_PASSWORD": #"b:c'd"e$f\g{h}^i%j"#,
    ]
}

extension Workbench {
    /// Puts a playbook and all that it needs here: a file with a password next to it, and a password manager.
    ///
    /// - Returns: Its path and the environment for mtactl.
    func put(_ text: String) throws -> (playbook: String, environment: [String: String]) {
        let playbook = try write("playbook.yml", text)
        try folder("secrets")
        _ = try write("secrets/example.org", "secret of example.org\n")
        try folder("bin")
        _ = try write("bin/pass", "#!/bin/sh\n[ \"$*\" = 'show mail/boss' ] && echo 'secret of boss'\n", mode: 0o700)
        var environment = LabPlaybook.secrets
        environment["PATH"] = "\(path)/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return (playbook, environment)
    }
}
