import Foundation
import Glibc
import Testing

@testable import SSH

/// Hosts behind one jump host, whose connection they share.
@Suite struct JumpHostTests {
    @Test func `the jump host's own fault is said to be its own`() async throws {
        try await SSHServer.with { server in
            try await SSHServer.with { jump in
                let stranger = jump.target {
                    $0.name = "bastion"
                    $0.authentication.identityFiles = []
                }
                let nobody = jump.target {
                    $0.name = "bastion"
                    $0.port = 1
                }

                let notLetIn = await #expect(throws: SSHError.self) { try await server.open { $0.jumps = [stranger] } }
                let notThere = await #expect(throws: SSHError.self) { try await server.open { $0.jumps = [nobody] } }

                #expect(notLetIn?.problem.hasPrefix("through bastion: cannot log in as") == true)
                #expect(notThere?.problem.hasPrefix("through bastion: 127.0.0.1, port 1: nothing is listening") == true)
            }
        }
    }

    @Test func `a jump host that lets nobody in is tried once for all its targets`() async throws {
        try await SSHServer.with { server in
            let jumps = JumpHosts()
            let stranger = server.target { $0.authentication.identityFiles = [] }
            let start = ContinuousClock.now
            await withTaskGroup(of: Void.self) { group in
                for _ in 1...50 {
                    group.addTask {
                        let target = server.target { $0.jumps = [stranger] }
                        let error = await #expect(throws: SSHError.self) {
                            try await SSHConnection.open(target, on: SSHServer.group, jumps: jumps)
                        }
                        #expect(error?.kind == .authenticationFailed)
                    }
                }
            }
            await jumps.close()

            #expect(.now - start < .seconds(30))
        }
    }

    @Test func `targets that do not answer hold nobody up, and no connection that others use`() async throws {
        let silence = try Silence()
        defer { silence.end() }
        try await SSHServer.with(configuration: "MaxStartups 100") { server in
            let jumps = JumpHosts()
            let start = ContinuousClock.now
            await withTaskGroup(of: Bool.self) { group in
                for number in 1...12 {
                    group.addTask {
                        let target = server.target {
                            $0.jumps = [server.target { $0.name = "bastion" }]
                            guard number % 4 == 0 else { return }
                            $0.port = silence.port
                            $0.deadlines.connect = .seconds(4)
                        }
                        do {
                            let connection = try await SSHConnection.open(target, on: SSHServer.group, jumps: jumps)
                            // Until after the silent ones were given up.
                            try await Task.sleep(for: .seconds(6))
                            let said = try await connection.output(of: "echo on")
                            await connection.close()
                            return said == "on\n" && number % 4 != 0
                        } catch {
                            #expect(number % 4 == 0, "\(error)")
                            return false
                        }
                    }
                }
                #expect(await group.reduce(0) { $0 + ($1 ? 1 : 0) } == 9)
            }
            await jumps.close()

            #expect(.now - start < .seconds(60))
        }
    }

    /// As mtactl runs them: tasks that prefer a loop, while what comes through tunnels is brought by tasks of loops.
    ///
    /// Six of 240 waited in vain before.
    @Test func `tasks that live on loops miss nothing that comes through a tunnel`() async throws {
        try await SSHServer.with(configuration: "MaxStartups 100") { server in
            for _ in 1...4 {
                let jumps = JumpHosts()
                await withTaskGroup(of: Void.self) { group in
                    for _ in 1...20 {
                        group.addTask(executorPreference: EventLoopExecutor()) {
                            do {
                                let target = server.target { $0.jumps = [server.target()] }
                                let connection = try await SSHConnection.open(target, jumps: jumps)
                                #expect(try await connection.output(of: "echo on") == "on\n")
                                await connection.close()
                            } catch {
                                Issue.record("\(error)")
                            }
                        }
                    }
                }
                await jumps.close()
            }
        }
    }

    @Test func `more starts than a server takes at once all get in`() async throws {
        try await SSHServer.with(configuration: "MaxStartups 2:100:3") { server in
            let count = await withTaskGroup(of: Bool.self) { group in
                for _ in 1...12 {
                    group.addTask {
                        do {
                            let connection = try await server.open()
                            await connection.close()
                            return true
                        } catch {
                            Issue.record("\(error)")
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }

            #expect(count == 12)
        }
    }

    @Test func `a closed connection frees all it held at once, whatever is in flight`() async throws {
        try await SSHServer.with { server in
            let connection = try await server.open { $0.jumps = [server.target()] }
            let command = try await connection.run("yes")
            let reading = Task { while try await command.next(deadline: patience) != nil {} }
            try await Task.sleep(for: .milliseconds(100))
            await connection.close()
            await connection.close()

            await #expect(throws: SSHError.self) { try await reading.value }
            await #expect(throws: SSHError.self) { try await connection.run("true") }
            #expect(await command.ending == .lost)
        }
    }
}

/// A port of which the queue of connections is full, so that what comes to it is dropped without a word.
private final class Silence: Sendable {
    let port: Int
    private let sockets: [Int32]

    init() throws {
        var sockets = [socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)]
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(sockets[0], pointer, size) + listen(sockets[0], 0) + getsockname(sockets[0], pointer, &size)
            }
        }
        guard result == 0 else { throw Missing(what: "a port") }
        for _ in 1...3 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            sockets.append(client)
            _ = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe connect(client, pointer, size)
                }
            }
        }
        self.sockets = sockets
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func end() { for socket in sockets { close(socket) } }
}
