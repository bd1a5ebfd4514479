import Crypto
import Foundation
import Subprocess
import Testing

@testable import SSH

/// Generated known_hosts files, each judged by the installed ssh and by us before the same server: where ssh refuses, so do we.
///
/// `MTACTL_KNOWN_HOSTS=COUNT` takes more of them than the normal run, `MTACTL_SEED=N` others.
@Suite struct KnownHostsDifferentialTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["MTACTL_KNOWN_HOSTS"].flatMap { Int($0) } ?? 200
    private static let seed = environment["MTACTL_SEED"].flatMap { UInt64($0) } ?? 20_261_126

    @Test(.timeLimit(.minutes(20)))
    func `we believe no key that ssh does not believe, and say why we believe fewer`() async throws {
        try await SSHServer.with(secondHostKey: "ecdsa", configuration: "MaxStartups 100\nMaxAuthTries 20") { server in
            for name in ["other-ed25519", "other-ecdsa", "other-rsa"] {
                let type = String(name.dropFirst("other-".count))
                try await keygen("-t", type, "-N", "", "-f", "\(server.folder)/\(name)")
            }
            let keys = try ["host", "host2", "other-ed25519", "other-ecdsa", "other-rsa"].map {
                try text(of: "\(server.folder)/\($0).pub").split(separator: " ").prefix(2).map(String.init)
            }
            var generator = KnownHostsGenerator(seed: Self.seed, port: server.port, keys: keys)
            let cases = (0..<Self.count).map { _ in generator.next() }
            var agreed = 0
            var stricter: [String: Int] = [:]
            try await withThrowingTaskGroup(of: Verdicts.self) { group in
                for (index, one) in cases.enumerated() {
                    if index >= 4, let verdicts = try await group.next() { note(verdicts, &agreed, &stricter) }
                    group.addTask { try await Verdicts(of: one, number: index, before: server) }
                }
                for try await verdicts in group { note(verdicts, &agreed, &stricter) }
            }
            print("known_hosts: \(agreed) of \(Self.count) as ssh, stricter: \(stricter)")
        }
    }

    private func note(_ verdicts: Verdicts, _ agreed: inout Int, _ stricter: inout [String: Int]) {
        switch (verdicts.ssh, verdicts.ours) {
        case (true, nil), (false, .some): agreed += 1
        case (false, nil): Issue.record("ssh refuses and we do not:\n\(verdicts.file)\n\(verdicts.words)")
        case (true, let reason?):
            stricter[reason.kind.name, default: 0] += 1
            // A key that is revoked for one host is revoked for all; a host with known keys is asked for those types alone.
            #expect(
                ["hostKeyRevoked", "noCommonAlgorithm"].contains(reason.kind.name),
                "\(reason.problem)\n\(verdicts.file)"
            )
        }
    }
}

private struct Verdicts: Sendable {
    var file: String
    var ssh: Bool
    /// ssh's words.
    var words: String
    /// Why we refuse.
    var ours: SSHError?

    init(of one: KnownHostsGenerator.Case, number: Int, before server: SSHServer) async throws {
        file = "\(one.name ?? "by address"): \(one.file)"
        let path = "\(server.folder)/known_hosts.\(number)"
        try write(one.file, to: path)
        let alias = one.name.map { ["-o", "HostKeyAlias=\($0)"] } ?? []
        let result = try await run(
            .name("ssh"),
            arguments: .init(
                [
                    "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes",
                    "-o", "UserKnownHostsFile=\(path)", "-o", "GlobalKnownHostsFile=/dev/null",
                    "-o", "PreferredAuthentications=none", "-p", "\(server.port)",
                ] + alias + ["127.0.0.1", "true"]
            ),
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        words = result.standardError
        ssh = words.contains("Permission denied")
        do {
            let connection = try await server.open {
                $0.hostKeys = HostKeyPolicy(userFiles: [path], alias: one.name)
                $0.authentication = SSHAuthentication()
            }
            await connection.close()
        } catch let error where error.kind == .authenticationFailed {
            ours = nil
        } catch {
            ours = error
        }
    }
}

/// known_hosts files of all that people and tools write into them.
private struct KnownHostsGenerator {
    struct Case: Sendable {
        var file: String
        /// What the host is looked up as, instead of its address and port.
        var name: String?
    }

    private var random: Random
    private let port: Int
    /// Type and key: of the server's two, then of others.
    private let keys: [[String]]

    init(seed: UInt64, port: Int, keys: [[String]]) {
        random = Random(state: seed)
        self.port = port
        self.keys = keys
    }

    mutating func next() -> Case {
        let name = random.chance(30) ? "mail.example.org" : nil
        let lines = (0..<Int.random(in: 1...4, using: &random)).map { _ in line(name) }
        let end = random.chance(15) ? "\r\n" : "\n"
        return Case(file: lines.joined(separator: end) + (random.chance(80) ? end : ""), name: name)
    }

    private mutating func line(_ name: String?) -> String {
        if random.chance(8) { return ["# a comment", "", "   ", "nonsense", "a b"][random.below(5)] }
        let marker = random.chance(75) ? "" : ["@revoked ", "@cert-authority ", "@foo "][random.below(3)]
        var key = (random.chance(60) ? keys[0..<2] : keys[2...]).randomElement(using: &random) ?? []
        if random.chance(4) { key[0] = "ssh-dss" }
        if random.chance(4) { key[1] = String(key[1].dropLast(7)) }
        let blank = random.chance(10) ? "\t" : " "
        return marker + hosts(name) + blank + key.joined(separator: blank) + (random.chance(40) ? " root@mail" : "")
    }

    private mutating func hosts(_ name: String?) -> String {
        let (plain, own) = (name ?? "127.0.0.1", name ?? "[127.0.0.1]:\(port)")
        let choices = [
            own, own, own, plain, "\(own),other", "other,\(own)", "other", "*", "!\(own),*", "!\(plain),*",
            "!other,\(own)", "[127.0.0.1]:\(port + 1)", "[127.0.0.?]:\(port)", "[127.0.0.*]:*", "127.*",
            "mail.*.org", "MAIL.Example.ORG",
            hashed(own), hashed(plain), hashed("other"), "|1|x|y", "|2|abc|def", ",", "[127.0.0.1]:22",
        ]
        return choices.randomElement(using: &random) ?? own
    }

    private mutating func hashed(_ name: String) -> String {
        let salt = (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
        let hash = HMAC<Insecure.SHA1>.authenticationCode(for: Data(name.utf8), using: SymmetricKey(data: salt))
        return "|1|\(Data(salt).base64EncodedString())|\(Data(hash).base64EncodedString())"
    }
}

/// The same numbers for the same seed (splitmix64).
private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
