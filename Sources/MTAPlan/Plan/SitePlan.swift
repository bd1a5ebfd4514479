/// What is to be done to one site: on Unix a host, where a configuration is shared an organisation of them.
package struct SitePlan: Sendable, Hashable, Codable {
    /// The site's name; of a single host, the host's.
    package var host: String
    /// The name of the play that the host is in.
    package var play: String
    /// As found; `nil` where none was recognised.
    package var server: ServerName?
    package var disposition: Disposition
    /// What shadows what, what is replaced: one sentence each.
    package var notes: [String]
    /// How delivery is proved; `nil` where the playbook has no `verify`.
    package var proof: Proof?
    /// What was compared; a saved plan does not have it.
    package var differential: Differential?
    /// Whose configuration the host shares, by an id: of Exchange the organisation.
    package var organisation: String?
    /// Whether a run is at work on the host, or was left unfinished; a saved plan does not have it.
    package var hasOpenRun = false

    private enum CodingKeys: CodingKey { case host, play, server, disposition, notes, proof, organisation }

    package struct ServerName: Sendable, Hashable, Codable, CustomStringConvertible {
        package var name: String
        package var version: String

        package init(_ name: String, _ version: String) {
            self.name = name
            self.version = version
        }

        package var description: String { version.isEmpty ? name : "\(name) \(version)" }
    }

    package enum Disposition: Sendable, Hashable, Codable {
        case asAsked
        case change([Edit], Work)
        case refused(Failure)
    }

    package init(
        host: String,
        play: String,
        server: ServerName?,
        disposition: Disposition,
        notes: [String] = [],
        proof: Proof? = nil
    ) {
        self.host = host
        self.play = play
        self.server = server
        self.disposition = disposition
        self.notes = notes
        self.proof = proof
    }

    package var outcome: Outcome {
        switch disposition {
        case .asAsked: .asAsked
        case .change: .wouldChange
        case .refused: .refused
        }
    }
}

/// The test message of one host and what must become of it.
package struct Proof: Sendable, Hashable, Codable {
    package var from: String
    package var to: String
    /// In seconds.
    package var patience: Int
    package var log: LogSource
    package var route: ExpectedRoute
    /// What takes the message in place of `sendmail`; see `Trace`.
    package var submission: Command?
    /// Whether a provider is on the way that knows a new host only after a while, and refuses its mail until then.
    package var settles: Bool?
    /// What the server's words mean on this host; see `Trace.hintsOnHost`.
    package var hints: [Trace.Hint]?
    /// Further messages to the same recipient, each by another way of the plan, after this one.
    package var others: [Other] = []

    /// A message that shows another way.
    package struct Other: Sendable, Hashable, Codable {
        package var from: String
        package var route: ExpectedRoute
        /// The row that it stands for, in words.
        package var way: String
    }

    /// The proof of another message, with what is left of the time.
    package func of(_ other: Other, patience: Int) -> Proof {
        var proof = Proof(from: other.from, to: to, patience: patience, log: log, route: other.route)
        (proof.settles, proof.submission, proof.hints) = (settles, submission, hints)
        return proof
    }

    package init(
        from: String,
        to: String,
        patience: Int,
        log: LogSource,
        route: ExpectedRoute,
        submission: Command? = nil
    ) {
        self.from = from
        self.to = to
        self.patience = patience
        self.log = log
        self.route = route
        self.submission = submission
    }
}
