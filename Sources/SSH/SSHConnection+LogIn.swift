internal import CLibSSH2
internal import Logging
internal import NIOCore

extension SSHConnection {
    /// Tries what the target offers until the server is content: keys at once, as that costs the fewest round trips; what the server would take
    /// is asked only when they do not help.
    func logIn() async throws(SSHError) {
        var trail = LogInAttempts(user: target.user)
        let start = ContinuousClock.now
        do throws(SSHError) {
            let isLoggedIn = try await logIn(&trail)
            for omission in trail.omissions { target.logger.debug(.logIn, "not tried: \(omission)") }
            for attempt in trail.tried { target.logger.debug(.logIn, "tried \(attempt)") }
            if isLoggedIn {
                let way = trail.tried.last.map { ", by \($0)" } ?? ""
                return target.logger.info(.logIn, "logged in as \(target.user)\(way), \(Logger.time(since: start))")
            }
        } catch {
            throw error.kind == .lost ? drop(.hungUp(trail, farewell: wire.farewell, error)) : error
        }
        throw drop(.notLoggedIn(trail))
    }

    private func logIn(_ trail: inout LogInAttempts) async throws(SSHError) -> Bool {
        if try await logInWithKeys(&trail) { return true }
        trail.accepted = try await acceptedMethods()
        target.logger.debug(.logIn, "the server accepts \(trail.accepted.joined(separator: ", "))")
        if session.isLoggedIn { return true }
        return try await logInWithPassword(&trail)
    }

    private func logInWithKeys(_ trail: inout LogInAttempts) async throws(SSHError) -> Bool {
        let identities = await identities(&trail)
        trail.omissions += identities.omissions
        trail.omissions += target.authentication.furtherIdentities.map { "\($0), which needs `transport: openssh`" }
        for offer in identities.offers where try await logIn(offer, &trail) { return true }
        return false
    }

    private func identities(_ trail: inout LogInAttempts) async -> Identities {
        let authentication = target.authentication
        let candidates = await KeyRing.shared.candidates(authentication.identityFiles)
        var held: [SSHAgent.Identity] = []
        if let agent {
            do throws(SSHAgent.Silence) {
                held = try await agent.identities(within: min(target.deadlines.login, .seconds(5)))
            } catch {
                trail.omissions.append("the agent at \(agent.socket): \(error.text)")
            }
        }
        return Identities(candidates, agent: held, identitiesOnly: authentication.identitiesOnly)
    }

    private var agent: SSHAgent? { target.authentication.agentSocket.map { SSHAgent(socket: $0, loop: loop) } }

    private func logIn(_ offer: Identities.Offer, _ trail: inout LogInAttempts) async throws(SSHError) -> Bool {
        switch offer {
        case .agent(let identity):
            trail.tried.append("the agent's key \(identity.comment)")
            let limit = target.deadlines.login
            return try await logIn(with: identity.publicKey) { message in
                await agent?.signature(of: message, by: identity.publicKey, within: limit)
            }
        case .file(let path), .lockedFile(let path):
            let key: PrivateKey
            do throws(KeyRing.Locked) {
                key = try await KeyRing.shared.key(path, passphrase: target.authentication.passphrase)
            } catch {
                trail.omissions.append("\(path): \(error.text)")
                return false
            }
            trail.tried.append(path)
            return try await logIn(with: key.publicKey) { key.signature(of: $0) }
        }
    }

    /// Tries one key.
    ///
    /// - Returns: false when the server does not take it, and another may be tried.
    private func logIn(
        with publicKey: [UInt8],
        _ signature: ([UInt8]) async -> [UInt8]?
    ) async throws(SSHError) -> Bool {
        let attempt = "log in as \(target.user)"
        let deadline = deadline(\.login)
        let signingRequest = SigningRequest()
        while true {
            try checkUsable(attempt)
            let moment = wire.moment
            let code = session.logIn(as: target.user, publicKey: publicKey, signing: signingRequest)
            wire.flush()
            switch code {
            case 0: return true
            case LIBSSH2_ERROR_EAGAIN:
                if let message = signingRequest.message, signingRequest.answer == nil {
                    signingRequest.answer = .some(await signature(message))
                } else {
                    try await news(attempt, since: moment, by: deadline)
                }
            case LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
                if wire.hasEnded { throw failure(code, attempt) }
                return false
            default: throw failure(code, attempt)
            }
        }
    }

    // MARK: - Passwords

    /// What the server would take, in its words: `publickey`, `password`, `keyboard-interactive`.
    private func acceptedMethods() async throws(SSHError) -> [String] {
        let attempt = "ask how to log in"
        let deadline = deadline(\.login)
        while true {
            try checkUsable(attempt)
            let moment = wire.moment
            let methods = session.acceptedMethods(for: target.user)
            wire.flush()
            if let methods { return methods }
            let code = session.lastError.code
            guard code == LIBSSH2_ERROR_EAGAIN else { throw failure(code, attempt) }
            try await news(attempt, since: moment, by: deadline)
        }
    }

    private func logInWithPassword(_ trail: inout LogInAttempts) async throws(SSHError) -> Bool {
        let methods = ["password", "keyboard-interactive"].filter(trail.accepted.contains)
        guard !methods.isEmpty, let ask = target.authentication.password, let password = try await ask() else {
            return false
        }
        for method in methods {
            trail.tried.append(method == "password" ? "the password" : "the password (keyboard-interactive)")
            let attempt = "log in as \(target.user)"
            let interview = KeyboardInteractiveAnswers(password: password)
            wire.interview = interview
            defer { wire.interview = nil }
            do throws(SSHError) {
                try await complete(attempt, by: deadline(\.login)) {
                    method == "password"
                        ? session.logIn(as: target.user, password: password)
                        : session.logInAnswering(as: target.user)
                }
                return true
            } catch {
                trail.questions += interview.unanswered
                if error.code?.rawValue == LIBSSH2_ERROR_PASSWORD_EXPIRED { throw drop(.passwordExpired(target.user)) }
                guard error.code?.rawValue == LIBSSH2_ERROR_AUTHENTICATION_FAILED else { throw error }
            }
        }
        return false
    }
}
