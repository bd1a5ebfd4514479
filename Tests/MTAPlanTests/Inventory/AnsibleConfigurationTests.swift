import Testing

@testable import MTAPlan

@Suite struct AnsibleConfigurationTests {
    @Test func `what ansible.cfg says counts where the inventory says nothing`() throws {
        let text = """
            # ours
            [defaults]
            inventory = hosts, more/hosts ; a comment
            remote_user=deploy
            private_key_file = keys/id
            forks: 20
            [privilege_escalation]
            become = True
            become_ask_pass = yes
            [ssh_connection]
            ssh_args = -o ConnectTimeout=7
              -o ProxyJump=bastion.example
            """
        let configuration = try AnsibleConfiguration(Array(text.utf8), file: "etc/ansible.cfg")
        let inventory = try inventory(
            ["hosts": "a\nb ansible_user=root ansible_become=no\n"],
            from: ["hosts"],
            defaults: HostDefaults(configuration: configuration)
        )

        #expect(configuration.inventories == ["etc/hosts", "etc/more/hosts"])
        #expect(!configuration.names.contains("forks"))
        let (a, b) = (try #require(inventory.host("a")?.connection), try #require(inventory.host("b")?.connection))
        #expect(a.user == "deploy" && b.user == "root")
        #expect(a.identityFile == "etc/keys/id")
        #expect(a.become == .sudo && b.become == HostConnection.Become.none)
        #expect(a.becomePassword == HostDefaults.becomePassword)
        #expect(a.jumps?.map(\.address) == ["bastion.example"])
        #expect(HostDefaults(user: "me", configuration: configuration).entries.first?.value.scalar == "me")
    }

    @Test(arguments: [("3", 3), ("90s", 90), ("2m", 120)])
    func `the option for the time to connect takes seconds, or a duration`(text: String, seconds: Int) throws {
        let inventory = try inventory(
            ["hosts": "a\n"],
            from: ["hosts"],
            defaults: HostDefaults(connectTimeout: text)
        )

        #expect(inventory.host("a")?.connection.connectTimeout == .seconds(seconds))
    }
}
