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

    func open() async throws { try await Lab.on(host, "rm -rf /run/gate") }

    func close(at line: Int?) async throws {
        try await Lab.on(host, "rm -rf /run/gate; mkdir /run/gate\(line.map { "; echo \($0) >/run/gate/stop" } ?? "")")
    }

    /// Waits until a transaction is stopped.
    ///
    /// - Returns: The agent's process.
    func stopped() async throws -> Int {
        let words = try await Lab.on(
            host,
            "for i in $(seq 1200); do cat /run/gate/stopped 2>/dev/null && exit; sleep 0.1; done; exit 1"
        )
        guard let agent = words.split(separator: " ").first.flatMap({ Int($0) }) else {
            throw LabFailure(text: "\(host): the gate says `\(words)`")
        }
        return agent
    }

    func goOn() async throws { try await Lab.on(host, "mkdir -p /run/gate && touch /run/gate/go") }

    /// The lines of the last transaction, from `nothing` before its first call on.
    func lines() async throws -> [String] {
        try await Lab.on(host, "cat /run/gate/lines").split(separator: "\n").map(String.init)
    }
}
