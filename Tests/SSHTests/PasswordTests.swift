import Foundation
import Subprocess
import Testing

@testable import SSH

/// With a password for root that exists in a mount namespace of the server's own, so this needs root.
@Suite(.enabled(if: getuid() == 0, "needs root, for a mount namespace"))
struct PasswordTests {
    private static let password = "gänsefüßchen"

    private func withServer(
        _ configuration: String,
        pam: String = "auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n",
        _ body: (SSHServer) async throws -> Void
    ) async throws {
        let hash = try await run(
            .name("openssl"),
            arguments: ["passwd", "-6", Self.password],
            output: .string(limit: 4096)
        ).standardOutput.trimmingCharacters(in: .newlines)
        let arrange = """
            set -e
            printf 'root:%s:19000:0:99999:7:::\\n' "$2" >"$1/shadow"
            printf '%s' "$3" >"$1/pam"
            mount --bind "$1/shadow" /etc/shadow
            mount --bind "$1/pam" /etc/pam.d/sshd
            shift 3
            exec "$@"
            """
        try await SSHServer.with(configuration: configuration) { folder in
            ["unshare", "--mount", "sh", "-c", arrange, "sh", folder, hash, pam]
        } _: { server in
            try await body(server)
        }
    }

    private func logIn(_ server: SSHServer, with password: String) async throws -> String {
        try await server.connected {
            $0.authentication = SSHAuthentication(password: { password })
        } _: { connection in
            try await connection.output(of: "echo in")
        }
    }

    @Test(arguments: ["PasswordAuthentication yes", "UsePAM yes\nKbdInteractiveAuthentication yes"])
    func `a password lets us in, and a wrong one does not`(configuration: String) async throws {
        try await withServer(configuration) { server in
            let said = try await logIn(server, with: Self.password)
            let error = await #expect(throws: SSHError.self) { try await logIn(server, with: "wrong") }

            #expect(said == "in\n")
            #expect(error?.kind == .authenticationFailed)
            #expect(error?.problem.contains("wrong") == false)
        }
    }

    @Test func `a key and a password are given where both are asked for`() async throws {
        try await withServer("PasswordAuthentication yes\nAuthenticationMethods publickey,password") { server in
            try await server.connected {
                $0.authentication.password = { Self.password }
            } _: { connection in
                let said = try await connection.output(of: "echo in")

                #expect(said == "in\n")
            }
        }
    }

    @Test func `the password is not asked for when a key is enough`() async throws {
        try await SSHServer.with { server in
            try await server.connected {
                $0.authentication.password = {
                    Issue.record("asked for a password")
                    return nil
                }
            } _: { _ in
            }
        }
    }
}
