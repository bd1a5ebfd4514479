package import MTAPlan
package import SSH

/// A host over SSH: one connection, a channel for each program.
package actor SSHHost: Host {
    package nonisolated let name: String
    package nonisolated let isWindows: Bool
    private let connection: SSHConnection

    /// What Win32-OpenSSH calls itself (its version.h): `SSH-2.0-OpenSSH_for_Windows_9.5`.
    static let windows = "OpenSSH_for_Windows"

    /// Connects, through the connections to jump hosts that hosts share, checks the host's key and logs in.
    package init(_ target: SSHTarget, jumps: JumpHosts) async throws(Failure) {
        name = target.name
        do throws(SSHError) {
            connection = try await SSHConnection.open(target, jumps: jumps)
            isWindows = await connection.serverIdentification.contains(Self.windows)
        } catch {
            throw error.failure
        }
    }

    package nonisolated func start(_ command: String) async throws(Failure) -> any Shell {
        do throws(SSHError) {
            return SSHShell(remote: try await connection.run(command))
        } catch {
            throw error.failure
        }
    }

    package nonisolated func tunnel(to address: String, port: Int) async throws(Failure) -> any Shell {
        do throws(SSHError) {
            return TunnelShell(tunnel: try await connection.tunnel(to: address, port: port))
        } catch {
            // Between the SSH server and a port of its own host there is no name, route or other machine.
            if error.kind == .tunnelNotConnected, address == ownAddress { throw .nobodyListens(port) }
            throw error.failure
        }
    }

    package func close() async { await connection.close() }
}

/// A tunnel, read and written like a program.
private struct TunnelShell: Shell {
    let tunnel: Tunnel

    func write(_ bytes: [UInt8]) async throws(Failure) {
        do throws(SSHError) { try await tunnel.write(bytes) } catch { throw error.failure }
    }

    func finishInput() async throws(Failure) {
        do throws(SSHError) { try await tunnel.finishWriting() } catch { throw error.failure }
    }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        do throws(SSHError) {
            return try await tunnel.next(deadline: patience).map { .output($0) }
        } catch {
            throw error.failure
        }
    }

    func close() async { await tunnel.close() }
}

private struct SSHShell: Shell {
    let remote: RemoteCommand

    func write(_ bytes: [UInt8]) async throws(Failure) {
        do throws(SSHError) { try await remote.write(bytes) } catch { throw error.failure }
    }

    func finishInput() async throws(Failure) {
        do throws(SSHError) { try await remote.finishInput() } catch { throw error.failure }
    }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        do throws(SSHError) {
            switch try await remote.next(deadline: patience) {
            case .output(let bytes): return .output(bytes)
            case .errors(let bytes): return .errors(bytes)
            case nil: return nil
            }
        } catch {
            throw error.failure
        }
    }

    func close() async { await remote.close() }
}

extension SSHError {
    var failure: Failure { Failure(problem, hint: hint) }
}

extension Failure {
    fileprivate static func nobodyListens(_ port: Int) -> Failure {
        Failure(
            "nobody listens on port \(port) of the host",
            hint: "is the mail server on the host running, and is \(port) the correct port?"
        )
    }
}
