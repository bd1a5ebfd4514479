import Foundation
import MTAPlan
import Subprocess
import Support
import Testing

@testable import Drivers
@testable import SSH

/// Many ssh_configs: what ssh says of a host is what we would do.
@Suite struct GeneratedConfigurationTests {
    /// The kinds of settings that people write, with values that meet each other.
    private struct Generator {
        var random: SeededRandom

        mutating func one(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        mutating func isSo(oneIn count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

        static let names = ["mx1", "mx2.example.com", "web", "bastion", "edge"]

        mutating func configuration() -> String {
            var text = isSo(oneIn: 3) ? setting() : ""
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                text += one([
                    "Host mx1", "Host mx*", "Host *", "Host web bastion", "Host !edge *", "Host edge",
                    "Match user deploy", "Match host *.example.com", "Match originalhost web",
                    "Match host mx1 user root",
                    "Match final host 127.*", "Match all",
                ])
                text += "\n"
                for _ in 0..<Int.random(in: 1...4, using: &random) { text += "  " + setting() }
            }
            return text
        }

        private mutating func setting() -> String {
            one([
                "HostName 127.0.0.1", "HostName %h.internal", "HostName www.example.com", "Port 2222", "Port 22",
                "User deploy", "User root", "User anna", "IdentityFile ~/.ssh/%h", "IdentityFile %d/k/%r@%n:%p",
                "IdentityFile /keys/one", "IdentityFile \"/keys/two\"", "IdentityFile none", "IdentitiesOnly yes",
                "IdentityAgent none", "IdentityAgent ~/agent-%r", "IdentityAgent SSH_AUTH_SOCK", "ProxyJump none",
                "ProxyJump bastion", "ProxyJump j@edge:2200", "ProxyJump edge,ssh://bastion:22", "ProxyCommand none",
                "ProxyCommand ssh -W %h:%p -l q bastion", "ProxyCommand nc %h %p", "UserKnownHostsFile ~/kh /kh/%h",
                "UserKnownHostsFile /kh/%k", "GlobalKnownHostsFile none", "HostKeyAlias alias", "ConnectTimeout 7",
                "StrictHostKeyChecking accept-new", "StrictHostKeyChecking no", "AddressFamily inet6",
                "AddressFamily inet", "BindAddress 192.0.2.9", "VerifyHostKeyDNS yes", "CertificateFile /keys/c",
                "KnownHostsCommand /bin/k %H", "BindInterface eth1", "RemoteCommand tmux", "Compression yes",
                "ServerAliveInterval 5", "ForwardAgent yes", "Ciphers aes256-ctr",
            ]) + "\n"
        }

        mutating func connection() -> HostConnection {
            var connection = HostConnection(address: one(Self.names))
            if isSo(oneIn: 2) { connection.user = one(["deploy", "root"]) }
            if isSo(oneIn: 3) { connection.port = 2022 }
            if isSo(oneIn: 4) { connection.identityFile = "/keys/inventory" }
            if isSo(oneIn: 5) {
                connection.options = [one(["identitiesonly=yes", "hostkeyalias=ours", "addressfamily=inet"])]
            }
            return connection
        }
    }

    /// What `ssh -G` prints, by keyword.
    private struct Oracle {
        var values: [String: [String]] = [:]

        init?(_ words: [String], name: String) async throws {
            let result = try await run(
                .name("ssh"),
                arguments: Arguments(words + ["-G", "--", name]),
                output: .string(limit: 1 << 18),
                error: .discarded
            )
            guard result.terminationStatus.isSuccess else { return nil }
            for line in result.standardOutput.split(separator: "\n") {
                let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
                values[parts[0], default: []].append(parts.count > 1 ? parts[1] : "")
            }
        }

        subscript(_ name: String) -> String? { values[name]?.first.flatMap { $0 == "none" ? nil : $0 } }

        /// `user@host:port` of each host on the way, as ssh's own recursion has it (ssh.c, ProxyJump); `nil` where it would not get there.
        static func way(_ words: [String], _ file: String, name: String, explicit: [String], depth: Int = 0)
            async throws
            -> [String]?
        {
            let given = explicit.isEmpty ? [] : ["-J", explicit.joined(separator: ",")]
            guard depth < 8, let here = try await Oracle(words + given, name: name) else { return nil }
            let place = "\(here["user"] ?? "")@\(here["hostname"] ?? ""):\(here["port"] ?? "")"
            var jumps = explicit
            var isProgram = false
            if jumps.isEmpty, let list = here["proxyjump"] {
                jumps = list.split(separator: ",").map(String.init)
            } else if jumps.isEmpty, let command = here["proxycommand"] {
                guard command == "ssh -W %h:%p -l q bastion" else { return nil }
                jumps = ["q@bastion"]
                isProgram = true
            }
            let isFollowed = here["knownhostscommand"] == nil && (!jumps.isEmpty || here["bindinterface"] == nil)
            guard isFollowed else { return nil }
            guard let last = jumps.last else { return [place] }
            var rest = last.hasPrefix("ssh://") ? String(last.dropFirst(6)) : last
            // A ProxyCommand's ssh reads the usual files, which the test gives it none of.
            var next = isProgram ? [] : ["-F", file]
            if let at = rest.firstIndex(of: "@") {
                next += ["-l", String(rest[..<at])]
                rest = String(rest[rest.index(after: at)...])
            }
            if let colon = rest.firstIndex(of: ":") {
                next += ["-p", String(rest[rest.index(after: colon)...])]
                rest = String(rest[..<colon])
            }
            let before = try await way(next, file, name: rest, explicit: Array(jumps.dropLast()), depth: depth + 1)
            return before.map { $0 + [place] }
        }
    }

    @Test func `three hundred configurations mean what they mean to ssh`() async throws {
        try await withTemporaryFolder { folder in
            var tally = (reached: 0, jumps: 0, refused: 0)
            await withThrowingTaskGroup(of: (Int, Bool).self) { group in
                for seed in 0..<300 {
                    group.addTask { try await Self.compare(seed, folder) }
                    if seed >= 4 { await note(&group, &tally) }
                }
                for _ in 0..<4 { await note(&group, &tally) }
            }
            // The generator still makes all kinds.
            #expect(tally.reached > 80 && tally.jumps > 15 && tally.refused > 20, "\(tally)")
        }
    }

    private func note(
        _ group: inout ThrowingTaskGroup<(Int, Bool), any Error>,
        _ tally: inout (reached: Int, jumps: Int, refused: Int)
    ) async {
        do {
            guard let (jumps, isReached) = try await group.next() else { return }
            if isReached { tally.reached += 1 } else { tally.refused += 1 }
            if jumps > 0 { tally.jumps += 1 }
        } catch {
            Issue.record(error)
        }
    }

    private static func compare(_ seed: Int, _ folder: String) async throws -> (Int, Bool) {
        var generator = Generator(random: SeededRandom(seed: seed))
        let text = generator.configuration()
        var connection = generator.connection()
        let file = "\(folder)/\(seed)"
        try write(text, to: file)
        connection.configuration = file
        var words = ["-F", file]
        for option in connection.options { words += ["-o", option] }
        if let key = connection.identityFile { words += ["-o", "IdentityFile=\(key)"] }
        if let port = connection.port { words += ["-p", "\(port)"] }
        if let user = connection.user { words += ["-l", user] }
        let way = try await Oracle.way(words, file, name: connection.address, explicit: [])
        let connector = Connector(
            unknownKeys: .refuse,
            secret: { (_) throws(Failure) in throw Failure("none") },
            passphrase: { _ in nil }
        )
        let target: SSHTarget
        do throws(Failure) {
            target = try await connector.way(to: InventoryHost(name: "h", connection: connection)).target
        } catch {
            #expect(way == nil, "seed \(seed): \(error.problem)\n\(text)\(connection)")
            return (0, false)
        }
        let ours = (target.jumps + [target]).map { "\($0.user)@\($0.address):\($0.port)" }
        #expect(ours == way, "seed \(seed)\n\(text)\(connection)")
        if let said = try await Oracle(words, name: connection.address) {
            expectSame(target, said, name: connection.address, "seed \(seed)\n\(text)\(connection)")
        }
        return (target.jumps.count, true)
    }

    private static func expectSame(_ target: SSHTarget, _ said: Oracle, name: String, _ what: Comment) {
        func path(_ text: String) -> String {
            var text = text.hasPrefix("~") ? UserAccount.current.home + text.dropFirst() : text
            let tokens = [
                "%h": target.address, "%r": target.user, "%n": name, "%p": "\(target.port)",
                "%d": UserAccount.current.home, "%k": target.hostKeys.alias ?? name,
            ]
            for (token, value) in tokens { text = text.replacing(token, with: value) }
            return text
        }
        func list(_ keyword: String) -> [String] { said[keyword]?.split(separator: " ").map { path(String($0)) } ?? [] }
        let usual = Set(SSHConfig.usualIdentityFiles)
        let keys = (said.values["identityfile"] ?? []).filter { $0 != "none" }.map(path).filter { !usual.contains($0) }
        #expect(target.authentication.identityFiles.filter { !usual.contains($0) } == keys, what)
        #expect(target.authentication.identitiesOnly == (said["identitiesonly"] == "yes"), what)
        #expect(target.hostKeys.userFiles == list("userknownhostsfile"), what)
        #expect(target.hostKeys.globalFiles == list("globalknownhostsfile"), what)
        #expect(target.hostKeys.alias == said["hostkeyalias"], what)
        #expect((target.hostKeys.unknown == .acceptNew) == (said["stricthostkeychecking"] == "accept-new"), what)
        #expect(
            target.deadlines.connect == said["connecttimeout"].flatMap { Int($0) }.map { .seconds($0) } ?? .seconds(10),
            what
        )
        if target.jumps.isEmpty {
            #expect(target.addressFamily.rawValue == said["addressfamily"], what)
            #expect(target.bindAddress == said["bindaddress"], what)
        }
        switch said.values["identityagent"]?.first {
        case "none": #expect(target.authentication.agentSocket == nil, what)
        case nil, "SSH_AUTH_SOCK":
            #expect(target.authentication.agentSocket == ProcessInfo.processInfo.environment["SSH_AUTH_SOCK"], what)
        case let socket?: #expect(target.authentication.agentSocket == path(socket), what)
        }
    }
}

/// The same against a real sshd: who gets in by `ssh` gets in by us, and nobody else.
@Suite struct GeneratedLogInTests {
    @Test func `two dozen logins end as ssh's do`() async throws {
        try await SSHServer.with { server in
            try await keygen("-t", "ed25519", "-N", "", "-f", server.folder + "/wrong")
            try await withAgent(in: server.folder) { agent in
                try await addKey(server.folder + "/wrong", to: agent)
                try await addKey(server.folder + "/id", to: agent)
                var tally = (letIn: 0, refused: 0)
                for seed in 0..<24 {
                    if try await Self.compare(seed, server, agent: agent) {
                        tally.letIn += 1
                    } else {
                        tally.refused += 1
                    }
                }
                #expect(tally.letIn >= 4 && tally.refused >= 4, "\(tally)")
            }
        }
    }

    private static func compare(_ seed: Int, _ server: SSHServer, agent: String) async throws -> Bool {
        var random = SeededRandom(seed: seed)
        func one(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        let keys = ["id", "wrong", "missing"].map { "\(server.folder)/\($0)" }
        let block = { (name: String, more: String) in
            "Host \(name)\n  HostName 127.0.0.1\n  Port \(server.port)\n  HostKeyAlias [127.0.0.1]:\(server.port)\n\(more)"
        }
        let text =
            block(
                "inner",
                one([
                    "", "", "  ProxyJump bastion\n",
                    "  ProxyCommand ssh -F \(server.folder)/\(seed) -W %h:%p bastion\n",
                ])
            )
            + one(["", "  IdentityFile \(one(keys))\n"]) + one(["", "", "  IdentitiesOnly yes\n"])
            + block(
                "bastion",
                one(["", "  IdentityFile \(one(keys))\n"])
                    + one(["", "", "  IdentitiesOnly yes\n", "  User nobody-at-all\n"])
            )
            + "Match user \(SSHServer.user)\n  IdentityFile \(one(keys))\n"
            + "Host *\n  IdentityAgent \(one([agent, agent, "none"]))\n  GlobalKnownHostsFile none\n"
            + "  UserKnownHostsFile \(one([server.folder + "/known_hosts", server.folder + "/%k", "\(server.folder)/known_hosts /nowhere"]))\n"
        let file = "\(server.folder)/\(seed)"
        try write(text, to: file)
        var connection = HostConnection(address: "inner")
        connection.configuration = file
        if Bool.random(using: &random) { connection.user = SSHServer.user }
        if Int.random(in: 0..<3, using: &random) == 0 { connection.identityFile = one(keys) }
        var words = ["-F", file, "-T", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"]
        if let key = connection.identityFile { words += ["-o", "IdentityFile=\(key)"] }
        if let user = connection.user { words += ["-l", user] }
        let ssh = try await run(
            .name("ssh"),
            arguments: Arguments(words + ["inner", "true"]),
            input: .none,
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        let failure = try await failure(of: connection, over: .libssh2)
        #expect(
            ssh.terminationStatus.isSuccess == (failure == nil),
            "seed \(seed)\n\(text)\(connection)\nssh: \(ssh.standardError)\nmtactl: \(failure?.problem ?? "let in")"
        )
        return failure == nil
    }
}
