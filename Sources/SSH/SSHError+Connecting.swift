internal import Glibc
internal import NIOCore
internal import NIOPosix

// What is said about reaching a host and agreeing on keys with it.

extension SSHError {
    static func noSession() -> SSHError {
        SSHError(
            .unsupported,
            attempt: "create a session",
            problem: "libssh2 cannot be used",
            hint: "see `mtactl doctor`"
        )
    }

    /// `error` is what NIO's bootstrap threw.
    static func notConnected(to host: String, port: Int, within limit: Duration, _ error: any Error) -> SSHError {
        let detail = "\(error)"
        if case .connectTimeout = error as? ChannelError {
            return .noAnswer(host, port: port, within: limit, detail: detail)
        }
        let failures = (error as? NIOConnectionError)?.connectionErrors.map(\.error) ?? [error]
        let reasons = failures.compactMap { ($0 as? IOError)?.errnoCode }
        if reasons.contains(ECONNREFUSED) {
            return .refused(host, port: port, detail: detail)
        }
        // Whether we had connected by then is luck.
        if reasons.contains(where: { [ECONNRESET, EPIPE, ENOTCONN].contains($0) }) {
            return .beforeKeys([], isSilent: false, detail: detail)
        }
        if let reason = reasons.first {
            return .noWay(host, port: port, File.Trouble(number: reason).text, detail: detail)
        }
        return .noAddress(host, detail: detail)
    }

    static func noAnswer(_ host: String, port: Int, within limit: Duration, detail: String) -> SSHError {
        SSHError(
            .unreachable,
            attempt: "connect to \(host), port \(port)",
            problem: "\(host), port \(port): no answer within \(limit.formattedSeconds)",
            hint: "a firewall may drop what is sent there, or the host may be down",
            detail: detail
        )
    }

    static func refused(_ host: String, port: Int, detail: String) -> SSHError {
        SSHError(
            .refusedConnection,
            attempt: "connect to \(host), port \(port)",
            problem: "\(host), port \(port): nothing is listening there",
            hint: "is sshd running, and on this port?",
            detail: detail
        )
    }

    static func noWay(_ host: String, port: Int, _ reason: String, detail: String) -> SSHError {
        SSHError(
            .unreachable,
            attempt: "connect to \(host), port \(port)",
            problem: "\(host), port \(port): \(reason)",
            hint: "is it reachable from here, or only through a jump host?",
            detail: detail
        )
    }

    static func noAddress(_ host: String, detail: String) -> SSHError {
        SSHError(
            .unreachable,
            attempt: "find \(host)",
            problem: "\(host): no address found for this name",
            hint: "is the name correct, and known to this machine's resolver?",
            detail: detail
        )
    }

    /// Nothing that SSH begins with was heard.
    static func beforeKeys(_ noise: [String], isSilent: Bool, detail: String) -> SSHError {
        var error = SSHError(isSilent ? .timedOut : .lost, attempt: "agree on keys", problem: "", detail: detail)
        error.explain(noise: noise)
        return error
    }

    /// The same, for a host that was to be reached through another.
    package func through(_ jump: String) -> SSHError {
        var error = self
        if !problem.hasPrefix("through ") { error.problem = "through \(jump): \(problem)" }
        if case .tunnelNotConnected = kind { error.kind = .unreachable }
        return error
    }

    /// The same, for the jump host itself, that others were to be reached through.
    func ofJump(_ jump: String) -> SSHError { through(jump) }

    /// The jump host did not say in time whether it could connect.
    static func noTunnel(to host: String, port: Int, within limit: Duration) -> SSHError {
        SSHError(
            .unreachable,
            attempt: "connect to \(host), port \(port)",
            problem: "\(host), port \(port): no answer within \(limit.formattedSeconds)",
            hint: "a firewall may drop what is sent there, or the host may be down"
        )
    }

    /// Whether nobody was there to be asked too much of.
    var isFromNobody: Bool { kind == .unreachable || kind == .refusedConnection }

    /// A failed handshake, in the light of what the server had said by then.
    func explained(
        by offer: ServerOffer,
        offered: Algorithms,
        known: [(type: String, place: String)]
    ) -> SSHError {
        guard kind != .cancelled else { return self }
        var error = self
        if let identification = offer.identification {
            guard identification.hasPrefix("SSH-2.") || identification.hasPrefix("SSH-1.99") else {
                error.kind = .notSSH
                error.problem = "the server speaks only an old version of SSH: \(identification)"
                error.hint = nil
                return error
            }
            guard let gap = offer.gap(with: offered) else { return error }
            return error.explained(by: gap, known: known)
        }
        error.explain(noise: offer.noise)
        return error
    }

    private mutating func explain(noise: [String]) {
        let text = noise.prefix(3).joined(separator: " / ")
        if noise.contains(where: { $0.contains("MaxStartups") }) {
            kind = .busy
            problem = "the server accepts no more connections now: \(text)"
            hint = "try again, with a lower --parallel, or raise MaxStartups in its sshd_config"
        } else if noise.contains(where: { $0.contains("Not allowed at this time") }) {
            // OpenSSH says so of both since 9.8: seen with 10.0, MaxStartups exceeded, `PerSourcePenalties no`.
            kind = .busy
            problem = "the server accepts no more connections now, or none from this machine for a while: \(text)"
            hint =
                "try again later, with a lower --parallel; failed logins count "
                + "(MaxStartups, PerSourcePenalties in its sshd_config)"
        } else if !noise.isEmpty {
            kind = .notSSH
            problem = "what is listening there does not speak SSH; it sent `\(text.prefix(200))`"
            hint = "is the port correct?"
        } else if kind != .timedOut {
            kind = kind == .lost ? .busy : kind
            problem = "the server hung up before it sent anything"
            hint = "look for fail2ban, /etc/hosts.deny or a full MaxStartups on it"
        } else {
            problem = "something is listening there, but it sends nothing"
            hint = "is it sshd, and not overloaded?"
        }
    }

    private func explained(by gap: ServerOffer.Gap, known: [(type: String, place: String)]) -> SSHError {
        var error = self
        error.kind = .noCommonAlgorithm
        let theirs = gap.theirs.joined(separator: ", ")
        let library = "libssh2 \(LibSSH2.version)"
        switch gap.kind {
        case .hostKey where !known.isEmpty && !Set(Algorithms.offered.hostKeys).isDisjoint(with: gap.theirs):
            let places = known.map { "\($0.type) at \($0.place)" }.joined(separator: ", ")
            error.problem = "the server offers no host key of a type that is known for it (\(places)), but \(theirs)"
            error.hint = "if the host was reinstalled, remove those lines, then connect once with ssh"
        case .hostKey:
            error.problem = "the server's only host keys are for \(theirs), which \(library) cannot check"
            error.hint =
                "give it an ed25519 host key (`ssh-keygen -A`, and HostKey in its sshd_config), or use `transport: openssh`"
        case .keyExchange, .cipher, .mac:
            error.problem =
                "no \(gap.kind.rawValue) in common: the server offers only \(theirs); "
                + "\(library) can do \(gap.ours.joined(separator: ", "))"
            error.hint = "use `transport: openssh`, or allow one of the latter in its sshd_config"
        }
        return error
    }
}

extension Duration {
    /// `3 s`, `0.5 s`.
    fileprivate var formattedSeconds: String {
        let seconds = Double(self / .milliseconds(1)) / 1000
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
