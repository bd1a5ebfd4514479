import Foundation
import Testing

@testable import SSH

@Suite struct HostKeyTests {
    @Test func `an unknown host key is refused, and nothing is written`() async throws {
        try await SSHServer.with { server in
            let file = server.folder + "/empty/known_hosts"

            let error = await #expect(throws: SSHError.self) {
                try await server.open { $0.hostKeys.userFiles = [file] }
            }

            #expect(error?.kind.name == "hostKeyUnknown")
            #expect(error?.problem.hasSuffix(" is not in \(file)") == true)
            #expect(!FileManager.default.fileExists(atPath: file))
        }
    }

    @Test func `accepting new keys adds the key to the first file, in a private folder, and knows it next time`()
        async throws
    {
        try await SSHServer.with { server in
            let file = server.folder + "/new/known_hosts"

            try await server.connected {
                $0.hostKeys.userFiles = [file]
                $0.hostKeys.unknown = .acceptNew
            } _: { _ in
            }
            try await server.connected {
                $0.hostKeys.userFiles = [file]
            } _: { _ in
            }

            let folder = try FileManager.default.attributesOfItem(atPath: server.folder + "/new")
            #expect(folder[.posixPermissions] as? Int == 0o700)
            #expect(try text(of: file).hasPrefix("[127.0.0.1]:\(server.port) ssh-ed25519 "))
            #expect(try text(of: file).filter { $0 == "\n" }.count == 1)
        }
    }

    @Test func `a key is added on a line of its own, after what is there`() async throws {
        try await SSHServer.with { server in
            let file = server.folder + "/known"
            try write("# mine, without a line end", to: file)

            try await server.connected {
                $0.hostKeys.userFiles = [file]
                $0.hostKeys.unknown = .acceptNew
            } _: { _ in
            }

            #expect(try text(of: file).hasPrefix("# mine, without a line end\n[127.0.0.1]"))
        }
    }

    @Test func `keys of a file of revoked keys are refused, and without the file all are`() async throws {
        try await SSHServer.with { server in
            let revoked = await #expect(throws: SSHError.self) {
                try await server.open { $0.hostKeys.revokedFile = server.folder + "/host.pub" }
            }
            let missing = await #expect(throws: SSHError.self) {
                try await server.open { $0.hostKeys.revokedFile = server.folder + "/nothing" }
            }
            try await keygen("-k", "-f", server.folder + "/krl", server.folder + "/id.pub")
            let list = await #expect(throws: SSHError.self) {
                try await server.open { $0.hostKeys.revokedFile = server.folder + "/krl" }
            }
            try await server.connected {
                $0.hostKeys.revokedFile = server.folder + "/id.pub"
            } _: { _ in
            }

            #expect(revoked?.kind.name == "hostKeyRevoked")
            #expect(missing?.kind == .knownHostsUnusable)
            #expect(list?.hint?.contains("transport: openssh") == true)
        }
    }

    @Test(arguments: [HostKeyPolicy.Unknown.refuse, .acceptNew])
    func `a changed host key is refused whatever the policy`(unknown: HostKeyPolicy.Unknown) async throws {
        try await SSHServer.with { server in
            try await keygen("-t", "ed25519", "-N", "", "-f", server.folder + "/other")
            let file = server.folder + "/known"
            try write("[127.0.0.1]:\(server.port) \(text(of: server.folder + "/other.pub"))", to: file)

            let error = await #expect(throws: SSHError.self) {
                try await server.open {
                    $0.hostKeys.userFiles = [file]
                    $0.hostKeys.unknown = unknown
                }
            }

            #expect(error?.kind.name == "hostKeyChanged")
            #expect(error?.problem.contains("known:1") == true)
            #expect(error?.hint?.contains("ssh-keygen -R [127.0.0.1]:\(server.port)") == true)
        }
    }

    @Test func `a revoked host key is refused`() async throws {
        try await SSHServer.with { server in
            let file = server.folder + "/revoked"
            try write("@revoked * \(text(of: server.folder + "/host.pub"))", to: file)

            let error = await #expect(throws: SSHError.self) {
                try await server.open { $0.hostKeys.globalFiles = [file] }
            }

            #expect(error?.kind.name == "hostKeyRevoked")
        }
    }

    @Test(arguments: [("ed25519", "ecdsa"), ("ecdsa", "ed25519")])
    func `of a server's host keys the one that is known is asked for`(known: String, second: String) async throws {
        try await SSHServer.with(hostKey: known, secondHostKey: second) { server in
            try await server.connected { connection in
                let agreed = await connection.agreed

                #expect(agreed.contains { $0.kind == "host key" && $0.name.contains(known) })
            }
        }
    }

    @Test func `a host that no longer has a key of the known type is an error, not a new host`() async throws {
        try await SSHServer.with { server in
            try await keygen("-t", "ecdsa", "-N", "", "-f", server.folder + "/ecdsa")
            let file = server.folder + "/known"
            try write("[127.0.0.1]:\(server.port) \(text(of: server.folder + "/ecdsa.pub"))", to: file)

            let error = await #expect(throws: SSHError.self) {
                try await server.open {
                    $0.hostKeys.userFiles = [file]
                    $0.hostKeys.unknown = .acceptNew
                }
            }

            #expect(error?.kind == .noCommonAlgorithm)
            #expect(error?.problem.contains("known:1") == true)
            #expect(error?.problem.contains("ssh-ed25519") == true)
        }
    }

    @Test func `a known_hosts file that cannot be read closes the door`() async throws {
        try await SSHServer.with { server in
            // A folder is there and cannot be read, also for root.
            let error = await #expect(throws: SSHError.self) {
                try await server.open { $0.hostKeys.globalFiles = [server.folder] }
            }

            #expect(error?.kind == .knownHostsUnusable)
        }
    }
}
