import Testing

@testable import SSH

@Suite struct SSHConfigTests {
    @Test func `what ssh says of a host is understood`() async throws {
        try await withTemporaryFolder { folder in
            try write(
                """
                Host mail1
                  HostName 192.0.2.7
                  Port 2222
                  User admin
                  IdentityFile ~/.ssh/fleet
                  IdentityFile \(folder)/second
                  IdentitiesOnly yes
                  IdentityAgent none
                  ProxyJump anna@bastion:2200,inner
                  UserKnownHostsFile \(folder)/one \(folder)/two
                  GlobalKnownHostsFile none
                  HostKeyAlias web
                  ConnectTimeout 7
                  StrictHostKeyChecking accept-new
                """,
                to: folder + "/config"
            )

            let config = try await SSHConfig.asked(.init("mail1", configuration: folder + "/config"))

            #expect(config.hostName == "192.0.2.7")
            #expect(config.port == 2222)
            #expect(config.user == "admin")
            #expect(config.identityFiles == [UserAccount.ownFile("fleet"), folder + "/second"])
            #expect(config.identitiesOnly)
            #expect(config.identityAgent == .none)
            #expect(config.proxyJumps == ["anna@bastion:2200", "inner"])
            #expect(config.userKnownHostsFiles == [folder + "/one", folder + "/two"])
            #expect(config.globalKnownHostsFiles.isEmpty)
            #expect(config.hostKeyAlias == "web")
            #expect(config.connectTimeout == .seconds(7))
            #expect(config.acceptsNewHostKeys)
            #expect(config.unsupported(onOwnWay: true).isEmpty)
        }
    }

    @Test func `a host of which nothing is said has ssh's defaults`() async throws {
        try await withTemporaryFolder { folder in
            try write("", to: folder + "/config")

            let config = try await SSHConfig.asked(.init("Mail1.example", configuration: folder + "/config"))

            #expect(config.hostName == "mail1.example")
            #expect(config.port == 22)
            #expect(!config.identitiesOnly)
            #expect(config.identityAgent == .environment)
            #expect(config.proxyJumps.isEmpty)
            #expect(config.identityFiles.contains(UserAccount.ownFile("id_ed25519")))
            #expect(config.userKnownHostsFiles.count == 2)
            #expect(config.hostKeyAlias == nil)
            #expect(config.connectTimeout == nil)
            #expect(!config.acceptsNewHostKeys)
            #expect(config.unsupported(onOwnWay: true).isEmpty)
        }
    }

    @Test func `what cannot be followed is said`() async throws {
        try await withTemporaryFolder { folder in
            try write("Host *\n  BindInterface eth1\n  KnownHostsCommand /bin/x %H\n", to: folder + "/config")

            let config = try await SSHConfig.asked(.init("mail1", configuration: folder + "/config"))

            #expect(config.unsupported(onOwnWay: true) == ["BindInterface eth1", "KnownHostsCommand /bin/x %H"])
            #expect(config.unsupported(onOwnWay: false) == ["KnownHostsCommand /bin/x %H"])
        }
    }

    @Test func `a broken configuration is an error with ssh's words`() async throws {
        try await withTemporaryFolder { folder in
            try write("NoSuchKeyword yes\n", to: folder + "/config")

            let error = await #expect(throws: SSHError.self) {
                try await SSHConfig.asked(.init("mail1", configuration: folder + "/config"))
            }

            #expect(error?.problem.lowercased().contains("nosuchkeyword") == true)
        }
    }

    @Test func `a host that is called like an option is a host`() async throws {
        try await withTemporaryFolder { folder in
            try write("", to: folder + "/config")

            let error = await #expect(throws: SSHError.self) {
                try await SSHConfig.asked(
                    .init("-oProxyCommand=touch \(folder)/owned", configuration: folder + "/config")
                )
            }

            #expect(error?.kind == .unsupported)
        }
    }
}

@Suite struct CapabilitiesTests {
    @Test func `nothing old is offered, and something of each kind is`() {
        let names = Capabilities.current.offered.flatMap(\.algorithms)

        #expect(Capabilities.current.offered.allSatisfy { !$0.algorithms.isEmpty })
        #expect(
            !names.contains {
                $0.contains("sha1") || $0.contains("cbc") || $0.contains("md5") || $0 == "ssh-rsa" || $0 == "ssh-dss"
            }
        )
    }

    @Test func `an older libssh2 has more limits than a newer one`() {
        let newer = Capabilities(version: "1.11.1", .wanted)
        var old = Algorithms.wanted
        old.hostKeys.removeAll { $0.hasPrefix("rsa") }
        old.ciphers.removeAll { $0.contains("@") }
        old.macs.removeAll { $0.contains("@") }
        let older = Capabilities(version: "1.10.0", old)

        #expect(newer.limits.count == 1)
        #expect(older.limits.count == 5)
        #expect(older.limits.allSatisfy { !$0.hint.isEmpty })
    }
}
