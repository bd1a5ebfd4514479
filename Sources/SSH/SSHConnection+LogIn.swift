internal import CLibSSH2
internal import NIOCore

extension SSHConnection {
    func logIn() async throws(SSHError) {
        var tried: [String] = []
        for file in target.authentication.identityFiles {
            guard let key = await KeyRing.shared.key(file) else { continue }
            tried.append(file)
            if try await logIn(with: key.publicKey, { key.signature(of: $0) }) { return }
        }
        throw drop(.notLoggedIn(as: target.user, tried: tried))
    }

    /// Tries one key.
    ///
    /// - Returns: false when the server does not take it, and another may be tried.
    func logIn(
        with publicKey: [UInt8],
        _ signature: ([UInt8]) async -> [UInt8]?
    ) async throws(SSHError) -> Bool {
        let attempt = "log in as \(target.user)"
        let deadline = deadline(\.login)
        let desk = SigningDesk()
        while true {
            try checkUsable(attempt)
            let code = session.logIn(as: target.user, publicKey: publicKey, signing: desk)
            wire.flush()
            switch code {
            case 0: return true
            case LIBSSH2_ERROR_EAGAIN:
                if let message = desk.message, desk.signature == nil {
                    desk.signature = await signature(message) ?? []
                } else {
                    try await news(attempt, by: deadline)
                }
            case LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
                if wire.hasEnded { throw failure(code, attempt) }
                return false
            default: throw failure(code, attempt)
            }
        }
    }
}
