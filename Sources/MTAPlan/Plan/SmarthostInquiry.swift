/// What a smarthost is asked from the host itself before anything is changed.
package struct SmarthostInquiry: Sendable, Hashable, Codable {
    /// The first that can be reached will do.
    package var hosts: [String]
    package var port: Int
    package var requiresTLS: Bool
    /// The mechanism that the mail server logs in with, such as `LOGIN`; `nil` where it does not.
    package var mechanism: String?

    package init(hosts: [String], port: Int, requiresTLS: Bool, mechanism: String?) {
        self.hosts = hosts
        self.port = port
        self.requiresTLS = requiresTLS
        self.mechanism = mechanism
    }

    /// What one of the hosts said, line by line; `nil` where it did not come to that.
    package struct Answer: Sendable, Hashable {
        /// What it says first.
        package var greeting: [String]?
        /// To EHLO.
        package var offered: [String]?
        /// To EHLO in TLS.
        package var secured: [String]?
        /// Why there was no more.
        package var trouble: String?

        package init(
            greeting: [String]? = nil,
            offered: [String]? = nil,
            secured: [String]? = nil,
            trouble: String? = nil
        ) {
            self.greeting = greeting
            self.offered = offered
            self.secured = secured
            self.trouble = trouble
        }
    }

    /// Why no mail could go there; `nil` where nothing is against it, and where it was not found out.
    ///
    /// What a host says in the end is said to the test message: only what is certain is an objection here.
    ///
    /// `answers`: One for each host.
    package func objection(to answers: [Answer]) -> Failure? {
        for (host, answer) in zip(hosts, answers) {
            if let objection = objection(to: answer, of: "\(host):\(port)") { return objection }
        }
        let troubles = answers.filter { $0.greeting == nil && $0.offered == nil }.compactMap(\.trouble)
        guard !hosts.isEmpty, troubles.count == hosts.count else { return nil }
        let names = hosts.map { "\($0):\(port)" }.joined(separator: ", ")
        return Failure(
            "\(names) \(hosts.count == 1 ? "does" : "do") not answer this host: \(Printable.line(troubles[0]))",
            hint: "is the smarthost's port correct, and does a firewall let this host through?"
        )
    }

    private func objection(to answer: Answer, of name: String) -> Failure? {
        guard let offered = answer.offered, offered.first?.hasPrefix("250") == true else { return nil }
        if requiresTLS, Self.words(after: "STARTTLS", in: offered) == nil {
            return Failure(
                "\(name) does not offer STARTTLS to this host",
                hint: "is the smarthost's port correct? `tls: opportunistic` would send mail in clear text"
            )
        }
        // A handshake that failed here may succeed for the mail server, whose libraries are others.
        let isSecured = answer.secured?.first?.hasPrefix("250") == true
        let mayLogIn = isSecured ? answer.secured : requiresTLS ? nil : offered
        guard let mechanism, let mayLogIn else { return nil }
        let mechanisms = Self.words(after: "AUTH", in: mayLogIn)
        if mechanisms?.contains(mechanism) == true { return nil }
        let found = mechanisms.map { "only AUTH \(Printable.line($0.joined(separator: " ")))" } ?? "no AUTH"
        return Failure(
            "\(name) offers \(found)\(isSecured ? " after STARTTLS" : ""), but this mail server logs in only with \(mechanism)",
            hint: "ask the provider for AUTH \(mechanism), or have the address allowed and leave out the `login`"
        )
    }

    /// What is after a keyword; `nil` where no line has it.
    private static func words(after keyword: String, in lines: [String]) -> [String]? {
        for line in lines {
            // Some write `AUTH=LOGIN`, as drafts had it.
            let words = line.dropFirst(4).uppercased().split { $0 == " " || $0 == "=" }.map(String.init)
            if words.first == keyword { return Array(words.dropFirst()) }
        }
        return nil
    }
}
