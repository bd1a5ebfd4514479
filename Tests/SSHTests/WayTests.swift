import Foundation
import MTAPlan
import Testing

@testable import Drivers
@testable import SSH

/// How hosts are reached, decided and not done: the cases of ssh's configuration as people have it.
@Suite struct WayTests {
    private static let account = UserAccount.current

    /// The way to the only host of an inventory, with this ssh_config.
    private func way(
        _ inventory: String,
        _ configuration: String,
        others: String = "",
        secret: @escaping @Sendable (SecretReference) throws(Failure) -> Secret = { (_) throws(Failure) in
            Secret("s3cret")
        }
    ) async throws -> HostWay {
        try await withTemporaryFolder { folder in
            try write(configuration.replacing("FOLDER", with: folder), to: folder + "/ssh_config")
            let hosts = try hosts("h: {\(inventory.replacing("FOLDER", with: folder))}\(others)")
            var host = hosts[0]
            host.connection.configuration = folder + "/ssh_config"
            host.connection.jumps = host.connection.jumps?.map { jump in
                var jump = jump
                jump.configuration = jump.configuration ?? folder + "/ssh_config"
                return jump
            }
            let connector = Connector(
                unknownKeys: .refuse,
                inventory: hosts,
                secret: { (reference) throws(Failure) in try secret(reference) },
                passphrase: { _ in nil }
            )
            return try await connector.way(to: host)
        }
    }

    private func hosts(_ text: String) throws -> [InventoryHost] {
        let part = InventorySource.Part(path: "hosts.yml", content: .file(Array("all: {hosts: {\(text)}}".utf8)))
        let source = InventorySource(folder: nil, parts: [part])
        return try Inventory.load([source], in: PlaybookLanguage(servers: [], sections: [])).hosts
    }

    private func ownKey(_ name: String) -> String { UserAccount.ownFile(name) }

    @Test func `case 50: what ssh_config says of a user counts where the inventory names the user`() async throws {
        let target = try await way(
            "ansible_host: mx2.example.com, ansible_user: deploy",
            "Match user deploy\n  IdentityFile ~/.ssh/deploy\n  IdentitiesOnly yes\n"
        ).target

        #expect(target.user == "deploy")
        #expect(target.authentication.identityFiles == [ownKey("deploy")])
        #expect(target.authentication.identitiesOnly)
    }

    @Test func `case 52: a jump host's own ProxyJump is followed`() async throws {
        let way = try await way(
            "ansible_host: inner.example.com, ansible_user: root",
            "Host inner.example.com\n  ProxyJump bastion.example.com\nHost bastion.example.com\n  ProxyJump mx1.example.com\n"
        )

        #expect(way.target.jumps.map(\.address) == ["mx1.example.com", "bastion.example.com"])
        #expect(way.target.jumps.map(\.user) == [Self.account.name, Self.account.name])
        #expect(way.openSSH.jumps?.map(\.address) == ["mx1.example.com", "bastion.example.com"])
    }

    @Test func `hosts that are written out are gone through as they are written`() async throws {
        let target = try await way(
            "ansible_host: inner, jump: 'a,b'",
            "Host a\n  ProxyJump first\nHost b\n  ProxyJump never\nHost *\n  Port 2200\n"
        ).target

        #expect(target.jumps.map(\.address) == ["first", "a", "b"])
        #expect(target.jumps.map(\.port) == [2200, 2200, 2200])
    }

    @Test func `case 53: the target's key is for the target alone`() async throws {
        let target = try await way(
            "ansible_host: inner, ansible_user: root, ansible_ssh_private_key_file: ~/.ssh/target, ansible_ssh_common_args: '-o ProxyJump=bastion'",
            "Host bastion\n  User jumper\n  IdentityFile ~/.ssh/bastion\n"
        ).target

        #expect(target.authentication.identityFiles == [ownKey("target")])
        #expect(target.jumps.map(\.user) == ["jumper"])
        #expect(target.jumps.first?.authentication.identityFiles == [ownKey("bastion")])
        #expect(target.jumps.first?.name == "bastion")
    }

    @Test func `case 54: the target's password is for the target alone`() async throws {
        let target = try await way("ansible_host: inner, user: root, password: 'env:X', jump: jumper@pwbastion", "")
            .target

        #expect(target.authentication.password != nil)
        #expect(target.jumps.map { $0.authentication.password == nil } == [true])
    }

    @Test func `a jump host that is in the inventory has what is said of it there`() async throws {
        let target = try await way(
            "jump: 'bastion,root@other'",
            "",
            others:
                ", bastion: {user: jumper, port: 2200, identity-file: /keys/b, password: 'env:B'}, other: {user: admin, password: 'env:O'}",
            secret: { (reference) throws(Failure) in Secret("\(reference)") }
        ).target

        let (bastion, other) = (target.jumps[0], target.jumps[1])
        #expect((bastion.user, bastion.port) == ("jumper", 2200))
        #expect(bastion.authentication.identityFiles == ["/keys/b"])
        #expect(try await bastion.authentication.password?()?.contains("B") == true)
        // That password is another user's.
        #expect(other.user == "root" && other.authentication.password == nil)
        #expect(target.authentication.password == nil)
    }

    @Test func `case 55: the system's file counts by itself`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/mtactl-system-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/d", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = SSHConfigFiles(user: folder + "/none", system: folder + "/ssh_config")
        #expect(!files.matter && files.present == [])

        let shipped =
            "# as Debian has it\nInclude \(folder)/d/*.conf\nHost *\n  SendEnv LANG LC_*\n  HashKnownHosts yes\n  GSSAPIAuthentication yes\n"
        try write(shipped, to: folder + "/ssh_config")
        #expect(!files.matter && files.present == [folder + "/ssh_config"])

        // As Debian 13's systemd has it: no host of ours is called that.
        let sockets = "Host .host machine/.host\n  ProxyCommand a\nHost unix/* vsock/*\n  ProxyCommand b %h\n"
        try write(sockets, to: folder + "/d/systemd.conf")
        #expect(!files.matter)
        for more in ["Host unix/* mx*\n  ProxyCommand c\n", "Host *\n  User bob\n", "Match user bob\n  Port 2\n"] {
            try write(sockets + more, to: folder + "/d/systemd.conf")
            #expect(files.matter, "\(more)")
        }
        try write(sockets, to: folder + "/d/systemd.conf")

        try write("Host inner\n  ProxyJump bastion\n", to: folder + "/d/corp.conf")
        #expect(files.matter)
    }

    @Test func `case 59: a key that is named keeps no other from being tried`() async throws {
        let target = try await way(
            "ansible_ssh_private_key_file: /home/colleague/.ssh/id",
            "IdentityAgent FOLDER/agent\n"
        )
        .target

        #expect(target.authentication.identityFiles == ["/home/colleague/.ssh/id"])
        #expect(!target.authentication.identitiesOnly)
        #expect(target.authentication.agentSocket?.hasSuffix("/agent") == true)
    }

    @Test func `case 60: a ProxyCommand of the inventory's is used`() async throws {
        let understood = try await way(
            #"transport: openssh, ansible_ssh_common_args: '-o ProxyCommand="ssh -i ~/.ssh/bastion -W %h:%p jumper@bastion"'"#,
            ""
        )
        let foreign = try await way(
            "transport: openssh, ansible_ssh_common_args: \"-o ProxyCommand='nc -X 5 %h %p'\"",
            ""
        )

        let command = try #require(understood.openSSH.words().first { $0.hasPrefix("ProxyCommand=") })
        #expect(command.hasSuffix(" -l jumper -W '[%h]:%p' -- bastion"))
        #expect(command.contains("'IdentityFile=\"~/.ssh/bastion\"'"))
        #expect(foreign.openSSH.words().contains("ProxyCommand=nc -X 5 %h %p"))
        #expect(foreign.target.hasProgram)
    }

    @Test func `case 61: no jump host is none, and one by its IPv6 address is one`() async throws {
        let none = try await way("transport: openssh, jump: none", "ProxyJump bastion\n")
        let six = try await way("transport: openssh, jump: 'j@[2001:db8::1]:2200'", "")

        #expect(none.openSSH.words().contains("ProxyJump=none") && none.target.jumps.isEmpty)
        #expect(six.openSSH.words().contains { $0.hasSuffix(" -p 2200 -l j -W '[%h]:%p' -- 2001:db8::1") })
    }

    @Test func `tokens mean what they mean to ssh`() async throws {
        let target = try await way(
            "ansible_host: web, user: deploy, port: 2222",
            """
            Host web
              HostName www.example.com
              HostKeyAlias alias
              IdentityFile %d/keys/%h-%n-%p-%r-%u-%i-%k%%
              IdentityFile ${HOME}/k
              UserKnownHostsFile ~/.ssh/known_hosts_%h ~\(Self.account.name)/kh
            """
        ).target

        let home = Self.account.home
        #expect(
            target.authentication.identityFiles == [
                "\(home)/keys/www.example.com-web-2222-deploy-\(Self.account.name)-\(Self.account.id)-alias%",
                "\(ProcessInfo.processInfo.environment["HOME"] ?? "")/k",
            ]
        )
        #expect(target.hostKeys.userFiles == ["\(home)/.ssh/known_hosts_www.example.com", "\(home)/kh"])
    }

    @Test(arguments: [
        ("IdentityFile ~/%z", "IdentityFile `~/%z` has a token that ssh does not know"),
        (
            "IdentityFile ${NO_SUCH_VARIABLE}/k",
            "IdentityFile names the environment variable NO_SUCH_VARIABLE, which is not set"
        ),
        ("ProxyCommand nc %h %p", "ssh_config asks for ProxyCommand nc %h %p, which the built-in SSH does not support"),
        (
            "KnownHostsCommand /bin/true",
            "ssh_config asks for KnownHostsCommand /bin/true, which the built-in SSH does not support"
        ),
        ("BindInterface eth1", "ssh_config asks for BindInterface eth1, which the built-in SSH does not support"),
        ("ProxyJump a\nHost a\nProxyJump h", "ssh_config's ProxyJump of"),
        ("Host *\nProxyJump bastion", "ssh_config's ProxyJump of bastion leads back to it"),
        ("NoSuchKeyword yes", "`ssh -G h` fails: "),
    ])
    func `what would end elsewhere than with ssh is refused`(configuration: String, problem: String) async throws {
        let failure = await #expect(throws: Failure.self) { _ = try await way("", configuration) }

        let said = failure?.problem ?? ""
        #expect(said.contains(problem), "\(said)")
        #expect(failure?.hint != nil)
    }

    @Test func `a host that is its own jump host in the inventory is refused, as by ssh`() async throws {
        let failure = await #expect(throws: Failure.self) { _ = try await way("jump: h", "") }

        #expect(failure?.problem.contains("h would be its own jump host") == true, "\(failure?.problem ?? "")")
    }

    @Test(arguments: [("jump: h", "Port 2222"), ("jump: j@h", "")])
    func `a way through a host of the same name is followed where port or user differ, as by ssh`(
        inventory: String,
        configuration: String
    ) async throws {
        #expect(try await way(inventory, configuration).target.jumps.count == 1)
    }

    @Test func `two hosts on the way may have one address, as behind two routers`() async throws {
        let text =
            "Host h\n  ProxyJump a\nHost a\n  ProxyJump none\nHost *\n  HostName 10.0.0.1\n  ProxyJump b\n"
            + "Host b\n  ProxyJump none\n"

        #expect(try await way("", text).target.jumps.map(\.address) == ["10.0.0.1"])
    }

    @Test(arguments: [
        "RemoteCommand tmux attach", "CertificateFile ~/.ssh/x-cert.pub", "VerifyHostKeyDNS yes",
        "PKCS11Provider /lib/p.so",
    ])
    func `what may make no difference is no reason to refuse`(configuration: String) async throws {
        _ = try await way("", configuration)
    }

    @Test func `what is about the way here is nothing to a host behind a jump host`() async throws {
        let behind = try await way(
            "jump: b",
            "Host h\n  BindInterface eth1\n  AddressFamily inet6\n  BindAddress ::1\n"
        ).target
        let here = try await way("", "AddressFamily inet6\nBindAddress ::1\n").target

        #expect(behind.addressFamily == .any && behind.bindAddress == nil)
        #expect(here.addressFamily == .ipv6 && here.bindAddress == "::1")
    }

    @Test func `a password that is not to be had is said, and not dropped`() async throws {
        let target = try await way(
            "password: 'env:NOT_SET'",
            "",
            secret: { (_) throws(Failure) in
                throw Failure("the environment variable NOT_SET is not set", hint: "set it")
            }
        ).target

        let error = await #expect(throws: SSHError.self) { _ = try await target.authentication.password?() }
        #expect(error?.problem.contains("the environment variable NOT_SET is not set") == true)
        #expect(error?.hint == "set it")
    }

    @Test func `a password that cannot be read is said where it is needed`() async throws {
        let target = try await way("ansible_password: '{{ vault_x }}'", "").target

        let error = await #expect(throws: SSHError.self) { _ = try await target.authentication.password?() }
        #expect(error?.problem.contains("`ansible_password` is a template") == true)
    }
}
