/// One apply to several hosts, each stopped at a line of its own, with the same fault at all of these.
struct FaultTrial: Sendable {
    let bench: FaultBench
    let fault: Fault
    /// By host.
    let points: [String: FaultPoint]

    private var hosts: [String] { points.keys.sorted() }

    /// - Returns: What is not as it has to be, by host.
    func run() async throws -> Wrongs {
        let bench = bench
        try await each { host, point in
            try await Gate(host: host).close(at: point.line)
            try await Lab.on(host, fault.preparation(for: bench.server))
        }
        let seconds = fault == .agentKilled ? 25 : 600
        async let ending = bench.apply(hosts, revertAfter: seconds)
        try await inject()
        try await settle()
        let applied = try await ending
        try await each { host, _ in try await Lab.on(host, fault.mending(for: bench.server)) }
        var wrongs = Wrongs()
        for (host, words) in try await found(after: applied) {
            for word in words { wrongs.add("\(points[host].map { "\($0)" } ?? ""): \(word)", on: host) }
        }
        if !(try await bench.secretsLeftHere()).isEmpty { wrongs.add("\(fault): mtactl leaves the password", on: hosts[0]) }
        wrongs.merge(try await nextRun())
        return wrongs
    }

    private func each(_ body: @escaping @Sendable (String, FaultPoint) async throws -> Void) async throws {
        let points = points
        _ = try await gathered(from: hosts) { host in
            if let point = points[host] { try await body(host, point) }
        }
    }

    private func inject() async throws {
        let bench = bench
        try await each { host, _ in
            let gate = Gate(host: host)
            let agent = try await gate.stopped()
            switch fault {
            case .controllerKilled: break
            case .connectionSilent:
                _ = try await Lab.lab(["link", host, "silent"])
                try await gate.goOn()
            case .connectionReset: _ = try await Lab.lab(["link", host, "reset"])
            case .powerCut: _ = try await Lab.lab(["reboot", host])
            case .hostTerminated:
                try await Lab.on(host, "kill -TERM -1; kill -CONT -1; true")
                try await Lab.on(host, "while kill -0 \(agent) 2>/dev/null; do sleep 0.05; done")
                _ = try await Lab.lab(["reboot", host])
            default:
                try await Lab.on(host, fault.action(for: bench.server, agent: agent))
                try await gate.goOn()
            }
        }
        if fault == .controllerKilled { try await bench.killController() }
    }

    /// Waits until every host has come to rest.
    private func settle() async throws {
        try await each { host, _ in
            if fault == .connectionSilent {
                try await Lab.on(host, Self.fireSwitch)
                _ = try await Lab.lab(["link", host, "up"])
            }
            let isAtRest = try await Lab.lab(["exec", host, "sh", "-c", Self.rest])
            if isAtRest.status != 0 { throw LabFailure(text: "\(host) does not come to rest: \(isAtRest)") }
        }
    }

    /// As its timer would.
    private static let fireSwitch = """
        cd /run/systemd/transient && for unit in mtactl-*.service; do
            [ -e "$unit" ] || exit 0
            systemctl start "${unit%.service}.service"
        done
        """

    private static let rest = """
        for i in $(seq 1800); do
            [ -e /var/backups/mtactl/lock ] || ps -eo args | grep -qE '^(/bin/sh -s$|.*/var/backups/mtactl/.*/[r]estore)' || exit 0
            sleep 0.1
        done
        ls /var/backups/mtactl /var/backups/mtactl/*/state.*; ps -eo pid,args
        exit 1
        """

    private func found(after applied: Lab.Ended) async throws -> [String: [String]] {
        let (bench, points) = (bench, points)
        return try await gathered(from: hosts) { host in
            guard let point = points[host] else { return [] }
            return try await FaultFindings(bench: bench, host: host, point: point).wrongs(after: applied)
        }
    }

    /// The next run works, and so does its way back.
    private func nextRun() async throws -> Wrongs {
        let bench = bench
        var wrongs = Wrongs()
        try await each { host, _ in try await Gate(host: host).open() }
        let again = try await bench.apply(hosts)
        for host in hosts {
            let outcome = again.outcomes()[host] ?? ""
            let isRight = ["committed", "as-asked"].contains(outcome)
            wrongs.unless(isRight, "after \(fault): the next run: \(again.found(on: host))", on: host)
        }
        let back = try await bench.mtactl(["rollback", "--yes"], on: hosts)
        wrongs.unless(back.status == 0, "after \(fault): rollback: \(back)", on: hosts[0])
        for (host, tree) in try await bench.trees() where points[host] != nil && tree != bench.found[host] {
            wrongs.add("after \(fault) and rollback: \(tree.difference(from: bench.found[host]))", on: host)
        }
        return wrongs
    }
}

extension Fault {
    /// sh that is run on the host before the transaction.
    func preparation(for server: FaultyServer) -> String {
        switch self {
        default: "true"
        }
    }

    /// sh that does it to the host.
    func action(for server: FaultyServer, agent: Int) -> String {
        switch self {
        case .agentKilled: "kill -9 \(agent)"
        case .sshdRestarted: "systemctl restart ssh"
        default: "true"
        }
    }

    /// sh that mends what it did, after the host has come to rest.
    func mending(for server: FaultyServer) -> String {
        switch self {
        default: "true"
        }
    }
}
