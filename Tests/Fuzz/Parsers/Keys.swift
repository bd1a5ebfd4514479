import MTAPlan

@testable import SSH

extension Parser {
    /// What SSH reads: known_hosts, keys, `ssh -G`, a server before anything is encrypted, an agent.
    static let keys: [Parser] = [knownHosts, keyFile, configuration, offer, agent]

    private static let key = Array("\0\0\0\u{b}ssh-ed25519\0\0\0\u{20}0123456789abcdef0123456789abcdef".utf8)
    private static let goodLine = Array("mx1.example.com ssh-ed25519 \(Base64.encode(key))\n".utf8)
    private static let other = Base64.encode(key.dropLast() + [0])
    private static let hosts = Array(
        """
        # comment
        mx2.example.com,192.0.2.1 ssh-ed25519 \(other) anna@desk
        |1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 \(other)
        [*.example.com]:2222 ssh-ed25519 \(other)
        !mx9.example.com,*.example.org ssh-ed25519 \(other)
        @revoked * ssh-ed25519 \(other)
        @cert-authority *.example.com ssh-ed25519 \(other)

        """.utf8
    )

    /// A bad line takes no other line with it, and no key is known that no line has.
    private static let knownHosts = Parser("known_hosts") { choices in
        var bytes = hosts
        choices.edit(&bytes, atMost: 8, with: .signs + [Array("@revoked".utf8), Array("|1|".utf8), Array(other.utf8)])
        var known = KnownHosts()
        known.add(bytes, from: "known_hosts")
        let host = HostName(address: choices.one(of: ["mx1.example.com", "MX1.example.com"]), port: 22)
        for warning in known.warnings { try demandShowable(Printable.line(warning.description), "a warning") }
        try demand(known.verdict(on: key, of: host) != .known, "a key that no line has is known")
        known.add(goodLine, from: "more")
        try demand(known.verdict(on: key, of: host) == .known, "a good line was lost")
        _ = known.types(of: HostName(address: "mx2.example.com", port: 2222))
    }

    private static let keyFile = Parser("key file") { choices in
        var inner = Array("openssh-key-v1\0".utf8)
        for field in [choices.one(of: ["none", "aes256-ctr", "x"]), choices.one(of: ["none", "bcrypt"])] {
            inner.append(field: field.utf8)
        }
        inner.append(field: [])
        inner.append(number: 1)
        inner.append(field: key)
        inner.append(field: choices.bytes(atMost: 200))
        choices.edit(&inner, with: .signs)
        var text = Array(
            "-----BEGIN OPENSSH PRIVATE KEY-----\n\(Base64.encode(inner))\n-----END OPENSSH PRIVATE KEY-----\n".utf8
        )
        choices.edit(
            &text,
            with: .signs + [Array("-----BEGIN EC PRIVATE KEY-----".utf8), Array("Proc-Type: 4,ENCRYPTED".utf8)]
        )
        let file = KeyFile(text)
        _ = file.isEncrypted
        _ = PrivateKey(pem: String(decoding: text, as: UTF8.self))
        if let sealed = file.sealed { _ = PrivateKey(section: sealed.secret, publicKey: file.publicKey ?? []) }
    }

    private static let configuration = Parser("ssh -G") { choices in
        var bytes = Array(
            "host mx1\nuser root\nhostname mx1.example.com\nport 22\nidentityfile ~/.ssh/id_ed25519\nidentityagent SSH_AUTH_SOCK\nproxyjump a@b:22,c\nuserknownhostsfile ~/.ssh/known_hosts /x\nconnecttimeout 10\nstricthostkeychecking accept-new\nproxycommand nc %h %p\n"
                .utf8
        )
        choices.edit(&bytes, atMost: 8, with: .signs)
        let configuration = SSHConfig(output: String(decoding: bytes, as: UTF8.self))
        try demand((0...65535).contains(configuration.port), "port \(configuration.port)")
    }

    private static let offer = Parser("server's offer") { choices in
        var kexinit: [UInt8] = [20] + Array(repeating: 7, count: 16)
        for list in ["curve25519-sha256", "ssh-ed25519", "aes256-ctr", "aes256-ctr", "hmac-sha2-256"] {
            kexinit.append(field: list.utf8)
        }
        var bytes = Array("welcome\r\nSSH-2.0-OpenSSH_9.2\r\n".utf8)
        bytes.append(number: UInt32(kexinit.count + 1))
        bytes += [4] + kexinit
        choices.edit(&bytes, atMost: 8, with: .signs)
        let offer = ServerOffer(overture: bytes)
        for text in offer.noise + [offer.identification ?? ""] { try demandShowable(text, "a server's words") }
        _ = offer.gap(with: Algorithms(keyExchange: ["x"], hostKeys: [], ciphers: [], macs: []))
    }

    private static let agent = Parser("ssh-agent's answer") { choices in
        var bytes: [UInt8] = [choices.one(of: [12, 14, 5])]
        bytes.append(number: 2)
        bytes.append(field: key)
        bytes.append(field: "anna@desk".utf8)
        choices.edit(&bytes, atMost: 6, with: .signs)
        _ = SSHAgent.identities(in: bytes)
        _ = SSHAgent.signature(in: bytes)
        _ = SSHAgent.algorithm(in: bytes)
    }
}
