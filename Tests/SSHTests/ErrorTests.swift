import NIOCore
import NIOPosix
import Testing

@testable import SSH

/// What a server can do wrong before anybody is logged in, and what we say about it.
@Suite struct ErrorTests {
    private func error(
        from server: (MemoryStream) -> Void,
        known: [String] = [],
        within limit: Duration = patience
    ) async throws -> SSHError {
        let loop = SSHServer.group.next()
        let transport = MemoryStream(on: loop)
        server(transport)
        var deadlines = SSHDeadlines()
        deadlines.handshake = limit
        let target = SSHTarget(
            name: "mail1",
            address: "mail1.example",
            user: "root",
            authentication: .init(),
            hostKeys: .init(userFiles: known),
            deadlines: deadlines
        )
        let error = await #expect(throws: SSHError.self) {
            try await SSHConnection.open(target, over: transport, on: loop)
        }
        return try #require(error)
    }

    @Test func `a server with full MaxStartups is busy`() async throws {
        let error = try await error {
            $0.say("Exceeded MaxStartups\r\n")
            $0.hangUp()
        }

        #expect(error.kind == .busy)
        #expect(error.hint?.contains("MaxStartups") == true)
    }

    /// Of OpenSSH since 9.8 these are the words for a full MaxStartups, too.
    @Test func `a server that penalises this machine may be full as well`() async throws {
        let error = try await error {
            $0.say("Not allowed at this time\r\n")
            $0.hangUp()
        }

        #expect(error.kind == .busy)
        #expect(error.hint?.contains("PerSourcePenalties") == true)
    }

    @Test func `a mail server on the port is named as not SSH, with its words`() async throws {
        let error = try await error {
            $0.say("220 mx.example ESMTP Postfix\r\n")
            $0.hangUp()
        }

        #expect(error.kind == .notSSH)
        #expect(error.problem.contains("220 mx.example ESMTP Postfix"))
    }

    @Test func `a server that talks for ever is given up`() async throws {
        let error = try await error(
            from: { transport in
                for _ in 1...2000 { transport.say(String(repeating: "x", count: 100) + "\r\n") }
            },
            within: .milliseconds(500)
        )

        #expect(error.kind == .notSSH)
    }

    @Test func `a server that hangs up without a word is busy`() async throws {
        let error = try await error { $0.hangUp() }

        #expect(error.kind == .busy)
        #expect(error.problem == "the server hung up before it sent anything")
    }

    @Test func `a server that says nothing is given up in time`() async throws {
        let error = try await error(from: { _ in }, within: .milliseconds(300))

        #expect(error.kind == .timedOut)
    }

    @Test func `lines before the banner are skipped`() async throws {
        let error = try await error {
            $0.say("Welcome to our servers\r\nPlease behave\r\nSSH-2.0-Test\r\n")
            $0.receive(keyExchangeInit(hostKeys: ["ssh-rsa"]))
        }

        #expect(error.kind == .noCommonAlgorithm)
    }

    @Test(
        .enabled(if: !LibSSH2.isModern, "this libssh2 can do RSA"),
        arguments: [["rsa-sha2-512", "rsa-sha2-256"], ["ssh-rsa"]]
    )
    func `a server with an RSA host key only is explained`(types: [String]) async throws {
        let error = try await error {
            $0.say("SSH-2.0-Test\r\n")
            $0.receive(keyExchangeInit(hostKeys: types))
        }

        #expect(error.kind == .noCommonAlgorithm)
        #expect(error.problem.contains(types.joined(separator: ", ")))
        #expect(error.hint?.contains("ssh-keygen -A") == true)
        #expect(error.hint?.contains("transport: openssh") == true)
    }

    @Test(.enabled(if: !LibSSH2.isModern, "this libssh2 can do AES-GCM"))
    func `a server with authenticated ciphers only is explained, and one with encrypt-then-MAC only`() async throws {
        let ciphers = try await error {
            $0.say("SSH-2.0-Test\r\n")
            $0.receive(keyExchangeInit(ciphers: ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com"]))
        }
        let macs = try await error {
            $0.say("SSH-2.0-Test\r\n")
            $0.receive(keyExchangeInit(macs: ["hmac-sha2-256-etm@openssh.com"]))
        }

        #expect(ciphers.kind == .noCommonAlgorithm)
        #expect(ciphers.problem.contains("no cipher in common: the server offers only chacha20-poly1305@openssh.com"))
        #expect(macs.kind == .noCommonAlgorithm)
        #expect(macs.problem.contains("no MAC in common"))
    }

    @Test func `an old server that can do SHA-1 only is explained`() async throws {
        let error = try await error {
            $0.say("SSH-2.0-OpenSSH_5.3\r\n")
            $0.receive(keyExchangeInit(keyExchange: ["diffie-hellman-group14-sha1"]))
        }

        #expect(error.kind == .noCommonAlgorithm)
        #expect(error.problem.contains("no key exchange in common"))
    }

    @Test func `nothing listening is told apart from no such name`() async throws {
        let port = try await freePort()
        func target(_ address: String, _ port: Int) -> SSHTarget {
            SSHTarget(
                name: address,
                address: address,
                port: port,
                user: "root",
                authentication: SSHAuthentication(),
                hostKeys: HostKeyPolicy(userFiles: [])
            )
        }
        let refused = await #expect(throws: SSHError.self) {
            try await SSHConnection.open(target("127.0.0.1", port), on: SSHServer.group)
        }
        let nameless = await #expect(throws: SSHError.self) {
            try await SSHConnection.open(target("no-such-host.invalid", 22), on: SSHServer.group)
        }

        #expect(refused?.kind == .refusedConnection)
        #expect(nameless?.kind == .unreachable)
        #expect(nameless?.problem == "no-such-host.invalid: no address found for this name")
    }

    @Test func `a limit on sessions is named`() async throws {
        try await SSHServer.with(configuration: "MaxSessions 1") { server in
            try await server.connected { connection in
                let first = try await connection.run("cat")
                let error = await #expect(throws: SSHError.self) { try await connection.run("true") }
                try await first.finishInput()

                #expect(error?.kind == .refusedRequest)
                #expect(error?.hint?.contains("MaxSessions") == true)
            }
        }
    }

    @Test func `every message is lower case, without full stop, with a hint`() {
        let trail = LogInAttempts(user: "root")
        let errors: [SSHError] = [
            .noSession(), .timedOut("read"), .closed(attempt: "read"), .noHostKey(), .hostKeyRevoked("SHA256:x"),
            .hostKeyChanged("SHA256:x", HostName(address: "h", port: 22), ["f:1"]),
            .hostKeyUnknown("SHA256:x", authority: nil, files: ["f"]),
            .hostKeyUnknown("SHA256:x", authority: "f:1", files: []), .knownHostsUnreadable("f", "denied"),
            .knownHostsNotWritten("f", "denied"),
            .noKnownHostsFile(), .knownKeysUnsupported([("ssh-rsa", "f:1")]), .notLoggedIn(trail),
            .passwordExpired("root"),
            .lost("read", farewell: "bye", breakage: nil, .init(rawValue: -13), ""),
        ]

        for error in errors {
            #expect(error.problem.first?.isUppercase == false, "\(error)")
            #expect(!error.problem.hasSuffix("."), "\(error)")
            #expect(error.hint?.isEmpty == false, "\(error)")
        }
    }
}

/// A server's SSH_MSG_KEXINIT with something that every libssh2 can do, but for what is asked.
private func keyExchangeInit(
    keyExchange: [String] = ["curve25519-sha256"],
    hostKeys: [String] = ["ssh-ed25519"],
    ciphers: [String] = ["aes256-ctr"],
    macs: [String] = ["hmac-sha2-256"]
) -> [UInt8] {
    var payload: [UInt8] = [20] + [UInt8](repeating: 7, count: 16)
    for names in [keyExchange, hostKeys, ciphers, ciphers, macs, macs, ["none"], ["none"], [], []] {
        payload.append(field: names.joined(separator: ",").utf8)
    }
    payload += [0, 0, 0, 0, 0]
    let padding = 8 - (payload.count + 5) % 8 + 4
    let fill = (payload.count + 5 + padding) % 8 == 0 ? padding : padding + 8 - (payload.count + 5 + padding) % 8
    var packet: [UInt8] = []
    packet.append(number: UInt32(payload.count + 1 + fill))
    packet.append(UInt8(fill))
    return packet + payload + [UInt8](repeating: 0, count: fill)
}
