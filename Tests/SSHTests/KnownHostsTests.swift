import Testing

@testable import SSH

@Suite struct KnownHostsTests {
    private let ours = key("ssh-ed25519", 1)
    private let other = key("ssh-ed25519", 2)

    private func verdict(
        _ text: String,
        on key: [UInt8]? = nil,
        address: String = "mail1.example",
        port: Int = 22,
        alias: String? = nil
    ) -> KnownHosts.Verdict {
        var known = KnownHosts()
        known.add(Array(text.utf8), from: "known_hosts")
        return known.verdict(on: key ?? ours, of: HostName(address: address, port: port, alias: alias))
    }

    @Test(arguments: [
        "mail1.example", "MAIL1.example", "other,mail1.example", "*.example", "mail?.example", "*",
        "mail1.example,!mail2.example",
        "*mail1*", "m*1.e*e",
    ])
    func `a line that names the host makes its key known`(hosts: String) {
        #expect(verdict("\(hosts) \(line(ours))") == .known)
    }

    @Test(arguments: [
        "mail2.example", "!mail1.example", "*.example,!mail1.example", "*.example.org", "mail??.example",
        "mail1.example.org", "ail1.example",
    ])
    func `a line that does not name the host says nothing about it`(hosts: String) {
        #expect(verdict("\(hosts) \(line(other))") == .unknown(authority: nil))
    }

    @Test func `an address in capitals is the same host`() {
        #expect(verdict("mail1.example \(line(ours))", address: "Mail1.EXAMPLE") == .known)
    }

    @Test func `a host name of two letters is a host name`() {
        #expect(verdict("mx \(line(ours))", address: "mx") == .known)
    }

    @Test func `a hashed name is matched, and only its own`() async throws {
        try await withTemporaryFolder { folder in
            try write("mail1.example \(line(ours))\n[mail1.example]:2222 \(line(other))\n", to: folder + "/known")
            try await keygen("-H", "-f", folder + "/known")
            let hashed = try text(of: folder + "/known")

            #expect(hashed.hasPrefix("|1|"))
            #expect(verdict(hashed) == .known)
            #expect(verdict(hashed, on: other, port: 2222) == .known)
            #expect(verdict(hashed, address: "mail2.example") == .unknown(authority: nil))
        }
    }

    @Test func `another key under the host's name is a change, and says where`() {
        let text = "# ours\nmail1.example \(line(other))\n"

        #expect(verdict(text) == .changed(places: ["known_hosts:2"]))
    }

    @Test func `a key of the name alone does not stand for a port that has another`() {
        let text = "[mail1.example]:2222 \(line(other))\nmail1.example \(line(ours))\n"

        #expect(verdict(text, port: 2222) == .changed(places: ["known_hosts:1"]))
        #expect(verdict(text) == .known)
    }

    @Test func `the keys of a file of revoked keys are revoked, and a list of another format is refused`() {
        var known = KnownHosts()
        known.add(Array("mail1.example \(line(ours))\nmail1.example \(line(other))\n".utf8), from: "known_hosts")

        let isRead = known.revoke(Array("# stolen\n\(line(ours)) root@mail1\n".utf8))
        let isListRead = known.revoke(Array("SSHKRL\n\0...".utf8))

        #expect(isRead)
        #expect(!isListRead)
        #expect(known.verdict(on: ours, of: HostName(address: "mail1.example", port: 22)) == .revoked)
        #expect(known.verdict(on: other, of: HostName(address: "mail1.example", port: 22)) == .known)
    }

    @Test func `a host may have several keys`() {
        #expect(verdict("mail1.example \(line(other))\nmail1.example \(line(ours))") == .known)
    }

    @Test func `a key of another type alone is a change too, as the handshake asked for that type`() {
        #expect(verdict("mail1.example \(line(key("ssh-rsa", 3)))") == .changed(places: ["known_hosts:1"]))
    }

    @Test(arguments: ["@revoked mail1.example", "@revoked *", "@revoked other.example"])
    func `a revoked key is refused, also where another line knows it, whoever shows it`(start: String) {
        #expect(verdict("mail1.example \(line(ours))\n\(start) \(line(ours))") == .revoked)
    }

    @Test func `a revoked key does not make the host's other key a change`() {
        #expect(verdict("@revoked mail1.example \(line(other))") == .unknown(authority: nil))
    }

    @Test func `a certificate authority is named, as it cannot be used`() {
        #expect(verdict("@cert-authority *.example \(line(other))") == .unknown(authority: "known_hosts:1"))
    }

    @Test func `another port is another host, but may share the key of port 22`() {
        #expect(verdict("[mail1.example]:2222 \(line(ours))", port: 2222) == .known)
        #expect(verdict("mail1.example \(line(ours))", port: 2222) == .known)
        #expect(verdict("mail1.example \(line(other))", port: 2222) == .unknown(authority: nil))
        #expect(verdict("[mail1.example]:2222 \(line(other))", port: 2222) == .changed(places: ["known_hosts:1"]))
        #expect(verdict("[mail1.example]:2222 \(line(other))") == .unknown(authority: nil))
    }

    @Test func `an alias is looked up as it is, whatever the port`() {
        #expect(verdict("web \(line(ours))", port: 2222, alias: "Web") == .known)
        #expect(verdict("mail1.example \(line(ours))", alias: "web") == .unknown(authority: nil))
    }

    @Test(arguments: ["\r\n", "\n"])
    func `line ends, tabs, comments and a missing last line end do not matter`(end: String) {
        let text = ["", "  # a comment", "mail1.example\t \(line(ours)) anna@laptop", "x \(line(other))"].joined(
            separator: end
        )

        #expect(verdict(text) == .known)
    }

    @Test(arguments: [
        "mail1.example", "mail1.example ssh-ed25519", "mail1.example ssh-ed25519 !!!",
        "mail1.example ssh-rsa \(Base64.encode(key("ssh-ed25519", 1)))",
        "@unheard mail1.example \(line(key("ssh-ed25519", 1)))", "|1|x|y \(line(key("ssh-ed25519", 1)))",
        String(repeating: "x", count: 10_000),
    ])
    func `a line that is wrong is skipped with a warning, and the next still counts`(wrong: String) {
        var known = KnownHosts()
        known.add(Array("\(wrong)\nmail1.example \(line(ours))".utf8), from: "f")

        #expect(known.warnings.map(\.place) == ["f:1"])
        #expect(known.verdict(on: ours, of: HostName(address: "mail1.example", port: 22)) == .known)
    }

    @Test func `the types of the known keys come with their places, without what is revoked or an authority`() {
        var known = KnownHosts()
        let text = """
            mail1.example \(line(key("ssh-rsa", 1)))
            @revoked mail1.example \(line(key("ssh-dss", 1)))
            @cert-authority mail1.example \(line(key("ecdsa-sha2-nistp256", 1)))
            *.example \(line(ours))
            """
        known.add(Array(text.utf8), from: "f")

        let types = known.types(of: HostName(address: "mail1.example", port: 22))

        #expect(types.map(\.type) == ["ssh-rsa", "ssh-ed25519"])
        #expect(types.map(\.place) == ["f:1", "f:4"])
    }

    @Test func `a fingerprint reads as ssh-keygen shows it`() async throws {
        try await SSHServer.with { server in
            let words = try text(of: server.folder + "/host.pub").split(separator: " ")
            let key = try #require(Base64.decode(words[1]))

            let error = await #expect(throws: SSHError.self) { try await server.open { $0.hostKeys.userFiles = [] } }

            #expect(error?.kind == .hostKeyUnknown(fingerprint: KnownHosts.fingerprint(key)))
            let shown = try await keygenOutput("-lf", server.folder + "/host.pub")
            #expect(shown.split(separator: " ").dropFirst().first.map(String.init) == KnownHosts.fingerprint(key))
        }
    }
}

/// A key of which only the type is real.
private func key(_ type: String, _ number: UInt8) -> [UInt8] {
    var key: [UInt8] = []
    key.append(field: type.utf8)
    key.append(field: [UInt8](repeating: number, count: 32))
    return key
}

private func line(_ key: [UInt8]) -> String {
    var fields = Fields(key)
    return "\(fields.text() ?? "") \(Base64.encode(key))"
}
