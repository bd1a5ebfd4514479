internal import NIOCore

/// The connections to jump hosts: one to each, which carries all its targets, until `close`.
///
/// libssh2 opens one channel at a time and cannot give an open up, so a target that does not answer is in the way of
/// those after it.
/// Where that takes long, another connection is made for them; it happens for dead targets alone.
package actor JumpHosts {
    /// How long an open may take before the others no longer wait for it.
    private static let patience = Duration.seconds(1)
    /// How many connections to one jump host may wait for targets that do not answer.
    private static let mostSlow = 8
    /// For how long a jump host that could not be reached is not tried again.
    private static let memory = Duration.seconds(5)

    private var lines: [Way: Line] = [:]
    private var isClosed = false

    package init() {}

    /// All jump hosts up to one, in order, as far as they tell connections apart.
    fileprivate struct Way: Hashable {
        let hops: [Hop]

        struct Hop: Hashable {
            var address: String
            var port: Int
            var user: String
            var identityFiles: [String]
            var agentSocket: String?
            var hostKeys: HostKeyPolicy
        }

        init(_ jumps: [SSHTarget]) {
            hops = jumps.map { jump in
                Hop(
                    address: jump.address,
                    port: jump.port,
                    user: jump.user,
                    identityFiles: jump.authentication.identityFiles,
                    agentSocket: jump.authentication.agentSocket,
                    hostKeys: jump.hostKeys
                )
            }
        }

        var name: String { hops.map { "\($0.user)@\($0.address):\($0.port)" }.joined(separator: ",") }
    }

    /// The connections that lead one way, and who waits for one of them.
    private final class Line {
        var carriers: [Carrier] = []
        var isConnecting = false
        private var queue: [CheckedContinuation<Void, Never>] = []
        /// Grows with everything that somebody may wait for.
        private(set) var moment = 0
        var failure: (error: SSHError, until: ContinuousClock.Instant)?

        /// Keeps it, unless something happened since.
        func wait(_ continuation: CheckedContinuation<Void, Never>, since moment: Int) {
            if moment == self.moment { queue.append(continuation) } else { continuation.resume() }
        }

        func wakeAll() {
            moment += 1
            for continuation in queue { continuation.resume() }
            queue = []
        }

        func wakeNext() {
            moment += 1
            if !queue.isEmpty { queue.removeFirst().resume() }
        }
    }

    private final class Carrier {
        let connection: SSHConnection
        var users = 0
        var state = State.free

        enum State { case free, opening, slow, stuck }

        init(_ connection: SSHConnection) { self.connection = connection }
    }

    /// A part in a connection to a jump host.
    package struct Lease: Sendable {
        private let give: @Sendable () async -> Void
        func end() async { await give() }

        init(_ give: @escaping @Sendable () async -> Void) { self.give = give }
    }

    /// Where starts are counted: an address as the jump host knows it.
    nonisolated static func place(of target: SSHTarget, through jumps: [SSHTarget]) -> String {
        "\(Way(jumps).name) \(target.address):\(target.port)"
    }

    /// A tunnel to a target through its jump hosts.
    ///
    /// - Throws: With the jump host named whose fault it is.
    func tunnel(to target: SSHTarget, on loop: any EventLoop) async throws(SSHError) -> (TunnelStream, Lease) {
        guard let jump = target.jumps.last else { preconditionFailure("a target without a jump host") }
        let line = line(Way(target.jumps))
        let carrier = try await carrier(line, jump, after: target.jumps.dropLast(), on: loop)
        let result = await open(target, over: carrier, line)
        switch result {
        case .success(let id):
            carrier.users += 1
            let connection = carrier.connection
            let lease = Lease { await self.release(connection, line: Way(target.jumps)) }
            return (TunnelStream(id, of: connection, on: loop), lease)
        case .failure(let error):
            throw error.through(jump.name)
        }
    }

    /// Closes them all; nothing is reached through them any more.
    package func close() async {
        isClosed = true
        let all = lines.sorted { $0.key.hops.count > $1.key.hops.count }.map(\.value)
        lines = [:]
        for line in all {
            line.wakeAll()
            for carrier in line.carriers { await carrier.connection.close() }
        }
    }

    private func line(_ way: Way) -> Line {
        if let line = lines[way] { return line }
        let line = Line()
        lines[way] = line
        return line
    }

    private func release(_ connection: SSHConnection, line way: Way) async {
        guard let line = lines[way], let carrier = line.carriers.first(where: { $0.connection === connection })
        else { return }
        carrier.users -= 1
        await retire(carrier, line)
    }

    /// Closes a connection that can open nothing more and carries nothing.
    private func retire(_ carrier: Carrier, _ line: Line) async {
        guard carrier.state == .stuck, carrier.users == 0 else { return }
        line.carriers.removeAll { $0 === carrier }
        await carrier.connection.close()
    }
}

// MARK: - Opening

extension JumpHosts {
    /// A connection that is free to open something, made if need be.
    private func carrier(
        _ line: Line,
        _ jump: SSHTarget,
        after before: some Collection<SSHTarget>,
        on loop: any EventLoop
    ) async throws(SSHError) -> Carrier {
        while !isClosed {
            let moment = line.moment
            if let carrier = line.carriers.first(where: { $0.state == .free }) {
                carrier.state = .opening
                if await carrier.connection.isUsable { return carrier }
                line.carriers.removeAll { $0 === carrier }
                await carrier.connection.close()
            } else if let failure = line.failure, failure.until > .now, line.carriers.isEmpty {
                throw failure.error
            } else if !line.isConnecting, line.carriers.allSatisfy({ $0.state != .opening }),
                line.carriers.count(where: { $0.state == .slow }) < Self.mostSlow
            {
                await connect(line, jump, after: Array(before), on: loop)
            } else {
                await withCheckedContinuation { line.wait($0, since: moment) }
            }
        }
        throw .closed(attempt: "use \(jump.name)")
    }

    private func connect(_ line: Line, _ jump: SSHTarget, after before: [SSHTarget], on loop: any EventLoop) async {
        line.isConnecting = true
        defer {
            line.isConnecting = false
            line.wakeAll()
        }
        var jump = jump
        jump.jumps = before
        do throws(SSHError) {
            let carrier = Carrier(try await SSHConnection.open(jump, on: loop, jumps: self))
            guard !isClosed else { return await carrier.connection.close() }
            line.carriers.append(carrier)
            line.failure = nil
        } catch {
            line.failure = (error.ofJump(jump.name), .now + Self.memory)
        }
    }

    /// Opens a tunnel, and waits for it as long as a connection may take.
    ///
    /// The open itself cannot be given up; who comes next is not made to wait for it.
    private func open(_ target: SSHTarget, over carrier: Carrier, _ line: Line) async -> Result<ChannelID, SSHError> {
        let connection = carrier.connection
        let (outcomes, outcome) = AsyncStream.makeStream(of: Result<ChannelID, SSHError>?.self)
        Task {
            do throws(SSHError) {
                outcome.yield(.success(try await connection.openPipe(to: target.address, port: target.port)))
            } catch {
                outcome.yield(.failure(error))
            }
            outcome.finish()
        }
        let limit = target.deadlines.connect
        let alarm = Task {
            try await Task.sleep(for: min(Self.patience, limit))
            outcome.yield(nil)
            try await Task.sleep(for: limit - min(Self.patience, limit))
            outcome.yield(nil)
        }
        var alarms = 0
        for await result in outcomes {
            if let result {
                alarm.cancel()
                carrier.state = await connection.canOpen ? .free : .stuck
                line.wakeNext()
                await retire(carrier, line)
                return result
            }
            alarms += 1
            guard alarms == 2 else {
                carrier.state = .slow
                line.wakeAll()
                continue
            }
            giveUp(carrier, line, outcomes)
            return .failure(.noTunnel(to: target.address, port: target.port, within: limit))
        }
        return .failure(.closed(attempt: "connect to \(target.address)"))
    }

    /// Leaves an open to itself: what it opens in the end is closed again, and then the connection is of use again.
    private func giveUp(_ carrier: Carrier, _ line: Line, _ outcomes: AsyncStream<Result<ChannelID, SSHError>?>) {
        carrier.state = .stuck
        Task {
            await self.retire(carrier, line)
            await self.settle(carrier, line, outcomes)
        }
    }

    private func settle(
        _ carrier: Carrier,
        _ line: Line,
        _ outcomes: AsyncStream<Result<ChannelID, SSHError>?>
    ) async {
        for await case .success(let id)? in outcomes { carrier.connection.post { $0.finish(id) } }
        guard await carrier.connection.canOpen, line.carriers.contains(where: { $0 === carrier }) else { return }
        carrier.state = .free
        line.wakeNext()
    }
}
