import Testing

@testable import SSH

@Suite struct LogInTests {
    @Test(arguments: [
        ["-t", "ed25519"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"], ["-t", "ecdsa", "-b", "521"],
        ["-t", "rsa", "-b", "2048"],
    ])
    func `a key file of each type lets us in`(options: [String]) async throws {
        try await SSHServer.with(userKey: options[1], keyOptions: Array(options.dropFirst(2))) { server in
            try await server.connected { connection in
                let said = try await connection.output(of: "echo in")

                #expect(said == "in\n")
            }
        }
    }

    @Test(arguments: ["aes256-ctr", "aes256-cbc", "aes128-ctr", "aes256-gcm@openssh.com"])
    func `a key file with a passphrase lets us in`(cipher: String) async throws {
        try await SSHServer.with(passphrase: "öpen sesame", keyOptions: ["-a", "1", "-Z", cipher]) { server in
            try await server.connected {
                $0.authentication.passphrase = { _ in "öpen sesame" }
            } _: { connection in
                let said = try await connection.output(of: "echo in")

                #expect(said == "in\n")
            }
        }
    }

    @Test(arguments: [
        ["-t", "rsa", "-m", "PEM"], ["-t", "ecdsa", "-m", "PEM"], ["-t", "rsa", "-m", "PKCS8"],
        ["-t", "ecdsa", "-m", "PKCS8"],
    ])
    func `a key file in an old format lets us in`(options: [String]) async throws {
        try await SSHServer.with(userKey: options[1], keyOptions: Array(options.dropFirst(2))) { server in
            try await server.connected { connection in
                let said = try await connection.output(of: "echo in")

                #expect(said == "in\n")
            }
        }
    }
}
