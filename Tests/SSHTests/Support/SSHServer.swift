import Foundation
import NIOCore
import NIOPosix
import Subprocess
import Synchronization
import Testing

@testable import SSH

/// A real sshd on a free port of the loopback interface, with keys and a configuration of its own.
struct SSHServer: Sendable {
    let folder: String
    let port: Int
    /// The type of its host key, `ed25519`.
    let hostKeyType: String

    static let group = MultiThreadedEventLoopGroup.singleton
    static let user = NSUserName()

    /// Starts it for the length of a test.
    ///
    /// `hostKey` is the type of the host key that is in `known_hosts`, `secondHostKey` of one that is not. `userKey` is the type of the key
    /// that is let in and lies in `folder/id`. Lines of `configuration` win, as the first value of a keyword counts. `wrapper` is a command,
    /// given the folder, to run sshd under.
    static func with<Result: Sendable>(
        hostKey: String = "ed25519",
        secondHostKey: String? = nil,
        userKey: String = "ed25519",
        passphrase: String = "",
        keyOptions: [String] = [],
        configuration: String = "",
        wrapper: (String) -> [String] = { _ in [] },
        _ body: (SSHServer) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            try await keygen("-t", hostKey, "-N", "", "-f", folder + "/host")
            if let secondHostKey { try await keygen("-t", secondHostKey, "-N", "", "-f", folder + "/host2") }
            try await keygen(["-t", userKey, "-N", passphrase, "-f", folder + "/id"] + keyOptions)
            try FileManager.default.copyItem(atPath: folder + "/id.pub", toPath: folder + "/authorized_keys")
            try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
            let port = try await freePort()
            // Tests make many connections that do not log in, for which it would lock this machine out for a while.
            let penalties = "PerSourcePenalties no"
            let isKnown = try await sshdKnows(penalties, hostKey: folder + "/host")
            let server = SSHServer(folder: folder, port: port, hostKeyType: hostKey)
            try write(
                """
                \(configuration)
                ListenAddress 127.0.0.1
                Port \(port)
                HostKey \(folder)/host
                \(secondHostKey == nil ? "" : "HostKey \(folder)/host2")
                AuthorizedKeysFile \(folder)/authorized_keys
                PidFile none
                StrictModes no
                UsePAM no
                PermitRootLogin yes
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                LogLevel INFO
                \(isKnown ? penalties : "")
                """,
                to: folder + "/sshd_config"
            )
            try write("[127.0.0.1]:\(port) \(try text(of: folder + "/host.pub"))", to: folder + "/known_hosts")
            return try await server.running(wrapper(folder), body)
        }
    }

    private func running<Result: Sendable>(
        _ wrapper: [String],
        _ body: (SSHServer) async throws -> Result
    ) async throws -> Result {
        let command = wrapper + ["/usr/sbin/sshd", "-D", "-e", "-f", folder + "/sshd_config"]
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        let outcome = try await run(
            .name("env"),
            arguments: .init(command),
            platformOptions: options,
            input: .none,
            output: .discarded,
            error: .sequence
        ) { sshd in
            let (readiness, announcement) = AsyncStream<Bool>.makeStream()
            let reading = Task {
                for try await line in sshd.standardError.strings() where line.contains("Server listening") {
                    announcement.yield(true)
                }
                announcement.finish()
            }
            for await _ in readiness {
                let result: Swift.Result<Result, any Error>
                do { result = .success(try await body(self)) } catch { result = .failure(error) }
                try? sshd.send(signal: .terminate)
                // To the end: a sequence that is left early goes on reading a descriptor that may be somebody else's by then
                // (swift-subprocess 1.0.2, seen as the first bytes of another connection missing).
                try await reading.value
                return try result.get()
            }
            throw Missing(what: "an sshd that starts")
        }
        return outcome.closureResult
    }

    /// How to reach it, with the key that is let in and the host key that is right, however busy the machine is.
    func target(_ change: (inout SSHTarget) -> Void = { _ in }) -> SSHTarget {
        var target = SSHTarget(
            name: "test",
            address: "127.0.0.1",
            port: port,
            user: Self.user,
            authentication: SSHAuthentication(identityFiles: [folder + "/id"]),
            hostKeys: HostKeyPolicy(userFiles: [folder + "/known_hosts"]),
            deadlines: .patient
        )
        change(&target)
        return target
    }

    func open(_ change: (inout SSHTarget) -> Void = { _ in }) async throws(SSHError) -> SSHConnection {
        try await SSHConnection.open(target(change), on: Self.group)
    }

    /// Connects, and closes when done.
    func connected<Result: Sendable>(
        _ change: (inout SSHTarget) -> Void = { _ in },
        _ body: (SSHConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await open(change)
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}

/// How long a test waits for what has to come.
///
/// It only ends a test that hangs: 20 s were too short for thirty connections while the whole suite ran on two cores.
let patience = Duration.seconds(300)

extension SSHDeadlines {
    static let patient: SSHDeadlines = {
        var deadlines = SSHDeadlines()
        for limit in [\SSHDeadlines.connect, \.handshake, \.login, \.open, \.write, \.close] {
            deadlines[keyPath: limit] = patience
        }
        return deadlines
    }()
}

struct Missing: Error {
    let what: String
}

/// Whether the installed sshd has the keyword, with its value: sshd(8), `-t`.
private func sshdKnows(_ line: String, hostKey: String) async throws -> Bool {
    try await run(
        .name("env"),
        arguments: .init(["/usr/sbin/sshd", "-t", "-f", "/dev/null", "-h", hostKey, "-o", line]),
        output: .discarded,
        error: .discarded
    ).terminationStatus.isSuccess
}

func keygen(_ arguments: String...) async throws { try await keygen(arguments) }

func keygen(_ arguments: [String]) async throws {
    let result = try await run(
        .name("ssh-keygen"),
        arguments: .init(["-q"] + arguments),
        output: .discarded,
        error: .string(limit: 4096)
    )
    guard result.terminationStatus.isSuccess else {
        throw Missing(what: "ssh-keygen \(arguments): \(result.standardError)")
    }
}

/// A port on which nobody listens, and which no other test of this process is given.
///
/// Below the range from which the kernel takes ports for connections, so none of those gets in between.
func freePort() async throws -> Int {
    while true {
        let port = ports.withLock { next in
            next += 1
            return 20000 + next % 12000
        }
        guard
            let listener = try? await ServerBootstrap(group: SSHServer.group).bind(host: "127.0.0.1", port: port).get()
        else { continue }
        try await listener.close()
        return port
    }
}

private let ports = Mutex(Int(getpid()) * 37 % 12000)

extension SSHConnection {
    func output(of command: String) async throws -> String { string(try await run(command).everything().output) }
}

extension RemoteCommand {
    /// Everything the command says, until it has ended.
    func everything(within limit: Duration = patience) async throws -> (output: [UInt8], errors: [UInt8]) {
        var all: (output: [UInt8], errors: [UInt8]) = ([], [])
        while let piece = try await next(deadline: limit) {
            switch piece {
            case .output(let bytes): all.output += bytes
            case .errors(let bytes): all.errors += bytes
            }
        }
        return all
    }
}

func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

func keygenOutput(_ arguments: String...) async throws -> String {
    try await run(.name("ssh-keygen"), arguments: .init(arguments), output: .string(limit: 4096)).standardOutput
}

extension SSHError.Kind {
    /// The case without what it carries.
    var name: String { String("\(self)".prefix { $0 != "(" }) }
}
