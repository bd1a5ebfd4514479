import Drivers
import Foundation
import MTAPlan
import Testing

@testable import SSH

/// Whatever carries the connection, a host is reached or not, and what is said of it is the same.
@Suite struct ConformanceTests {
    /// What a host is like, and what must be said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var problem: String?
        var hint: String?
        /// Calls the body with how to reach it.
        var with: @Sendable (_ body: @escaping @Sendable (HostConnection) async throws -> Void) async throws -> Void
        var testDescription: String { name }
    }

    static let cases =
        loggedIn + hostKeys + [
            fake("silent", .silence, problem: "something is listening there, but it sends nothing", hint: "is it sshd"),
            fake("reset", .reset, problem: "the server hung up before it sent anything", hint: "look for fail2ban"),
            fake(
                "no SSH",
                .words("220 mx1 ESMTP Postfix\r\n"),
                problem: "what is listening there does not speak SSH; it sent `220 mx1 ESMTP Postfix`",
                hint: "is the port correct?"
            ),
            fake(
                "full",
                .words("Exceeded MaxStartups\r\n"),
                problem: "the server accepts no more connections now: Exceeded MaxStartups",
                hint: "try again, with a lower --parallel"
            ),
            fake(
                "full, or a penalty",
                .words("Not allowed at this time\r\n"),
                problem: "none from this machine for a while: Not allowed at this time",
                hint: "try again later, with a lower --parallel"
            ),
            fake(
                "stalled",
                .wordsAndSilence("SSH-2.0-Stalled\r\n"),
                problem: "the host stopped answering (trying to agree on keys)",
                hint: "it may be overloaded, or the network broken"
            ),
            Case(
                name: "no such name",
                problem: "no-such.invalid: no address found for this name",
                hint: "is the name correct"
            ) {
                body in
                try await withConfiguration {
                    try await body(HostConnection(address: "no-such.invalid", configuration: $0))
                }
            },
            Case(
                name: "nothing there",
                problem: "nothing is listening there",
                hint: "is sshd running, and on this port?"
            ) {
                body in
                let port = try await freePort()
                try await withConfiguration {
                    try await body(HostConnection(address: "127.0.0.1", port: port, configuration: $0))
                }
            },
        ]

    private static let loggedIn = [
        server("let in", problem: nil) { _ in },
        server("RemoteCommand", problem: nil, configuration: "RemoteCommand tmux attach\nRequestTTY force\n") { _ in },
        server("LocalCommand", problem: nil, configuration: "PermitLocalCommand yes\nLocalCommand echo hello\n") { _ in
        },
        server("no such user", problem: "cannot log in as nobody-at-all: tried ", hint: "is the key's .pub in") {
            $0.user = "nobody-at-all"
        },
        server("a key that is not let in", problem: "the server accepts publickey", hint: "is the key's .pub in") {
            $0.identityFile? += "-other"
        },
        server(
            "no shell",
            problem: "the output of the facts script was cut off; its last output: This account is not for logging in",
            sshd: "ForceCommand echo This account is not for logging in; exit 1\n"
        ) { _ in },
        server(
            "noise before the shell",
            problem: nil,
            sshd: "ForceCommand echo Welcome; echo to mx1 >&2; eval \"$SSH_ORIGINAL_COMMAND\"\n"
        ) {
            _ in
        },
    ]

    private static let hostKeys = [
        server("unknown key", problem: "host key is not known: SHA256:", hint: "compare it with `ssh-keygen -lf`") {
            $0.knownHosts = "/dev/null"
        },
        server("changed key", problem: ", another is known (", hint: "if the host was reinstalled, `ssh-keygen -R") {
            try keys(of: $0) { "\($0) \(try text(of: $1 + "/id.pub"))" }
        },
        server("revoked key", problem: "host key is revoked: SHA256:", hint: "whoever has this key") {
            try keys(of: $0) { "@revoked \($0) \(try text(of: $1 + "/host.pub"))" }
        },
    ]

    @Test(arguments: cases)
    func `both ways reach the same hosts, and say the same of the others`(_ host: Case) async throws {
        try await host.with { connection in
            var said: [Failure?] = []
            for transport in HostConnection.Transport.allCases {
                let started = ContinuousClock.now
                said.append(try await failure(of: connection, over: transport))
                #expect(.now - started < .seconds(180), "\(transport)")
            }
            #expect(said[0]?.problem == said[1]?.problem)
            #expect(said[0]?.hint == said[1]?.hint)
            for failure in said {
                if let problem = host.problem {
                    #expect(failure?.problem.contains(problem) == true, "\(failure?.problem ?? "no failure")")
                } else {
                    #expect(failure == nil)
                }
                if let hint = host.hint { #expect(failure?.hint?.hasPrefix(hint) == true, "\(failure?.hint ?? "")") }
            }
        }
    }
}

/// Asks a host what it is, as every command does first; what went wrong, or nothing.
func failure(of connection: HostConnection, over transport: HostConnection.Transport) async throws -> Failure? {
    var connection = connection
    connection.transport = transport
    // Long enough that what a host says arrives in it, however busy this machine is: shorter, it says nothing.
    connection.connectTimeout = .seconds(10)
    let connector = Connector(
        unknownKeys: .refuse,
        secret: { (_) throws(Failure) in throw Failure("no secret here") },
        passphrase: { _ in nil }
    )
    let session = connector.session(
        for: InventoryHost(name: "mx1", connection: connection),
        questions: FactsScript(asking: [])
    )
    var failure: Failure?
    do throws(Failure) {
        let facts = try await session.facts(for: .plan, files: [])
        #expect(facts.answers["host.name"]?.status == 0)
    } catch {
        failure = error
    }
    await session.close()
    return failure
}

/// An empty ssh_config, so that the ones of this machine do not count.
private func withConfiguration(
    _ text: String = "",
    _ body: @escaping @Sendable (_ path: String) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        try write(text, to: folder + "/ssh_config")
        try await body(folder + "/ssh_config")
    }
}

private func server(
    _ name: String,
    problem: String?,
    hint: String? = nil,
    configuration: String = "",
    sshd: String = "",
    _ change: @escaping @Sendable (inout HostConnection) throws -> Void
) -> ConformanceTests.Case {
    ConformanceTests.Case(name: name, problem: problem, hint: hint) { body in
        try await SSHServer.with(configuration: sshd) { server in
            try await keygen("-t", "ed25519", "-N", "", "-f", server.folder + "/id-other")
            try write("GlobalKnownHostsFile /dev/null\n" + configuration, to: server.folder + "/ssh_config")
            var connection = HostConnection(
                address: "127.0.0.1",
                port: server.port,
                user: SSHServer.user,
                identityFile: server.folder + "/id",
                knownHosts: server.folder + "/known_hosts",
                configuration: server.folder + "/ssh_config"
            )
            connection.options = ["IdentityAgent=none"]
            try change(&connection)
            try await body(connection)
        }
    }
}

/// Writes the known_hosts file again.
private func keys(of connection: HostConnection, _ line: (_ host: String, _ folder: String) throws -> String) throws {
    let file = connection.knownHosts ?? ""
    let folder = String(file.prefix(upTo: file.lastIndex(of: "/") ?? file.endIndex))
    try write(try line("[127.0.0.1]:\(connection.port ?? 22)", folder), to: file)
}

private func fake(_ name: String, _ manner: FakeServer.Manner, problem: String, hint: String) -> ConformanceTests.Case {
    ConformanceTests.Case(name: name, problem: problem, hint: hint) { body in
        try await FakeServer.with(manner) { port in
            try await withConfiguration {
                try await body(HostConnection(address: "127.0.0.1", port: port, configuration: $0))
            }
        }
    }
}

extension HostConnection {
    fileprivate init(
        address: String,
        port: Int? = nil,
        user: String? = nil,
        identityFile: String? = nil,
        knownHosts: String? = nil,
        configuration: String
    ) {
        self.init(address: address, port: port, user: user, identityFile: identityFile, knownHosts: knownHosts)
        self.configuration = configuration
    }
}
