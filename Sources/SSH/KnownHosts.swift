internal import Crypto

/// The entries of known_hosts files, and what they say about a host's key.
///
/// libssh2's own code is not used: it takes revoked keys, knows no wildcards, and drops the rest of a file at one line it does not
/// like (libssh2 1.10.0, tried). Source of the format: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT, OpenSSH 9.2.
package struct KnownHosts: Sendable {
    private(set) var entries: [Entry] = []
    /// Lines that could not be understood and were skipped.
    package private(set) var warnings: [Warning] = []

    /// Entries under a plain name, for speed; all others are matched one by one.
    private var byName: [String: [Int]] = [:]
    private var byPattern: [Int] = []
    private var revoked: Set<[UInt8]> = []

    struct Entry: Sendable, Equatable {
        enum Marker: Sendable { case none, certificateAuthority, revoked }

        var marker: Marker
        var hosts: HostPatterns
        var type: String
        var key: [UInt8]
        /// `file:line`.
        var place: String
    }

    package struct Warning: Sendable, Hashable, CustomStringConvertible {
        /// `file:line`.
        package var place: String
        package var text: String
        package var description: String { "\(place): \(text)" }
    }

    package enum Verdict: Sendable, Hashable {
        case known
        /// Other keys are known for the host, at these places.
        case changed(places: [String])
        case revoked
        /// No key is known. Where only a certificate authority is (at `authority`), which is not supported, it is named.
        case unknown(authority: String?)
    }

    package init() {}

    /// Adds the entries of one file.
    package mutating func add(_ bytes: [UInt8], from file: String) {
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == 32 || $0 == 9 || $0 == 13 }
                .map { String(decoding: $0, as: UTF8.self) }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let place = "\(file):\(index + 1)"
            switch Entry.read(words, place) {
            case .success(let entry): add(entry)
            case .failure(let warning): warnings.append(warning)
            }
        }
    }

    /// Revokes the keys of a file of public keys, one per line (ssh_config(5), RevokedHostKeys).
    ///
    /// False for a key revocation list, which has a format of its own (OpenSSH, PROTOCOL.krl).
    mutating func revoke(_ bytes: [UInt8]) -> Bool {
        guard !bytes.starts(with: "SSHKRL\n\0".utf8) else { return false }
        for line in bytes.split(separator: 10) {
            let words = line.split { $0 == 32 || $0 == 9 || $0 == 13 }.map { String(decoding: $0, as: UTF8.self) }
            for (type, text) in zip(words, words.dropFirst()) {
                guard let key = Base64.decode(text) else { continue }
                var fields = Fields(key)
                if fields.text() == type { revoked.insert(key) }
            }
        }
        return true
    }

    private mutating func add(_ entry: Entry) {
        let index = entries.count
        entries.append(entry)
        if entry.marker == .revoked { revoked.insert(entry.key) }
        guard let names = entry.hosts.plainNames else { return byPattern.append(index) }
        for name in Set(names) { byName[name, default: []].append(index) }
    }

    private func entries(for name: String) -> [Entry] {
        (byName[name] ?? []).map { entries[$0] }
            + byPattern.map { entries[$0] }.filter { $0.hosts.match(name) }
    }

    /// What is known about a key that a host has shown.
    ///
    /// A revoked key is revoked for every host, whichever the line names: whoever has it is not to be trusted. For another port than
    /// 22, a key that is known under the name alone is known, but never "changed", and only where no key is known for that port (as in
    /// OpenSSH 9.2, sshconnect.c, `check_host_key`).
    package func verdict(on key: [UInt8], of host: HostName) -> Verdict {
        guard !revoked.contains(key) else { return .revoked }
        let found = entries(for: host.lookup).filter { $0.marker != .revoked }
        let keys = found.filter { $0.marker == .none }
        if keys.contains(where: { $0.key == key }) { return .known }
        guard keys.isEmpty else { return .changed(places: keys.map(\.place)) }
        if let plain = host.withoutPort, entries(for: plain).contains(where: { $0.marker == .none && $0.key == key }) {
            return .known
        }
        return .unknown(authority: found.first { $0.marker == .certificateAuthority }?.place)
    }

    /// The types of the keys that are known for a host, and where; the handshake asks for these alone.
    ///
    /// Not those of the name without its port: ssh does not ask for them either (OpenSSH 9.2, sshconnect2.c, `order_hostkeyalgs`).
    package func types(of host: HostName) -> [(type: String, place: String)] {
        entries(for: host.lookup).filter { $0.marker == .none }.map { ($0.type, $0.place) }
    }

    /// `SHA256:…`, as ssh-keygen -l shows it.
    package static func fingerprint(_ key: [UInt8]) -> String {
        var text = Base64.encode(SHA256.hash(data: key))
        while text.last == "=" { text.removeLast() }
        return "SHA256:" + text
    }
}

/// A host as known_hosts files name it.
package struct HostName: Sendable, Hashable {
    /// What to look up: `host`, or `[host]:port` for another port than 22.
    package let lookup: String
    /// The name alone, where the port is part of `lookup`.
    let withoutPort: String?

    /// An alias is looked up as it is, without a port (ssh_config(5), HostKeyAlias).
    package init(address: String, port: Int, alias: String? = nil) {
        if let alias {
            lookup = alias.lowercased()
            withoutPort = nil
        } else if port == 22 {
            lookup = address.lowercased()
            withoutPort = nil
        } else {
            lookup = "[\(address.lowercased())]:\(port)"
            withoutPort = address.lowercased()
        }
    }
}

extension KnownHosts.Entry {
    private typealias Warning = KnownHosts.Warning

    fileprivate static func read(_ words: [String], _ place: String) -> Result<Self, KnownHosts.Warning> {
        var words = words[...]
        let marker: Marker
        switch words.first {
        case "@revoked": marker = .revoked
        case "@cert-authority": marker = .certificateAuthority
        case let word? where word.hasPrefix("@"):
            return .failure(Warning(place: place, text: "marker `\(word)` is not known"))
        default: marker = .none
        }
        if marker != .none { words.removeFirst() }
        guard words.count >= 3 else {
            return .failure(Warning(place: place, text: "not `hosts type key`"))
        }
        let (hosts, type, key) = (words[words.startIndex], words[words.startIndex + 1], words[words.startIndex + 2])
        guard let bytes = Base64.decode(key) else {
            return .failure(Warning(place: place, text: "the key is not base64"))
        }
        var fields = Fields(bytes)
        guard fields.text() == type else {
            return .failure(Warning(place: place, text: "the key is not of type `\(type)`"))
        }
        guard let patterns = HostPatterns(hosts) else {
            return .failure(Warning(place: place, text: "the hashed host name is malformed"))
        }
        return .success(Self(marker: marker, hosts: patterns, type: type, key: bytes, place: place))
    }
}

extension KnownHosts.Warning: Error {}
