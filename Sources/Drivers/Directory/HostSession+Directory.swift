package import MTAPlan

/// Where a directory is, and who asks it.
package struct DirectoryAccess: Sendable {
    /// As the host sees the network.
    package var server: String
    package var port: Int
    package var login: Login

    package init(server: String, port: Int, login: Login) {
        self.server = server
        self.port = port
        self.login = login
    }
}

extension HostSession {
    /// Reads entries of a directory that this host reaches, through a tunnel of its SSH connection.
    ///
    /// From the host to the directory the conversation is not encrypted, with its password.
    ///
    /// - Throws: When the host or the directory cannot be reached, refuses the login, or does not answer completely.
    package nonisolated func entries(
        _ question: DirectoryQuestion,
        of access: DirectoryAccess
    ) async throws(Failure) -> [DirectoryEntry] {
        let password = try await secret(access.login.password)
        let stream = try await connected().host.tunnel(to: access.server, port: access.port)
        var session = DirectorySession(over: stream)
        do throws(Failure) {
            try await session.logIn(as: access.login.username, password)
            let entries = try await session.entries(question)
            await session.close()
            return entries
        } catch {
            await session.close()
            throw error
        }
    }
}
