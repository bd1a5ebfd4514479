import Foundation

/// What is wrong with a host after a fault.
struct FaultFindings: Sendable {
    let bench: FaultBench
    let host: String
    let point: FaultPoint

    func wrongs(after applied: Lab.Ended) async throws -> [String] {
        let tree = try await HostTree(of: host, bench.server)
        let looks = [Self.newestState, Self.leftovers, Self.damagedBackups, Self.secretSearch]
        let seen = try await Lab.on(host, looks.map { "(\n\($0)\n)" }.joined(separator: "; echo ----; "))
            .components(separatedBy: "----\n").map(\.trimmed)
        guard seen.count == looks.count else { return ["cannot be looked at: \(seen)"] }
        let state = seen[0]
        let isAsFound = tree == bench.found[host]
        var wrongs: [String] = []

        if point.line == nil { wrongs.append("mtactl reports \(applied.found(on: host))") }
        let isTaken = point.isConfirming && state == "confirmed"
        var outcome = point.isConfirmed || isTaken ? "committed" : "rolled-back"
        if point.fault != .controllerKilled {
            outcome = applied.outcomes()[host] ?? "none"
            if !point.fault.outcomes(at: point).contains(outcome) {
                wrongs.append("mtactl reports \(applied.found(on: host))")
            }
        }
        if outcome == "committed" {
            if tree.shape != bench.asked[host]?.shape {
                wrongs.append(
                    "not as asked: \(tree.shape.symmetricDifference(bench.asked[host]?.shape ?? []).sorted())"
                )
            }
            if state != "confirmed" { wrongs.append("\(outcome), but the host says \(state)") }
        } else {
            if !isAsFound { wrongs.append("\(outcome), but not as found: \(tree.difference(from: bench.found[host]))") }
            if !["restored", "none"].contains(state) { wrongs.append("\(outcome), but the host says \(state)") }
        }
        if let wrong = try await letter(for: outcome).take(on: host) { wrongs.append(wrong) }
        if !seen[1].isEmpty { wrongs.append("left: \(seen[1])") }
        if !seen[2].isEmpty { wrongs.append("backup: \(seen[2])") }
        let holders = Set(seen[3].split(separator: "\n").map(String.init))
        let allowed = outcome == "committed" ? bench.secretFiles : []
        if !holders.isSubset(of: allowed) { wrongs.append("the password is in \(holders.sorted())") }
        if (applied.output + applied.errors).contains(Lab.awkwardPassword) { wrongs.append("mtactl says the password") }
        return wrongs
    }

    private func letter(for outcome: String) -> Letter {
        Letter(
            from: "after@example.com",
            to: "b@remote.test",
            way: outcome == "committed" ? .smarthost(port: 587, login: "awkward") : .internet
        )
    }

    static func secretFiles(on host: String) async throws -> Set<String> {
        Set(try await Lab.on(host, secretSearch).split(separator: "\n").map(String.init))
    }

    private static let secretSearch = """
        journalctl --sync
        grep -rlaF -f /fault/patterns /etc /var /tmp /root /home /usr/local /opt /srv /dev/shm 2>/dev/null
        true
        """

    private static let newestState = """
        cd /var/backups/mtactl 2>/dev/null || { echo none; exit; }
        newest=$(ls -d */ | tail -n 1); [ -n "$newest" ] || { echo none; exit; }
        ls "$newest" | sed -n 's/^state\\.//p'
        """

    /// Whatever is to be gone when a run is over.
    private static let leftovers = """
        ls -d /var/backups/mtactl/lock /var/backups/mtactl/*/armed /var/backups/mtactl/*/waiting \
            /etc/systemd/system/*mtactl* /etc/systemd/system/*/*mtactl* /run/systemd/transient/mtactl* 2>/dev/null
        ps -eo args | grep -vE '^(sh -c|grep)' | grep -E '/var/backups/mtactl|^/bin/sh -s$'
        true
        """

    /// Backups that are not what their manifests say, found without mtactl.
    private static let damagedBackups = """
        cd /var/backups/mtactl 2>/dev/null || exit 0
        for run in *Z-*/; do
            # Of what was put back the journal is kept alone.
            [ ! -e "$run/state.restored" ] || continue
            sed -n 's|^found \\([0-9]*\\) file [0-7]* [0-9]* [0-9]* \\([0-9a-f]*\\) .*|\\2 \\1|p' "$run/manifest" |
                while read -r hash number; do
                    echo "$hash  $run/files/$number" | sha256sum --status -c || echo "$run/files/$number"
                done
        done
        true
        """
}
