import Foundation
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

@Suite struct PrivateKeyTests {
    /// The first and last words of the tables, as Schneier's Applied Cryptography prints them.
    @Test func `the digits of pi are Blowfish's tables`() {
        let words = Pi.fraction(words: 18 + 1024)

        #expect(words.first == 0x243F_6A88)
        #expect(words[17] == 0x8979_FB1B)
        #expect(words[18] == 0xD131_0BA6)
        #expect(words.last == 0x3AC3_72E6)
    }

    @Test func `a passphrase is asked for once, however many hosts want the key`() async throws {
        try await SSHServer.with(passphrase: "sesame", keyOptions: ["-a", "1"], configuration: "MaxStartups 100") {
            server in
            try await confirmation(expectedCount: 1) { asked in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 1...5 {
                        group.addTask {
                            try await server.connected {
                                $0.authentication.passphrase = { _ in
                                    asked()
                                    return "sesame"
                                }
                            } _: { _ in
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test(arguments: [("wrong", "the passphrase is wrong"), (nil, "its passphrase is not known")])
    func `a key that stays locked is named, with the reason`(passphrase: String?, reason: String) async throws {
        try await SSHServer.with(passphrase: "sesame", keyOptions: ["-a", "1"]) { server in
            let error = await #expect(throws: SSHError.self) {
                try await server.open { $0.authentication.passphrase = { _ in passphrase } }
            }

            #expect(error?.kind == .authenticationFailed)
            #expect(error?.problem.contains("\(server.folder)/id: \(reason)") == true)
        }
    }

    @Test func `why a passphrase is not to be had is said`() async throws {
        try await SSHServer.with(passphrase: "sesame", keyOptions: ["-a", "1"]) { server in
            let error = await #expect(throws: SSHError.self) {
                try await server.open {
                    $0.authentication.passphrase = { (_) async throws(SSHError) in
                        throw SSHError(.authenticationFailed, attempt: "log in", problem: "stdin is not a terminal")
                    }
                }
            }

            #expect(error?.problem.contains("id: its passphrase is not known: stdin is not a terminal") == true)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o610])
    func `a key file that others can use is not used, as by ssh`(mode: Int) async throws {
        try await SSHServer.with { server in
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: server.folder + "/id")

            let error = await #expect(throws: SSHError.self) { try await server.open() }

            #expect(error?.kind == .authenticationFailed)
            let reason = "\(server.folder)/id: others can read it (mode 0\(String(mode, radix: 8)))"
            #expect(error?.problem.contains(reason) == true)
        }
    }

    @Test func `a key that the server does not know is named`() async throws {
        try await SSHServer.with { server in
            try await keygen("-t", "ed25519", "-N", "", "-f", server.folder + "/stranger")

            let error = await #expect(throws: SSHError.self) {
                try await server.open { $0.authentication.identityFiles = [server.folder + "/stranger"] }
            }

            #expect(error?.kind == .authenticationFailed)
            #expect(error?.problem.contains("tried \(server.folder)/stranger") == true)
            #expect(error?.hint?.contains("authorized_keys") == true)
        }
    }

    @Test(arguments: 0...40)
    func `base64 comes back as it went in`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }

        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test(arguments: ["a", "ab=", "a===", "====", "ab c", "äbcd"])
    func `what is not base64 is not decoded`(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
