import Testing

@testable import MTAPlan

@Suite struct SSHArgumentsTests {
    private func connection(_ arguments: String, more: String = "") throws -> (HostConnection, [String]) {
        let quoted = "'\(arguments.replacing("'", with: "''"))'"
        let inventory = try inventory("all: {hosts: {h: {ansible_ssh_common_args: \(quoted)\(more)}}}")
        let host = try #require(inventory.host("h"))
        return (host.connection, host.problems.map(\.problem) + inventory.warnings.map(\.problem))
    }

    /// Case 05: how a bastion is written in the wild.
    @Test(arguments: [
        #"-o ProxyCommand="ssh -W %h:%p -q jumper@bastion.example.com""#,
        #"-o ProxyCommand="ssh jumper@bastion.example.com -W %h:%p""#,
        #"-o ProxyCommand="ssh -A jumper@bastion.example.com nc %h %p""#,
        #"-o ProxyCommand="ssh -l jumper bastion.example.com /bin/nc -q0 %h %p 2>/dev/null""#,
        #"-o "ProxyCommand ssh -W [%h]:%p jumper@bastion.example.com""#,
        #"-o ProxyCommand='exec /usr/bin/ssh -qTx -W "[%h]:%p" jumper@bastion.example.com'"#,
        "-J jumper@bastion.example.com", "-oProxyJump=jumper@bastion.example.com -oForwardAgent=yes",
        "-J ssh://jumper@bastion.example.com", "-AqJ jumper@bastion.example.com",
        "-o ProxyJump=jumper@bastion.example.com -o ProxyJump=other -o ProxyCommand=none",
    ])
    func `a jump host is one however it is written`(arguments: String) throws {
        let (connection, complaints) = try connection(arguments)

        #expect(complaints == [])
        #expect(connection.proxyCommand == nil)
        #expect(connection.jumps?.map(\.address) == ["bastion.example.com"])
        #expect(connection.jumps?.map(\.user) == ["jumper"])
    }

    @Test func `what is said of the jump host goes to the jump host`() throws {
        let (connection, complaints) = try connection(
            #"-o ProxyCommand="ssh -q j@b -i ~/.ssh/bastion -o Port=2200 -F ./b.cfg -o 'PubkeyAcceptedAlgorithms +ssh-rsa' -W %h:%p""#
        )

        var jump = try #require(HostConnection.JumpHost("j@b:2200"))
        jump.identityFile = "~/.ssh/bastion"
        jump.configuration = "./b.cfg"
        jump.options = ["pubkeyacceptedalgorithms=+ssh-rsa"]
        jump.hasOwnSSH = true
        #expect(complaints == [])
        #expect(connection.jumps == [jump])
        #expect(connection.identityFile == nil && connection.port == nil && connection.configuration == nil)
    }

    @Test func `a jump host may have one before it`() throws {
        let (chain, _) = try connection(#"-o ProxyCommand="ssh -J a,b@b -W %h:%p c""#)
        let (nested, _) = try connection(#"-o ProxyCommand="ssh -o ProxyCommand='ssh -W %%h:%%p a' -W %h:%p c""#)

        #expect(chain.jumps?.map(\.address) == ["a", "b", "c"])
        #expect(nested.jumps?.map(\.address) == ["a", "c"])
    }

    @Test(arguments: [
        "-o ProxyCommand='cloudflared access ssh --hostname %h'", "-o ProxyCommand='nc -X 5 -x proxy:1080 %h %p'",
        #"-o ProxyCommand="sh -c 'aws ssm start-session --target %h'""#,
        "-o ProxyCommand='ssh b nc elsewhere 22'", "-o ProxyCommand='ssh -W elsewhere:22 b'",
        "-o ProxyCommand='ssh -W %h:%p $(cat bastion)'", "-o ProxyCommand='ssh -W %h:%p b | tee log'",
    ])
    func `a program of another kind is the system's ssh's`(arguments: String) throws {
        let (refused, problems) = try connection(arguments)
        let (taken, complaints) = try connection(arguments, more: ", transport: openssh")

        #expect(refused.jumps == nil && taken.jumps == nil)
        #expect(
            problems == ["`ansible_ssh_common_args` has a ProxyCommand, which the built-in SSH does not run"]
        )
        #expect(complaints == [])
        #expect(taken.proxyCommand != nil && taken.proxyCommand == refused.proxyCommand)
    }

    @Test func `no ProxyCommand is no jump host, and our own setting ends the matter`() throws {
        let none = try connection("-o ProxyCommand=none")
        let own = try connection("-o ProxyCommand='nc %h %p'", more: ", jump: b")

        #expect(none.0.jumps == [] && none.1 == [])
        #expect(own.0.jumps?.map(\.address) == ["b"] && own.0.proxyCommand == nil && own.1 == [])
    }

    /// Case 30.
    @Test func `a configuration of the project's own is taken, for the jump hosts too`() throws {
        let (connection, complaints) = try connection("-C -F ./ssh.cfg -J b")

        #expect(complaints == [])
        #expect(connection.configuration == "./ssh.cfg")
        #expect(connection.jumps?.map(\.configuration) == ["./ssh.cfg"])
    }

    @Test func `other settings are passed on, and ours are not`() throws {
        let (connection, complaints) = try connection(
            "-4 -o IdentitiesOnly=yes -oHostKeyAlias=web -b 192.0.2.9 -o ControlMaster=auto -o ControlPersist=60s -L 1:b:2 -tt"
        )

        #expect(complaints == [])
        #expect(
            connection.options == [
                "addressfamily=inet", "identitiesonly=yes", "hostkeyalias=web", "bindaddress=192.0.2.9",
            ]
        )
    }

    @Test(arguments: [
        "-o StrictHostKeyChecking=no", "-o UserKnownHostsFile=/dev/null",
        #"-o ProxyCommand="ssh -o StrictHostKeyChecking=no -W %h:%p b""#,
    ])
    func `host keys are checked whatever is said`(arguments: String) throws {
        let (connection, complaints) = try connection(arguments)

        #expect(complaints == ["`ansible_ssh_common_args` turns off the check of host keys, which mtactl never does"])
        #expect(connection.options == [] && connection.jumps?.flatMap(\.options) ?? [] == [])
    }

    @Test func `what is no option of ssh's is warned of`() throws {
        #expect(
            try connection("-q foo bar").1 == [
                "`ansible_ssh_common_args` has `foo`, which mtactl ignores",
                "`ansible_ssh_common_args` has `bar`, which mtactl ignores",
            ]
        )
    }
}
