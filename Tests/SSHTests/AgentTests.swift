import Foundation
import Testing

@testable import SSH

@Suite struct AgentTests {
    @Test(arguments: ["ed25519", "ecdsa", "rsa"])
    func `a key in the agent lets us in, without a file`(type: String) async throws {
        try await SSHServer.with(userKey: type) { server in
            try await withAgent(in: server.folder) { socket in
                try await addKey(server.folder + "/id", to: socket)

                let said = try await server.connected {
                    $0.authentication = SSHAuthentication(agentSocket: socket)
                } _: { connection in
                    try await connection.output(of: "echo in")
                }

                #expect(said == "in\n")
            }
        }
    }

    @Test func `the agent's key that belongs to an identity file is offered first, so many others do no harm`()
        async throws
    {
        try await SSHServer.with(configuration: "MaxAuthTries 2") { server in
            try await withAgent(in: server.folder) { socket in
                for number in 1...6 {
                    try await keygen("-t", "ed25519", "-N", "", "-f", server.folder + "/other\(number)")
                    try await addKey(server.folder + "/other\(number)", to: socket)
                }
                try await addKey(server.folder + "/id", to: socket)
                try FileManager.default.removeItem(atPath: server.folder + "/id")

                let said = try await server.connected {
                    $0.authentication = SSHAuthentication(identityFiles: [server.folder + "/id"], agentSocket: socket)
                } _: { connection in
                    try await connection.output(of: "echo in")
                }

                #expect(said == "in\n")
            }
        }
    }

    @Test func `a server that hangs up after too many keys is explained`() async throws {
        try await SSHServer.with(configuration: "MaxAuthTries 2") { server in
            try await withAgent(in: server.folder) { socket in
                for number in 1...4 {
                    try await keygen("-t", "ed25519", "-N", "", "-f", server.folder + "/other\(number)")
                    try await addKey(server.folder + "/other\(number)", to: socket)
                }

                let error = await #expect(throws: SSHError.self) {
                    try await server.open { $0.authentication = SSHAuthentication(agentSocket: socket) }
                }

                #expect(error?.kind == .authenticationFailed)
                #expect(error?.problem.contains("Too many authentication failures") == true)
                #expect(error?.hint?.contains("IdentitiesOnly") == true)
            }
        }
    }

    @Test func `with identitiesOnly the agent's other keys are not offered`() async throws {
        try await SSHServer.with { server in
            try await withAgent(in: server.folder) { socket in
                try await addKey(server.folder + "/id", to: socket)

                let error = await #expect(throws: SSHError.self) {
                    try await server.open {
                        $0.authentication = SSHAuthentication(
                            identityFiles: [],
                            identitiesOnly: true,
                            agentSocket: socket
                        )
                    }
                }

                #expect(error?.kind == .authenticationFailed)
                #expect(error?.problem.contains("there was nothing to try") == true)
                #expect(error?.problem.contains("the server accepts publickey") == true)
            }
        }
    }

    @Test func `an agent that is not there is named, and the key file still works`() async throws {
        try await SSHServer.with { server in
            try await server.connected {
                $0.authentication.agentSocket = server.folder + "/none"
            } _: { _ in
            }
            let error = await #expect(throws: SSHError.self) {
                try await server.open { $0.authentication = SSHAuthentication(agentSocket: server.folder + "/none") }
            }

            #expect(error?.problem.contains("the agent at \(server.folder)/none") == true)
        }
    }
}

/// The order of keys, decided without a server.
@Suite struct IdentitiesTests {
    private func identity(_ number: UInt8, type: String = "ssh-ed25519") -> SSHAgent.Identity {
        var key: [UInt8] = []
        key.append(field: type.utf8)
        key.append(field: [number])
        return SSHAgent.Identity(publicKey: key, comment: "key \(number)")
    }

    @Test func `files the agent has come in the files' order, then its other keys`() {
        let held = [identity(1), identity(2), identity(3)]
        let candidates = [
            Identities.Candidate(path: "three", file: nil, publicKey: identity(3).publicKey),
            Identities.Candidate(path: "missing", file: nil, publicKey: nil),
            Identities.Candidate(path: "one", file: nil, publicKey: identity(1).publicKey),
        ]

        let all = Identities(candidates, agent: held, identitiesOnly: false)
        let only = Identities(candidates, agent: held, identitiesOnly: true)

        #expect(all.offers == [.agent(identity(3)), .agent(identity(1)), .agent(identity(2))])
        #expect(only.offers == [.agent(identity(3)), .agent(identity(1))])
        #expect(only.omissions == ["missing: there is no such key, or it cannot be read"])
    }

    @Test func `never more than five keys are tried, and what was left out is said`() {
        let identities = Identities([], agent: (1...9).map { identity($0) }, identitiesOnly: false)

        #expect(identities.offers.count == 5)
        #expect(identities.omissions == ["4 more keys, as servers hang up after a few"])
    }

    @Test func `a file that needs a passphrase comes last, but is not crowded out`() throws {
        var locked = KeyFile([])
        locked.format = .openSSH(cipher: "aes256-ctr", keyDerivation: "bcrypt")
        locked.type = "ssh-ed25519"
        let candidates = [Identities.Candidate(path: "locked", file: locked, publicKey: [1])]

        let identities = Identities(candidates, agent: (1...9).map { identity($0) }, identitiesOnly: false)

        #expect(identities.offers.count == 5)
        #expect(identities.offers.last == .lockedFile("locked"))
    }

    @Test(arguments: [
        ("ssh-ed25519-cert-v01@openssh.com", "certificate"), ("sk-ssh-ed25519@openssh.com", "FIDO"), ("ssh-dss", "DSA"),
    ])
    func `a key that cannot be used is left out by name`(type: String, word: String) {
        let identities = Identities([], agent: [identity(1, type: type)], identitiesOnly: false)

        #expect(identities.offers.isEmpty)
        #expect(identities.omissions.count == 1)
        #expect(identities.omissions.first?.contains(word) == true)
    }

    @Test func `a key file with a cipher that is not supported is left out by the cipher's name`() async throws {
        try await withTemporaryFolder { folder in
            try await keygen(
                "-t",
                "ed25519",
                "-N",
                "secret",
                "-Z",
                "chacha20-poly1305@openssh.com",
                "-f",
                folder + "/id"
            )

            let candidates = await KeyRing().candidates([folder + "/id"])
            let identities = Identities(candidates, agent: [], identitiesOnly: false)

            #expect(identities.omissions.first?.contains("chacha20-poly1305@openssh.com") == true)
        }
    }
}
