// What ended a connection of the system's ssh, in the words that our own would have had for it.

extension SSHError {
    /// `target`: The host, with the way to it.
    ///
    /// `passwordsOf`: The hosts of the way, counted from the first, whose password ssh could have.
    ///
    /// `isOverdue`: Whether ssh did not end, but was given up.
    package init(
        _ transcript: OpenSSHTranscript,
        reaching target: SSHTarget,
        passwordsOf answered: Set<Int> = [],
        isOverdue: Bool
    ) {
        let way = target.jumps + [target]
        let hop = min(transcript.hop, way.count - 1)
        var transcript = transcript
        if !answered.contains(hop) { transcript.forgetPassword() }
        var error = Self.reason(transcript, way[hop], isDirect: hop == 0 && !target.hasProgram, isOverdue)
        if hop + 1 < way.count {
            error = error.through(way[hop].name)
        } else if hop > 0, transcript.identification == nil {
            error = error.beyond(way[hop - 1].name, target)
        }
        self = error
    }

    private static func reason(
        _ transcript: OpenSSHTranscript,
        _ target: SSHTarget,
        isDirect: Bool,
        _ isOverdue: Bool
    ) -> SSHError {
        let said = transcript.words
        func says(_ text: String) -> Bool { said.contains { $0.contains(text) } }
        if let line = said.last(where: { $0.contains("Could not resolve hostname ") }) {
            return .noAddress(line.between("Could not resolve hostname ", ":") ?? target.address, detail: line)
        }
        if let line = said.last(where: { $0.hasPrefix("ssh: connect to host ") }) {
            return .notConnected(target, line)
        }
        if says("Host key verification failed") { return .hostKeyRefused(transcript, target) }
        if let line = said.last(where: { $0.contains("Too many authentication failures") }) {
            return .hungUp(
                LogInAttempts(transcript, target),
                farewell: line.afterLast(": "),
                .lostWords("log in", said)
            )
        }
        if let line = said.last(where: { $0.contains("Permission denied (") }) {
            var trail = LogInAttempts(transcript, target)
            trail.accepted =
                line.between("Permission denied (", ")")?.split(separator: ",").map(String.init) ?? trail.accepted
            return .notLoggedIn(trail)
        }
        if let line = said.last(where: { $0.hasPrefix("Unable to negotiate with ") }) {
            return SSHError(
                .noCommonAlgorithm,
                attempt: "agree on keys",
                problem: line.afterFirst(": ") ?? line,
                hint: "allow what ssh supports in its sshd_config, or what it offers in your ssh_config",
                detail: line
            )
        }
        if transcript.identification == nil, transcript.isConnected || !transcript.noise.isEmpty {
            let isSilent = isOverdue || says("timed out")
            return .beforeKeys(transcript.noise, isSilent: isSilent, detail: said.joined(separator: "\n"))
        }
        return .elsewise(transcript, target, isDirect: isDirect, isOverdue)
    }

    /// What has no phrase of its own.
    private static func elsewise(
        _ transcript: OpenSSHTranscript,
        _ target: SSHTarget,
        isDirect: Bool,
        _ isOverdue: Bool
    ) -> SSHError {
        let said = transcript.words
        if isOverdue || said.contains(where: { $0.contains(" timed out") }) {
            guard transcript.identification != nil || !isDirect else {
                return .noAnswer(target.address, port: target.port, within: target.deadlines.connect, detail: "")
            }
            return .timedOut(transcript.attempt(target))
        }
        if transcript.identification != nil { return .lostWords(transcript.attempt(target), said) }
        // Of a program on the way, the first complaint is the cause.
        let complaint = said.first { !$0.contains("UNKNOWN port") } ?? said.last ?? "nothing"
        return SSHError(
            .unreachable,
            attempt: "run ssh",
            problem: "ssh could not connect; it said: \(complaint)",
            hint: isDirect ? "`ssh -v \(target.address)` shows more" : "try its ProxyCommand by hand",
            detail: said.joined(separator: "\n")
        )
    }

    private static func notConnected(_ target: SSHTarget, _ line: String) -> SSHError {
        let reason = line.afterLast(": ")
        switch reason {
        case "Connection refused": return .refused(target.address, port: target.port, detail: line)
        case "Connection timed out", "Operation timed out":
            return .noAnswer(target.address, port: target.port, within: target.deadlines.connect, detail: line)
        // Whether ssh had connected by then is luck.
        case "Connection reset by peer": return .beforeKeys([], isSilent: false, detail: line)
        default: return .noWay(target.address, port: target.port, reason, detail: line)
        }
    }

    private static func hostKeyRefused(_ transcript: OpenSSHTranscript, _ target: SSHTarget) -> SSHError {
        let host = HostName(address: target.address, port: target.port, alias: target.hostKeys.alias)
        let fingerprint = transcript.fingerprint
        if transcript.words.contains(where: { $0.contains("REVOKED HOST KEY") || $0.contains("was revoked") }) {
            return .hostKeyRevoked(fingerprint)
        }
        if transcript.words.contains(where: { $0.contains("HOST IDENTIFICATION HAS CHANGED") }) {
            return .hostKeyChanged(fingerprint, host, transcript.offending)
        }
        return .hostKeyUnknown(
            fingerprint,
            authority: nil,
            files: target.hostKeys.userFiles + target.hostKeys.globalFiles
        )
    }

    private static func lostWords(_ attempt: String, _ said: [String]) -> SSHError {
        SSHError(
            .lost,
            attempt: attempt,
            problem: "the connection was lost (trying to \(attempt))"
                + (said.last.map { ": ssh said `\($0)`" } ?? ""),
            hint: "the request may or may not have been carried out",
            detail: said.joined(separator: "\n")
        )
    }

    /// A host behind this one was not reached from there.
    private func beyond(_ jump: String, _ target: SSHTarget) -> SSHError {
        guard kind == .unreachable else { return self }
        var error = self
        let refusal = detail.split(separator: "\n").last { $0.contains("open failed: ") }
        if let refusal {
            error = SSHError(
                .refusedRequest,
                attempt: "open a tunnel",
                problem: detail,
                detail: String(refusal)
            ).explainedAsTunnel(to: target.address, port: target.port)
        }
        return error.through(jump)
    }
}

extension OpenSSHTranscript {
    fileprivate func attempt(_ target: SSHTarget) -> String {
        switch stage {
        case .connecting, .agreeingOnKeys: "agree on keys"
        case .loggingIn: "log in as \(target.user)"
        case .loggedIn: "run a command"
        }
    }
}

extension LogInAttempts {
    fileprivate init(_ transcript: OpenSSHTranscript, _ target: SSHTarget) {
        self.init(user: target.user, tried: transcript.tried, accepted: transcript.accepted)
        omissions = transcript.omissions
    }
}

extension String {
    fileprivate func afterFirst(_ mark: String) -> String? {
        firstRange(of: mark).map { String(self[$0.upperBound...]) }
    }

    fileprivate func afterLast(_ mark: String) -> String {
        ranges(of: mark).last.map { String(self[$0.upperBound...]) } ?? self
    }

    fileprivate func between(_ start: String, _ end: String) -> String? {
        guard let from = firstRange(of: start)?.upperBound, let to = self[from...].firstRange(of: end)?.lowerBound
        else {
            return nil
        }
        return String(self[from..<to])
    }
}
