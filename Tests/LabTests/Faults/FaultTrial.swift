/// One apply to several hosts, each stopped at a line of its own, with the same fault at all of these.
struct FaultTrial: Sendable {
    let bench: FaultBench
    let fault: Fault
    /// Whether the dead-man switch is fired by hand, as its timer would, and not waited for.
    var firesSwitch = false
    /// By host.
    var points: [String: FaultPoint]

    private var hosts: [String] { points.keys.sorted() }

    /// - Returns: What is not as it has to be.
    mutating func run() async throws -> [String] {
        let (server, bench, fault) = (bench.server, bench, fault)
        try await each { host, point in
            // Where ten runs are kept, one more line says which is pruned.
            let fresh = "rm -rf /var/backups/mtactl; \(Gate.closing(at: point.stop))"
            try await Lab.on(host, "\(fresh); \(fault.preparation(for: server) ?? "true")")
        }
        async let ending = bench.apply(hosts, revertAfter: firesSwitch ? 900 : fault.secondsToRevert)
        points = try await inject()
        try await settle()
        let applied = try await ending
        try await each { host, point in
            if let mending = fault.mending(for: server, isConfirmed: point.isConfirmed) {
                try await Lab.on(host, mending)
            }
        }
        var wrongs = try await found(after: applied)
        let status = exitStatus(for: applied)
        if applied.status != status { wrongs.append("\(fault.rawValue): exit \(applied.status), not \(status)") }
        if !(try await bench.secretsLeftHere()).isEmpty { wrongs.append("\(fault): mtactl leaves the password") }
        wrongs += try await nextRun()
        if let cleaning = fault.cleaning(for: server) {
            try await each { host, _ in try await Lab.on(host, cleaning) }
        }
        return wrongs
    }

    /// What the outcomes in the report ask for.
    private func exitStatus(for applied: Lab.Ended) -> Int32 {
        let outcomes = Set(applied.outcomes().values)
        if fault == .controllerKilled { return -1 }
        if outcomes.contains("stranded") { return 4 }
        if outcomes.contains("rolled-back") { return 3 }
        return outcomes.isDisjoint(with: ["refused", "unreachable"]) ? 0 : 1
    }

    private func each(_ body: @escaping @Sendable (String, FaultPoint) async throws -> Void) async throws {
        let points = points
        _ = try await gathered(from: hosts) { host in
            if let point = points[host] { try await body(host, point) }
        }
    }

    /// - Returns: The points with the lines at which it happened.
    private func inject() async throws -> [String: FaultPoint] {
        let (bench, points) = (bench, points)
        let happened = try await gathered(from: hosts) { host in
            var point = points[host] ?? FaultPoint(fault: fault, stop: "", isAfterSwap: false, isConfirming: false)
            guard let (agent, line) = try await Gate(host: host).stopped() else { return point }
            point.line = line
            try await happen(on: host, agent: agent)
            return point
        }
        if fault == .controllerKilled { try await bench.killController() }
        return happened
    }

    private func happen(on host: String, agent: Int) async throws {
        let gate = Gate(host: host)
        switch fault {
        case .controllerKilled: return
        case .connectionReset: _ = try await Lab.lab(["link", host, "reset"])
        case .powerCut: _ = try await Lab.lab(["reboot", host])
        case .connectionSilent:
            _ = try await Lab.lab(["link", host, "silent"])
            try await gate.goOn()
        case .hostTerminated:
            try await Lab.on(host, fault.action(for: bench.server, agent: agent))
            try await Lab.on(host, "for i in $(seq 1200); do kill -0 \(agent) 2>/dev/null || exit 0; sleep 0.1; done")
            _ = try await Lab.lab(["reboot", host])
        default:
            try await Lab.on(host, "\(fault.action(for: bench.server, agent: agent)); \(Gate.going)")
        }
    }

    /// Waits until every host has come to rest.
    private func settle() async throws {
        try await each { host, point in
            if fault == .connectionSilent || firesSwitch && fault == .agentKilled {
                try await Lab.on(host, Self.fireSwitch)
                _ = try await Lab.lab(["link", host, "up"])
            }
            try await Lab.on(host, Self.rest)
        }
    }

    /// Where the switch is armed, or is going to be.
    private static let fireSwitch = """
        cd /var/backups/mtactl 2>/dev/null || exit 0
        for i in $(seq 50); do
            run=$(ls -d *Z-* | tail -n 1)
            if [ -e "$run/armed" ]; then
                systemctl start "mtactl-$run.service"
                break
            fi
            [ ! -e "$run/state.confirmed" ] && ps -eo args | grep -qx '/bin/sh -s' || break
            sleep 0.1
        done
        true
        """

    /// Until nothing of ours runs and there is no lock, or nobody is left who could take it away.
    private static let rest = """
        left=300
        while [ "$left" -gt 0 ]; do
            sleep 0.1
            if ps -eo args | grep -vE '^(sh -c|grep)' | grep -qE '^/bin/sh -s$|/var/backups/mtactl/'; then continue; fi
            [ -e /var/backups/mtactl/lock ] || exit 0
            [ -n "$(ls /var/backups/mtactl/*/armed 2>/dev/null)" ] || left=$((left - 1))
        done
        """

    private func found(after applied: Lab.Ended) async throws -> [String] {
        let (bench, points) = (bench, points)
        let found = try await gathered(from: hosts) { host in
            guard let point = points[host] else { return [String]() }
            let wrongs = try await FaultFindings(bench: bench, host: host, point: point).wrongs(after: applied)
            return wrongs.map { "\(host): \(point): \($0)" }
        }
        return found.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// The next run works, and so does its way back.
    private func nextRun() async throws -> [String] {
        let bench = bench
        var wrongs: [String] = []
        try await each { host, _ in try await Gate(host: host).open() }
        let again = try await bench.apply(hosts)
        for host in hosts where !["committed", "as-asked"].contains(again.outcomes()[host] ?? "") {
            wrongs.append(
                "\(host): after \(points[host].map { "\($0)" } ?? ""): the next run: \(again.found(on: host))"
            )
        }
        let back = try await bench.rollBack(hosts)
        if back.status != 0 { wrongs.append("after \(fault.rawValue): rollback: \(back)") }
        for (host, tree) in try await bench.trees(of: hosts) where tree != bench.found[host] {
            let rows = tree.difference(from: bench.found[host])
            wrongs.append("\(host): after \(points[host].map { "\($0)" } ?? "") and rollback: \(rows)")
        }
        return wrongs
    }
}
