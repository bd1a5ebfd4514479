import Foundation

/// `Tests/Lab/gate` on one host: stops a transaction at one of its lines.
struct Gate: Sendable {
    let host: String

    /// Puts it between sshd and whatever is run over it.
    func install() async throws {
        let program = try Data(contentsOf: URL(filePath: "\(Lab.root)Tests/Lab/gate")).base64EncodedString()
        try await Lab.on(
            host,
            """
            echo \(program) | base64 -d >/usr/local/lib/gate && chmod 755 /usr/local/lib/gate &&
            sed -i 's|^ssh-|command="/usr/local/lib/gate" ssh-|' /root/.ssh/authorized_keys
            """
        )
    }

    /// Lets everything pass.
    func open() async throws { try await Lab.on(host, "rm -rf /run/gate") }

    /// Lets transactions pass up to a line; without one, writes down their lines.
    func close(at stop: String? = nil) async throws {
        try await Lab.on(host, Self.closing(at: stop))
    }

    static func closing(at stop: String?) -> String {
        "rm -rf /run/gate; mkdir /run/gate\(stop.map { "; echo \($0) >/run/gate/stop" } ?? "")"
    }

    /// Waits until a transaction is stopped.
    ///
    /// - Returns: The agent's process and the line; `nil` where it does not come so far.
    func stopped() async throws -> (agent: Int, line: String)? {
        let words = try await Lab.on(
            host,
            "for i in $(seq 200); do [ ! -e /run/gate/stopped ] || exec cat /run/gate/stopped; sleep 0.3; done"
        )
        let parts = words.trimmed.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let agent = Int(parts[0]) else { return nil }
        return (agent, String(parts[1]))
    }

    func goOn() async throws { try await Lab.on(host, Self.going) }

    static let going = "mkdir -p /run/gate && touch /run/gate/go"

    /// The lines of the last transaction, from `nothing` before its first call on.
    func lines() async throws -> [String] {
        try await Lab.on(host, "cat /run/gate/lines").split(separator: "\n").map(String.init)
    }
}
