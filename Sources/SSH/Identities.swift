/// Which keys are offered to a server, in which order, and why others are not.
///
/// First the identity files that need no passphrase or whose key the agent has; then what else the agent has; last the
/// files for which somebody must be asked.
struct Identities: Sendable, Equatable {
    /// How many keys are tried: a server hangs up after `MaxAuthTries` failures, 6 unless told otherwise (sshd_config(5)).
    static let limit = 5

    private(set) var offers: [Offer] = []
    /// Keys that are not offered: `~/.ssh/id_rsa: an RSA key, …`.
    private(set) var omissions: [String] = []

    enum Offer: Sendable, Equatable {
        /// The agent signs.
        case agent(SSHAgent.Identity)
        /// The key of this file signs.
        case file(String)
        /// The same, once its passphrase is known.
        case lockedFile(String)
    }

    /// An identity file, as far as it was found.
    struct Candidate: Sendable {
        var path: String
        /// `nil` where there is no such file.
        var file: KeyFile?
        /// From the file itself or the `.pub` next to it.
        var publicKey: [UInt8]?
        /// The mode of a file of ours that others can use, which ssh takes no key from.
        var exposure: Int?
        /// Whether a certificate lies next to it, which ssh would show first.
        var hasCertificate = false
    }

    init(_ candidates: [Candidate], agent: [SSHAgent.Identity], identitiesOnly: Bool) {
        var held = agent
        var locked: [Offer] = []
        for candidate in candidates {
            if candidate.hasCertificate {
                omissions.append("\(candidate.path)-cert.pub: a certificate, which needs `transport: openssh`")
            }
            if let index = held.firstIndex(where: { $0.publicKey == candidate.publicKey }) {
                let identity = held.remove(at: index)
                add(.agent(identity), Self.obstacle(identity.type), candidate.path)
                continue
            }
            guard let file = candidate.file else {
                omissions.append("\(candidate.path): there is no such key, or it cannot be read")
                continue
            }
            let obstacle = Self.obstacle(file.type ?? "") ?? Self.obstacle(file) ?? Self.obstacle(candidate.exposure)
            if obstacle == nil, file.isEncrypted {
                locked.append(.lockedFile(candidate.path))
            } else {
                add(.file(candidate.path), obstacle, candidate.path)
            }
        }
        if !identitiesOnly {
            for identity in held {
                add(.agent(identity), Self.obstacle(identity.type), "the agent's key \(identity.comment)")
            }
        }
        let room = max(Self.limit - locked.count, Self.limit / 2)
        if offers.count > room {
            omissions.append("\(offers.count - room) more keys, as servers hang up after a few")
        }
        offers = Array((offers.prefix(room) + locked).prefix(Self.limit))
    }

    private mutating func add(_ offer: Offer, _ obstacle: String?, _ name: String) {
        if let obstacle { omissions.append("\(name): \(obstacle)") } else { offers.append(offer) }
    }

    private static func obstacle(_ type: String) -> String? {
        switch type {
        case "ssh-dss": "a DSA key, which servers no longer accept"
        case let type where type.contains("-cert-v01@"): "a certificate, which needs `transport: openssh`"
        case let type where type.hasPrefix("sk-"): "a key on a FIDO token, which needs `transport: openssh`"
        default: nil
        }
    }

    private static func obstacle(_ exposure: Int?) -> String? {
        exposure.map { mode in
            "others can read it (mode 0\(String(mode, radix: 8))); `chmod 600` it, and treat the key as compromised"
        }
    }

    private static func obstacle(_ file: KeyFile) -> String? {
        switch file.format {
        case .openSSH(let cipher, let derivation) where cipher != "none":
            LockedKey.ciphers.keys.contains(cipher) && derivation == "bcrypt"
                ? nil : "encrypted with \(cipher); `ssh-keygen -p -Z aes256-ctr -f FILE` changes that"
        case .openSSH: nil
        case .pem(_, let isEncrypted):
            isEncrypted ? "encrypted in an old format; `ssh-keygen -p -f FILE` rewrites it in OpenSSH's" : nil
        case .notAKey: "not a private key"
        }
    }
}
