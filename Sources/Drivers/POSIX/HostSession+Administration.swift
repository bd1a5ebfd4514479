internal import MTAPlan
internal import Synchronization

/// What of a host is asked and changed through a product's administration interface.
extension HostSession {
    /// The facts with what the interface says, where there is one.
    nonisolated func administered(_ own: Facts, for purpose: FactsPurpose) async throws(Failure) -> Facts {
        var facts = own
        guard let access, try await connected().host.isWindows || access.isThere(facts) else {
            isAdministered.withLock { $0 = false }
            return facts
        }
        let session = try await session(with: access)
        await access.add(to: &facts, for: purpose, session)
        await session.close()
        // Of a Windows host nothing else tells whether the product is there.
        let answered = facts.calls[access.interface.rulesKey] != nil
        isAdministered.withLock { $0 = answered || access.isThere(facts) }
        return facts
    }

    /// The interface through which the host is changed; `nil` where it is changed otherwise.
    nonisolated func administration() async throws(Failure) -> AdministrationAccess? {
        guard let access else { return nil }
        if isAdministered.withLock({ $0 == nil }) { _ = try await facts(for: .plan, files: []) }
        return isAdministered.withLock { $0 == true } ? access : nil
    }

    private nonisolated func session(with access: AdministrationAccess) async throws(Failure) -> APISession {
        let host = try await connected().host
        let password = try await secret(access.login.password)
        return APISession(access, password: password) { () async throws(Failure) in
            try await host.tunnel(toOwnPort: access.port)
        }
    }

    nonisolated func withAdministration<Result: Sendable>(
        _ access: AdministrationAccess,
        progress: @escaping @Sendable (String) -> Void,
        _ body: (any Driver) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let session = try await session(with: access)
        let surroundings = APIDriver.Surroundings(
            rulePasswords: access.rulePasswords,
            memory: memory,
            secret: secret,
            submission: { () async throws(Failure) in try await self.connected().host.tunnel(toOwnPort: 25) },
            resolves: { (host, address) async throws(Failure) in try await self.resolves(host, to: address) }
        )
        let driver = APIDriver(session, access.interface, surroundings, progress: progress)
        do throws(Failure) {
            let result = try await body(driver)
            await driver.end()
            await session.close()
            return result
        } catch {
            await driver.end()
            await session.close()
            throw error
        }
    }

    /// Whether the host's own resolver leads from a name to an address.
    private nonisolated func resolves(_ host: String, to address: String) async throws(Failure) -> Bool {
        if let executor = try await windowsExecutor() {
            return try await PowerShellDriver(executor).resolves(host, to: address)
        }
        return try await withAgent { agent throws(Failure) in try await POSIXDriver(agent).resolves(host, to: address) }
    }
}
